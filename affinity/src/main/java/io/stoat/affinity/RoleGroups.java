package io.stoat.affinity;

import static io.stoat.affinity.Role.Kind.ARCHIVE;
import static io.stoat.affinity.Role.Kind.CLUSTER;
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
import java.util.Set;

/**
 * Brings roles together until there are no more groups than threads, in the order in which sharing
 * costs least. Reads and writes are kept apart the longest, so that a burst of writes does not hold
 * up reads.
 */
final class RoleGroups {
    /** In each step groups of nothing but these kinds are joined. */
    private static final List<Set<Role.Kind>> STEPS =
            List.of(
                    EnumSet.of(DRIVER_SENDER, DRIVER_RECEIVER),
                    EnumSet.of(DRIVER_SENDER, DRIVER_RECEIVER, DRIVER_CONDUCTOR),
                    EnumSet.of(CLUSTER, ARCHIVE),
                    EnumSet.of(READ),
                    EnumSet.of(WRITE),
                    EnumSet.of(WRITE, CLUSTER, ARCHIVE),
                    EnumSet.of(DRIVER, DRIVER_SENDER, DRIVER_RECEIVER, DRIVER_CONDUCTOR, READ),
                    EnumSet.allOf(Role.Kind.class));

    private final List<List<Role>> groups = new ArrayList<>();

    private RoleGroups(final List<Role> roles) {
        roles.forEach(role -> groups.add(new ArrayList<>(List.of(role))));
    }

    /** Groups of the roles, at most so many, each sorted and in the order of their first roles. */
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
            if (candidates.size() < 2) {
                return;
            }
            final List<Role> last = candidates.remove(candidates.size() - 1);
            groups.removeIf(group -> group == last);
            candidates.stream().min(Comparator.comparingInt(List::size)).get().addAll(last);
        }
    }
}
