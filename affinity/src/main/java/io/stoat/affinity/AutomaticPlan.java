package io.stoat.affinity;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes the threads of {@link ThreadPlan#automatic}. */
final class AutomaticPlan {
    private final Topology topology;
    private final Set<Role> roles;
    private final boolean archiveApart;
    private final List<PlannedThread> threads = new ArrayList<>();

    private AutomaticPlan(
            final Topology topology, final Set<Role> roles, final boolean archiveApart) {
        this.topology = topology;
        this.roles = roles;
        this.archiveApart = archiveApart;
    }

    static List<PlannedThread> threads(
            final Topology topology, final Set<Role> roles, final boolean archiveApart) {
        return new AutomaticPlan(topology, roles, archiveApart).threads();
    }

    private List<PlannedThread> threads() {
        final List<Role> agents = new ArrayList<>(roles);
        final boolean hasClient = agents.remove(Role.CLIENT);
        final boolean hasHousekeeping = agents.remove(Role.HOUSEKEEPING);
        final int clients = hasClient ? 1 : 0;
        final CoreChoice cores = CoreChoice.of(topology, agents.size() + clients);
        final int sleepless = maxSleepless();
        final int budget = Math.min(cores.hot().size(), sleepless);

        final List<List<Role>> groups = groups(agents, Math.max(1, budget - clients));
        final boolean fits = groups.size() <= Math.max(1, budget - clients);
        if (hasClient) {
            groups.add(List.of(Role.CLIENT));
        }
        if (!fits) {
            groups.forEach(group -> threads.add(PlannedThread.unpinned(group)));
            if (hasHousekeeping) {
                threads.add(PlannedThread.unpinned(List.of(Role.HOUSEKEEPING)));
            }
            return threads;
        }
        for (int i = 0; i < groups.size(); i++) {
            final boolean overflows = i >= cores.hot().size();
            final int cpu = overflows ? cores.system() : cores.hot().get(i);
            threads.add(
                    new PlannedThread(
                            groups.get(i),
                            cpu,
                            i < sleepless ? idle(cores, cpu) : IdleKind.BACKOFF));
        }
        if (hasHousekeeping) {
            threads.add(housekeeping(cores, groups.size()));
        }
        return threads;
    }

    private List<List<Role>> groups(final List<Role> agents, final int maxGroups) {
        if (!archiveApart) {
            return RoleGroups.fit(agents, maxGroups);
        }
        final List<Role> others = new ArrayList<>(agents);
        others.removeIf(role -> role.kind() == Role.Kind.ARCHIVE);
        agents.removeAll(others);
        final List<List<Role>> groups =
                RoleGroups.fit(others, Math.max(1, maxGroups - agents.size()));
        agents.forEach(archive -> groups.add(List.of(archive)));
        return groups;
    }

    /** Something of a quota is left to the JVM's own threads: whoever uses it up is stopped. */
    private int maxSleepless() {
        return topology.cpuQuota().isPresent()
                ? (int) Math.ceil(topology.cpuQuota().getAsDouble()) - 1
                : Integer.MAX_VALUE;
    }

    private static IdleKind idle(final CoreChoice cores, final int cpu) {
        return cpu == cores.system() ? IdleKind.YIELD : IdleKind.BUSY_SPIN;
    }

    private static PlannedThread housekeeping(final CoreChoice cores, final int hotThreads) {
        final boolean systemIsFree = hotThreads <= cores.hot().size() && !cores.isSingle();
        return new PlannedThread(
                List.of(Role.HOUSEKEEPING),
                systemIsFree ? cores.system() : PlannedThread.UNPINNED,
                IdleKind.BACKOFF);
    }
}
