package io.stoat.affinity;

import static io.stoat.affinity.Role.Kind.ARCHIVE;
import static io.stoat.affinity.Role.Kind.DRIVER;
import static io.stoat.affinity.Role.Kind.DRIVER_CONDUCTOR;
import static io.stoat.affinity.Role.Kind.DRIVER_RECEIVER;
import static io.stoat.affinity.Role.Kind.DRIVER_SENDER;
import static io.stoat.affinity.Role.Kind.READ;
import static io.stoat.affinity.Role.Kind.WRITE;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings roles together until there are no more groups than threads, or none that can share one, in
 * the order in which sharing costs least. Reads and writes are kept apart the longest, so that a
 * burst of writes does not hold up reads.
 */
final class RoleGroups {
    /** In each step groups of nothing but these kinds are joined. */
    private static final List<Set<Role.Kind>> STEPS =
            List.of(
                    EnumSet.of(DRIVER_SENDER, DRIVER_RECEIVER),
                    EnumSet.of(DRIVER_SENDER, DRIVER_RECEIVER, DRIVER_CONDUCTOR),
                    EnumSet.of(DRIVER, ARCHIVE),
                    EnumSet.of(READ),
                    EnumSet.of(WRITE),
                    EnumSet.of(DRIVER, DRIVER_SENDER, DRIVER_RECEIVER, DRIVER_CONDUCTOR, READ),
                    EnumSet.allOf(Role.Kind.class));

    private final List<List<Role>> groups = new ArrayList<>();

    private RoleGroups(final List<Role> roles) {
        roles.forEach(role -> groups.add(new ArrayList<>(List.of(role))));
    }

    /**
     * Groups of the roles, at most so many where they can share, each sorted and in the order of
     * their first roles.
     */
    static List<List<Role>> fit(final List<Role> roles, final int maxGroups) {
        final RoleGroups joined = new RoleGroups(roles);
        for (final Set<Role.Kind> kinds : STEPS) {
            joined.join(kinds, maxGroups);
        }
        joined.groups.forEach(group -> group.sort(null));
        joined.groups.sort(Comparator.comparing(group -> group.get(0)));
        return joined.groups;
    }

    private void join(final Set<Role.Kind> kinds, final int maxGroups) {
        while (groups.size() > maxGroups) {
            final List<List<Role>> candidates = new ArrayList<>();
            for (final List<Role> group : groups) {
                if (group.stream().allMatch(role -> kinds.contains(role.kind()))) {
                    candidates.add(group);
                }
            }
            if (!joinTwo(candidates)) {
                return;
            }
        }
    }

    /** The last that can share a thread joins the smallest of those with which it can. */
    private boolean joinTwo(final List<List<Role>> candidates) {
        for (int i = candidates.size() - 1; i > 0; i--) {
            final List<Role> last = candidates.get(i);
            final Optional<List<Role>> smallest =
                    candidates.subList(0, i).stream()
                            .filter(group -> canShare(group, last))
                            .min(Comparator.comparingInt(List::size));
            if (smallest.isPresent()) {
                groups.removeIf(group -> group == last);
                smallest.get().addAll(last);
                return true;
            }
        }
        return false;
    }

    /** Whether one thread may run the roles of both. */
    static boolean canShare(final List<Role> first, final List<Role> second) {
        return first.stream().allMatch(role -> second.stream().allMatch(role::sharesThreadWith));
    }
}
