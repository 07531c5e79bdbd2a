package io.stoat.bench.target;

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
     * @param args file with the cluster's configuration, number of the member.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final ClusterConfig config = ClusterConfig.read(Path.of(args[0]));
        final int member = Integer.parseInt(args[1]);
        try (MemberKeeper keeper =
                MemberKeeper.keep(
                        config,
                        member,
                        group ->
                                new MemberContext()
                                        .errorHandler(
                                                error ->
                                                        System.out.println(
                                                                "member " + member + ": " + error)),
                        news -> System.out.println("member " + member + ": " + news))) {
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
    }
}
