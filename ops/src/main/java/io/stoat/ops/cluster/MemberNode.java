package io.stoat.ops.cluster;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberContext;
import io.stoat.replication.MemberKeeper;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

/** A process's members of a cluster: one of each group. */
public final class MemberNode implements AutoCloseable {
    private final List<MemberKeeper> keepers = new ArrayList<>();

    /**
     * Starts the members.
     *
     * @param config of the cluster.
     * @param member number of the process's members.
     * @param out told in a line what happens to them.
     */
    public MemberNode(final ClusterConfig config, final int member, final PrintWriter out) {
        try {
            for (int group = 0; group < config.groups(); group++) {
                keepers.add(keep(config, group, member, out));
            }
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    private static MemberKeeper keep(
            final ClusterConfig config, final int group, final int member, final PrintWriter out) {
        final ErrorHandler errors =
                error -> say(out, "group " + group + " member " + member + ": " + error);
        return MemberKeeper.keep(
                () ->
                        new MemberContext()
                                .config(config)
                                .group(group)
                                .member(member)
                                .errorHandler(errors),
                news -> say(out, "group " + group + " member " + member + ": " + news));
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
        CloseHelper.quietCloseAll(keepers);
    }
}
