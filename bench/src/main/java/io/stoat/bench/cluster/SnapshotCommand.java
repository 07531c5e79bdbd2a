package io.stoat.bench.cluster;

import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.Median;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Figure;
import io.stoat.bench.rig.TalkingProcess;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberKeeper;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stoat bench snapshot}: for how long a snapshot stops the service. */
@Command(
        name = "snapshot",
        description = {
            "Fills members of this machine, each a process, and takes snapshots while a client overwrites random keys one at a",
            "time. States how long the service stood still, how long the copy took, and the longest time between two",
            "acknowledged writes: during the snapshot, and before it in a stretch of the same length."
        })
public final class SnapshotCommand implements Callable<Integer> {
    private static final int COMMANDS_PER_MESSAGE = 40;
    private static final long LEAST_STRETCH_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(150);

    private static final String MS = "ms";

    @Spec private CommandSpec spec;

    @Option(
            names = "--entries",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Entries in the store; default ${DEFAULT-VALUE}.")
    private long entries;

    @Option(
            names = "--members",
            paramLabel = "N",
            defaultValue = "1",
            description = "Members, 1 or 3; default ${DEFAULT-VALUE}.")
    private int members;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "Length of the values; default ${DEFAULT-VALUE}.")
    private int valueLength;

    @Option(
            names = "--snapshots",
            paramLabel = "N",
            defaultValue = "3",
            description = "Snapshots; medians are stated; default ${DEFAULT-VALUE}.")
    private int snapshots;

    @Mixin private ComparisonOptions output;

    private record Figures(
            double pauseMs, double copyMs, double waitMs, double gapMs, double quietGapMs) {}

    private final SplittableRandom random = new SplittableRandom(1);
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[16]);
    private final List<TalkingProcess> processes = new ArrayList<>();
    private UnsafeBuffer value;
    private Comparison comparison;
    private long longestGapNs;

    @Override
    public Integer call() {
        if (entries < 1 || members < 1 || valueLength < 8 || snapshots < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--entries, --members and --snapshots must be 1 or more, --value-size 8");
        }
        comparison = output.begin(spec, "not pinned, SHARED, YIELD");
        value = new UnsafeBuffer(new byte[valueLength]);
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            final ClusterConfig config = start(scratch);
            try {
                measure(config);
            } finally {
                processes.forEach(TalkingProcess::kill);
                for (int member = 0; member < members; member++) {
                    IoUtil.delete(MemberKeeper.aeronDirectory(config, 0, member).toFile(), true);
                }
            }
        }
        return output.end(comparison);
    }

    private ClusterConfig start(final ScratchDirectory scratch) {
        final List<String> lines =
                List.of(
                        "dir=" + scratch.path(),
                        "hosts=127.0.0.1" + ",127.0.0.1".repeat(members - 1),
                        "port=" + ClusterSpec.freePorts(1),
                        "entries=" + entries,
                        "value-size=" + valueLength,
                        "heartbeat-timeout-ms=10000",
                        "election-timeout-ms=1000",
                        "snapshot-log-bytes=0",
                        "snapshot-interval-ms=0");
        try {
            Files.write(ClusterSpec.file(scratch.path()), lines);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        for (int member = 0; member < members; member++) {
            processes.add(
                    Children.ofJava(
                            "member " + member,
                            MemberProcess.class,
                            Kind.STOAT.word(),
                            ClusterSpec.file(scratch.path()).toString(),
                            String.valueOf(member),
                            "SHARED",
                            Idle.YIELD.name()));
        }
        processes.forEach(process -> process.await(MemberProcess.READY));
        return ClusterConfig.read(ClusterSpec.file(scratch.path()));
    }

    private void measure(final ClusterConfig config) {
        final List<Figures> all = new ArrayList<>();
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(config)
                                .timeoutNs(LONGEST_NS)
                                .driverOnCallerThread(true)
                                .idleStrategy(Idle.YIELD.strategy()))) {
            fill(client);
            comparison.section(
                    String.format(
                            Locale.ROOT,
                            "%,d entries of %d B, members: %d",
                            entries,
                            valueLength,
                            members));
            final MemberStatus leader = leader(config);
            try {
                long stretchNs = LEAST_STRETCH_NS;
                for (int i = 0; i < snapshots; i++) {
                    write(client, stretchNs);
                    longestGapNs = 0;
                    write(client, stretchNs);
                    final double quietGapMs = longestGapNs / 1e6;
                    longestGapNs = 0;
                    final long startNs = System.nanoTime();
                    snapshot(client, leader);
                    stretchNs = Math.max(LEAST_STRETCH_NS, System.nanoTime() - startNs);
                    all.add(
                            new Figures(
                                    leader.snapshotPauseNs() / 1e6,
                                    leader.snapshotCopyNs() / 1e6,
                                    leader.snapshotWaitNs() / 1e6,
                                    longestGapNs / 1e6,
                                    quietGapMs));
                    add("snapshot " + (i + 1), all.get(i));
                }
            } finally {
                leader.close();
            }
        }
        add(
                "median",
                new Figures(
                        median(all, Figures::pauseMs),
                        median(all, Figures::copyMs),
                        median(all, Figures::waitMs),
                        median(all, Figures::gapMs),
                        median(all, Figures::quietGapMs)));
    }

    private void fill(final ReplicatedClient client) {
        for (long id = 0; id < entries; ) {
            final CommandEncoder commands = client.commands();
            if (commands == null) {
                client.poll();
                continue;
            }
            for (int i = 0; i < COMMANDS_PER_MESSAGE && id < entries; i++) {
                putKey(id++);
                commands.put(PutMode.ALWAYS, key, 0, 16, value, 0, valueLength, 0, false, 0);
            }
            client.send();
            client.poll();
        }
        client.drain();
        if (client.contentChecksum() == 0 || client.entries() != entries) {
            throw new IllegalStateException("only " + client.entries() + " entries are there");
        }
    }

    private void putKey(final long id) {
        key.putLong(0, id * 0x9E3779B97F4A7C15L);
        key.putLong(8, id);
    }

    private MemberStatus leader(final ClusterConfig config) {
        for (int member = 0; member < members; member++) {
            final MemberStatus status = MemberStatus.attach(config.memberDir(0, member));
            if (status.isLeader()) {
                return status;
            }
            CloseHelper.close(status);
        }
        throw new IllegalStateException("no member leads");
    }

    private void write(final ReplicatedClient client, final long durationNs) {
        final long endNs = System.nanoTime() + durationNs;
        while (System.nanoTime() - endNs < 0) {
            writeOne(client);
        }
    }

    private void snapshot(final ReplicatedClient client, final MemberStatus leader) {
        final long before = leader.snapshotPosition();
        final long endNs = System.nanoTime() + LONGEST_NS;
        leader.ask(MemberStatus.Request.SNAPSHOT);
        while (leader.snapshotPosition() == before || leader.snapshotInCopyPosition() != 0) {
            writeOne(client);
            if (System.nanoTime() - endNs > 0) {
                throw new IllegalStateException("the snapshot does not end");
            }
        }
        writeOne(client);
        write(client, TimeUnit.MILLISECONDS.toNanos(50));
    }

    /** The time from sending a write to its acknowledgement is a gap between acknowledgements. */
    private void writeOne(final ReplicatedClient client) {
        putKey(random.nextLong(entries));
        value.putLong(0, random.nextLong());
        final long startNs = System.nanoTime();
        final int status = client.put(PutMode.ALWAYS, key, 0, 16, value, 0, valueLength, 0, 0);
        longestGapNs = Math.max(longestGapNs, System.nanoTime() - startNs);
        if (status != Status.OK) {
            throw new IllegalStateException("a put failed: " + status);
        }
    }

    private void add(final String subject, final Figures figures) {
        comparison.figures(
                subject,
                Figure.of("service stands still", MS, figures.pauseMs),
                Figure.of("copy beside it", MS, figures.copyMs),
                Figure.of("waited for the copy", MS, figures.waitMs),
                Figure.of("longest time between acknowledged writes", MS, figures.gapMs),
                Figure.of("without a snapshot", MS, figures.quietGapMs));
    }

    private static double median(final List<Figures> of, final ToDoubleFunction<Figures> figure) {
        return Median.of(of.stream().mapToDouble(figure).toArray());
    }
}
