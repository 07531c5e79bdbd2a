package io.stoat.bench.cluster;

import io.stoat.bench.WarmUp;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberContext;
import io.stoat.replication.MemberEngine;
import io.stoat.replication.MemberStore;
import io.stoat.replication.MemberThreads;
import io.stoat.replication.ReplicatedMember;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * Child process: one member, of a bare cluster or of Stoat's, on the same threads with the same
 * settings; of Stoat's one in each group. Arguments: {@code bare} or {@code stoat}, configuration
 * file, member, threads, idle strategy. Prints {@code ready}, after each line of its input {@code
 * compiled MS}, and ends with its input.
 */
final class MemberProcess {
    static final String READY = "ready";
    static final String COMPILED = "compiled";

    private MemberProcess() {}

    /**
     * Entry point.
     *
     * @param args as the class says.
     * @throws IOException when the parent is gone.
     */
    public static void main(final String[] args) throws IOException {
        final ClusterConfig config = ClusterConfig.read(Path.of(args[1]));
        final int member = Integer.parseInt(args[2]);
        if (args[0].equals(Kind.BARE.word())) {
            try (MemberEngine ignore =
                    MemberEngine.launch(context(config, member, args), new EchoService())) {
                awaitEnd();
            }
            return;
        }
        final List<ReplicatedMember> groups = new ArrayList<>();
        try (MemberStore store = MemberStore.open(config, member)) {
            try {
                for (int group = 0; group < config.groups(); group++) {
                    groups.add(
                            ReplicatedMember.launch(
                                    context(config, member, args).group(group).store(store)));
                }
                awaitEnd();
            } finally {
                CloseHelper.quietCloseAll(groups);
            }
        }
    }

    private static MemberContext context(
            final ClusterConfig config, final int member, final String... args) {
        final Idle idle = Idle.valueOf(args[4]);
        return new MemberContext()
                .config(config)
                .member(member)
                .threads(MemberThreads.valueOf(args[3]))
                .idleStrategySupplier(idle::strategy)
                .onTerminated(() -> Runtime.getRuntime().halt(3));
    }

    /** What this JVM's compilers took so far, ms. */
    static void sayCompiled() {
        System.out.println(COMPILED + ' ' + WarmUp.compiledMs());
    }

    private static void awaitEnd() throws IOException {
        System.out.println(READY);
        final BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (input.readLine() != null) {
            sayCompiled();
        }
    }
}
