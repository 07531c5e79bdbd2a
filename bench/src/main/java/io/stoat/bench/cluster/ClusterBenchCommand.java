package io.stoat.bench.cluster;

import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.report.Comparison;
import io.stoat.bench.rig.TalkingProcess;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stoat bench cluster}: what replication costs, beside Aeron Cluster alone and peers. */
@Command(
        name = "cluster",
        description = {
            "Measures replicated puts on three members and a client of this machine, each a process: one at a time, and",
            "batched; and local reads on a follower, idle and while it applies the log. Beside a bare Aeron Cluster echo of",
            "the same message lengths, settings and threads: all clusters are there at once and take turns of half a second,",
            "the others' processes stopped, so that what disturbs the host falls on each. And where they are installed beside",
            "Redis with a replica and WAIT 1, and three members of etcd. Exit code 1 when a bound is missed."
        },
        footer = {
            "",
            "Examples:",
            "  stoat bench cluster --rounds 5 --no-peers",
            "  stoat bench cluster --groups 1,2 --window 32"
        })
public final class ClusterBenchCommand implements Callable<Integer> {
    private static final int MAX_GROUPS = 16;
    private static final int MAX_CLUSTERS = 6;
    private static final long PEER_WARM_UP_MS = 8_000;

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "Rounds; default ${DEFAULT-VALUE}, about 2 minutes each, 3 with the peers.")
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "N",
            defaultValue = "4000",
            description =
                    "Time for each kind of measurement of a cluster in a round, ms; default ${DEFAULT-VALUE}.")
    private long millis;

    @Option(
            names = "--warm-up",
            paramLabel = "MS",
            defaultValue = "48000",
            description =
                    "Most time of batched puts and puts one at a time before each cluster is measured, ms: until the"
                            + " compilers of its JVMs take less than 2 %% of it; default ${DEFAULT-VALUE}.")
    private long warmUpMs;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "Length of the values; default ${DEFAULT-VALUE}.")
    private int valueLength;

    @Option(
            names = "--keys",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Keys, at least 1000; default ${DEFAULT-VALUE}.")
    private long keys;

    @Option(
            names = "--puts",
            paramLabel = "N",
            defaultValue = "320",
            description = "Puts of a message when batched; default ${DEFAULT-VALUE}.")
    private int puts;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "Messages in flight when batched, of all groups together; default ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--mtu",
            paramLabel = "BYTES",
            defaultValue = "65504",
            description = "Largest datagram, as over loopback; default ${DEFAULT-VALUE}.")
    private int mtu;

    @Option(
            names = "--term-length",
            paramLabel = "BYTES",
            defaultValue = "4194304",
            description = "Length of the log's buffers; default ${DEFAULT-VALUE}.")
    private int termLength;

    @Option(
            names = "--threads",
            paramLabel = "HOW",
            defaultValue = "SHARED",
            description = "Threads of a member, SHARED or SEPARATE; default ${DEFAULT-VALUE}.")
    private String threads;

    @Option(
            names = "--idle",
            paramLabel = "HOW",
            defaultValue = "YIELD",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Idle idle;

    @Option(
            names = "--groups",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description =
                    "Numbers of groups to measure in each round; bounds hold for the first; default ${DEFAULT-VALUE}.")
    private List<Integer> groups;

    @Option(names = "--no-peers", description = "Leave out Redis and etcd.")
    private boolean withoutPeers;

    @Mixin private ComparisonOptions output;

    private Comparison comparison;
    private ClusterReport report;

    @Override
    public Integer call() {
        requireSound();
        comparison = output.begin(spec, "not pinned, " + threads + ", " + idle);
        report = new ClusterReport(comparison, groups);
        final int shards = groups.stream().mapToInt(Integer::intValue).max().orElseThrow();
        final ClusterSpec cluster =
                new ClusterSpec(valueLength, keys, mtu, termLength, threads, idle, shards, 1);
        sayConditions(shards);
        for (int round = 1; round <= rounds; round++) {
            comparison.say("round " + round + " of " + rounds);
            try (ClusterRound clusters =
                    new ClusterRound(groups.stream().map(cluster::withGroups).toList())) {
                measure(clusters);
                reads(clusters.alone());
            }
            if (!withoutPeers) {
                peer(
                        report.redis(),
                        RedisWithReplica.absence(),
                        () -> new RedisWithReplica(valueLength, keys));
                peer(
                        report.etcd(),
                        EtcdMembers.absence(),
                        () -> new EtcdMembers(valueLength, keys, puts));
            }
        }
        report.conclude(rounds);
        return output.end(comparison);
    }

    private void requireSound() {
        if (rounds < 1
                || millis < 10
                || warmUpMs < 0
                || valueLength < 8
                || puts < 1
                || keys < 1_000) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds and --puts must be 1 or more, --keys 1000, --value-size 8, --millis 10,"
                            + " --warm-up 0");
        }
        if (window < 1 || puts > keys) {
            throw new ParameterException(
                    spec.commandLine(), "--window must be 1 or more, --puts at most --keys");
        }
        if (groups.size() > MAX_CLUSTERS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--groups=" + groups + ": at most " + MAX_CLUSTERS + " clusters a round");
        }
        if (groups.stream().anyMatch(number -> number < 1 || number > MAX_GROUPS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--groups=" + groups + ": each must be from 1 to " + MAX_GROUPS);
        }
    }

    private void sayConditions(final int shards) {
        note(
                "%d processors; %d members, threads %s, idle %s; client and its driver on one thread",
                Runtime.getRuntime().availableProcessors(), ClusterSpec.MEMBERS, threads, idle);
        note(
                "keys %,d of %d B, values %d B, shards %d, mtu %d, term %d, files not synced; batched: %d puts a"
                        + " message, %d messages in flight",
                keys, PutMessage.KEY_LENGTH, valueLength, shards, mtu, termLength, puts, window);
    }

    private void note(final String format, final Object... values) {
        comparison.note(String.format(Locale.ROOT, format, values));
    }

    private void measure(final ClusterRound clusters) {
        comparison.say(clusters.warmUp(warmUpMs, puts, window).toString());
        final List<ClusterRound.Figures> figures = clusters.measure(millis, puts, window);
        for (int side = 0; side < figures.size(); side++) {
            report.add(
                    side == 0 ? report.bare() : report.stoat(side - 1),
                    figures.get(side).singles(),
                    figures.get(side).batches());
        }
    }

    private void peer(
            final Series series, final String absence, final Supplier<PeerCluster> cluster) {
        if (absence != null) {
            report.skipped(series, absence);
            return;
        }
        try (PeerCluster running = cluster.get()) {
            report.settings(series, running.settings());
            running.batched(PEER_WARM_UP_MS, puts, window);
            running.single(PEER_WARM_UP_MS);
            report.add(
                    series,
                    List.of(running.single(millis)),
                    List.of(running.batched(millis, puts, window)));
        }
    }

    private void reads(final RunningCluster cluster) {
        try (TalkingProcess reader = cluster.followerReader()) {
            p99(reader, millis / 2);
            final double idleNs = p99(reader, millis);
            cluster.startBatched(millis * 2, puts, window);
            final double busyNs = p99(reader, millis);
            cluster.awaitBatched();
            report.addReads(idleNs, busyNs);
        }
    }

    private static double p99(final TalkingProcess reader, final long millis) {
        return Double.parseDouble(reader.ask(String.valueOf(millis), "read").split(" ")[1]);
    }
}
