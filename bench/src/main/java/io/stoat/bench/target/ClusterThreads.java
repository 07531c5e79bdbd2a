package io.stoat.bench.target;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import java.util.ArrayList;
import java.util.List;

/**
 * The threads of a cluster's members on one host: the automatic plan of each around the CPUs of the
 * clients and of the members before it, as members plan that take their CPUs one after the other. A
 * line names the threads of one node, so it pins no member.
 */
final class ClusterThreads {
    private static final Role[] ROLES = {
        Role.ofGroup(Role.Kind.DRIVER, 0),
        Role.ofGroup(Role.Kind.ARCHIVE, 0),
        Role.ofGroup(Role.Kind.CONSENSUS, 0),
        Role.ofGroup(Role.Kind.SERVICE, 0)
    };

    private ClusterThreads() {}

    /**
     * @param plan auto, off or a line.
     * @param clients of the run.
     * @param topology of the host.
     * @return a plan for each member; empty when the members are not pinned, because nobody asked
     *     for it or the host has too few CPUs for all of them.
     */
    static List<ThreadPlan> of(final String plan, final int clients, final Topology topology) {
        if (!plan.equals(ThreadPlan.AUTO)) {
            return List.of();
        }
        CpuSet taken = ClientThreads.of(plan, clients, topology).cpus();
        final List<ThreadPlan> plans = new ArrayList<>();
        for (int member = 0; member < ClusterFiles.MEMBERS; member++) {
            if (topology.usable().minus(taken).isEmpty()) {
                return List.of();
            }
            final ThreadPlan own = ThreadPlan.automatic(topology.without(taken), ROLES);
            if (!own.threads().stream().allMatch(PlannedThread::isPinned)) {
                return List.of();
            }
            taken = taken.or(ClientThreads.cpusOf(own));
            plans.add(own);
        }
        return plans;
    }
}
