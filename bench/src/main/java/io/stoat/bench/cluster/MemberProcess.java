package io.stoat.bench.cluster;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberContext;
import io.stoat.replication.MemberEngine;
import io.stoat.replication.MemberThreads;
import io.stoat.replication.ReplicatedMember;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Child process: one member, of a bare cluster or of Stoat's, on the same threads with the same
 * settings. Arguments: {@code bare} or {@code stoat}, configuration file, member, threads, idle
 * strategy. Prints {@code ready}; ends with its input.
 */
final class MemberProcess {
    static final String READY = "ready";

    private MemberProcess() {}

    /**
     * Entry point.
     *
     * @param args as the class says.
     * @throws IOException when the parent is gone.
     */
    public static void main(final String[] args) throws IOException {
        final Idle idle = Idle.valueOf(args[4]);
        final MemberContext context =
                new MemberContext()
                        .config(ClusterConfig.read(Path.of(args[1])))
                        .member(Integer.parseInt(args[2]))
                        .threads(MemberThreads.valueOf(args[3]))
                        .idleStrategySupplier(idle::strategy)
                        .onTerminated(() -> Runtime.getRuntime().halt(3));
        if (args[0].equals(Kind.BARE.word())) {
            try (MemberEngine ignore = MemberEngine.launch(context, new EchoService())) {
                awaitEnd();
            }
        } else {
            try (ReplicatedMember ignore = ReplicatedMember.launch(context)) {
                awaitEnd();
            }
        }
    }

    private static void awaitEnd() throws IOException {
        System.out.println(READY);
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
    }
}
