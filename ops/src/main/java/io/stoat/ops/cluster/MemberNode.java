package io.stoat.ops.cluster;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberContext;
import io.stoat.replication.MemberKeeper;
import io.stoat.transport.AgentThreads;
import java.io.PrintWriter;
import java.util.function.IntFunction;

/** A process's members of a cluster: one of each group. */
public final class MemberNode implements AutoCloseable {
    private final MemberKeeper keeper;

    /**
     * Starts the members.
     *
     * @param config of the cluster.
     * @param member number of the process's members.
     * @param threads says, for a group, on which threads its member runs; asked once the data
     *     directory is this process's own.
     * @param out told in a line what happens to them.
     */
    public MemberNode(
            final ClusterConfig config,
            final int member,
            final IntFunction<AgentThreads> threads,
            final PrintWriter out) {
        keeper =
                MemberKeeper.keep(
                        config,
                        member,
                        group ->
                                new MemberContext()
                                        .agentThreads(threads.apply(group))
                                        .errorHandler(
                                                error ->
                                                        say(
                                                                out,
                                                                "group "
                                                                        + group
                                                                        + " member "
                                                                        + member
                                                                        + ": "
                                                                        + error)),
                        news -> say(out, "member " + member + ": " + news));
    }

    private static void say(final PrintWriter out, final String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /** Stops the members cleanly. */
    @Override
    public void close() {
        keeper.close();
    }
}
