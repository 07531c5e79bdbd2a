package io.stoat.bench.target;

import io.stoat.affinity.ThreadPlan;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberContext;
import io.stoat.replication.MemberKeeper;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One member of a cluster under load, in a process of its own. Ends when its standard input does.
 */
public final class ClusterMember {
    private ClusterMember() {}

    /**
     * Runs a member.
     *
     * @param args file with the cluster's configuration, number of the member, line of its thread
     *     plan.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final ClusterConfig config = ClusterConfig.read(Path.of(args[0]));
        final int member = Integer.parseInt(args[1]);
        try (MemberKeeper keeper =
                MemberKeeper.keep(
                        config,
                        member,
                        group -> context(member, args[2]),
                        news -> System.out.println("member " + member + ": " + news))) {
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
    }

    private static MemberContext context(final int member, final String plan) {
        final MemberContext context =
                new MemberContext()
                        .errorHandler(
                                error -> System.out.println("member " + member + ": " + error));
        return plan.equals(ThreadPlan.OFF)
                ? context
                : context.agentThreads(new PlannedAgents(ThreadPlan.parse(plan), false));
    }
}
