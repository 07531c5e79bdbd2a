package io.stoat.bench.cluster;

import io.stoat.bench.Median;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stoat bench cluster}: what replication costs, beside Aeron Cluster alone. */
@Command(
        name = "cluster",
        description = {
            "Measures replicated puts on three members and a client of this machine, each a process: one at a time, and",
            "batched; and local reads on a follower, idle and while it applies the log. Beside a bare Aeron Cluster echo of",
            "the same message lengths, settings and threads in the same round. Exit code 1 when a bound is missed."
        })
public final class ClusterBenchCommand implements Callable<Integer> {
    private static final double MAX_SINGLE_RATIO = 1.15;
    private static final double MIN_BATCHED_RATE = 500_000;
    private static final double MAX_READ_RATIO = 1.5;

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds; default ${DEFAULT-VALUE}, about 30 s each.")
    private int rounds;

    @Option(
            names = "--millis",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Duration of one measurement, ms; default ${DEFAULT-VALUE}.")
    private long millis;

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
            description = "Keys; default ${DEFAULT-VALUE}.")
    private long keys;

    @Option(
            names = "--puts",
            paramLabel = "N",
            defaultValue = "40",
            description = "Puts of a message when batched; default ${DEFAULT-VALUE}.")
    private int puts;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "64",
            description = "Messages in flight when batched; default ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--mtu",
            paramLabel = "BYTES",
            defaultValue = "8192",
            description = "Largest datagram; default ${DEFAULT-VALUE}.")
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

    private final List<RunningCluster.Single> bareSingle = new ArrayList<>();
    private final List<RunningCluster.Single> stoatSingle = new ArrayList<>();
    private final List<RunningCluster.Batched> bareBatched = new ArrayList<>();
    private final List<RunningCluster.Batched> stoatBatched = new ArrayList<>();
    private final List<Double> idleReads = new ArrayList<>();
    private final List<Double> busyReads = new ArrayList<>();
    private PrintWriter out;

    @Override
    public Integer call() {
        if (rounds < 1 || millis < 10 || valueLength < 8 || puts < 1 || keys < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rounds, --puts and --keys must be 1 or more, --value-size 8, --millis 10");
        }
        out = spec.commandLine().getOut();
        final ClusterSpec cluster =
                new ClusterSpec(valueLength, keys, mtu, termLength, threads, idle);
        for (int round = 1; round <= rounds; round++) {
            say("round %d of %d", round, rounds);
            try (RunningCluster bare = new RunningCluster(Kind.BARE, cluster)) {
                measure("bare", bare, bareSingle, bareBatched);
            }
            try (RunningCluster stoat = new RunningCluster(Kind.STOAT, cluster)) {
                measure("stoat", stoat, stoatSingle, stoatBatched);
                reads(stoat);
            }
        }
        return conclude() ? 0 : 1;
    }

    private void measure(
            final String name,
            final RunningCluster cluster,
            final List<RunningCluster.Single> single,
            final List<RunningCluster.Batched> batched) {
        cluster.batched(millis / 2, puts, window);
        cluster.single(millis / 2);
        single.add(cluster.single(millis));
        batched.add(cluster.batched(millis, puts, window));
        final RunningCluster.Single last = single.get(single.size() - 1);
        say(
                "  %-6s one at a time p50 %.1f p99 %.1f us, %,.0f/s; batched %,.0f/s, CPU %,.0f ns a put",
                name,
                last.p50Ns() / 1e3,
                last.p99Ns() / 1e3,
                last.rate(),
                batched.get(batched.size() - 1).rate(),
                batched.get(batched.size() - 1).cpuNs());
    }

    private void reads(final RunningCluster cluster) {
        try (Child reader = cluster.followerReader()) {
            p99(reader, millis / 2);
            idleReads.add(p99(reader, millis));
            cluster.startBatched(millis * 2, puts, window);
            busyReads.add(p99(reader, millis));
            cluster.awaitBatched();
        }
        say(
                "  reads of a follower, p99: idle %.0f ns, log at full speed %.0f ns",
                idleReads.get(idleReads.size() - 1), busyReads.get(busyReads.size() - 1));
    }

    private static double p99(final Child reader, final long millis) {
        reader.tell(String.valueOf(millis));
        return Double.parseDouble(reader.await("read")[2]);
    }

    private boolean conclude() {
        final double single = ratio(stoatSingle, bareSingle, RunningCluster.Single::p50Ns);
        final double batched = ratio(stoatBatched, bareBatched, RunningCluster.Batched::rate);
        final double rate = median(stoatBatched, RunningCluster.Batched::rate);
        final double cpuNs = median(stoatBatched, RunningCluster.Batched::cpuNs);
        final double read = ratio(busyReads, idleReads, Double::doubleValue);
        say(
                "one put at a time, p50: stoat %.1f us, %.2f x the bare cluster (bound %.2f)",
                median(stoatSingle, RunningCluster.Single::p50Ns) / 1e3, single, MAX_SINGLE_RATIO);
        say(
                "batched puts: stoat %,.0f/s (bound %,.0f), %.2f x the bare cluster; CPU of all %,.0f ns a put",
                rate, MIN_BATCHED_RATE, batched, cpuNs);
        say("reads of a follower, p99: %.2f x an idle one's (bound %.2f)", read, MAX_READ_RATIO);
        return single <= MAX_SINGLE_RATIO && rate >= MIN_BATCHED_RATE && read <= MAX_READ_RATIO;
    }

    private static <T> double median(final List<T> of, final ToDoubleFunction<T> figure) {
        return Median.of(of.stream().mapToDouble(figure).toArray());
    }

    private static <T> double ratio(
            final List<T> of, final List<T> to, final ToDoubleFunction<T> figure) {
        final double[] ratios = new double[of.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(to.get(i));
        }
        return Median.of(ratios);
    }

    private void say(final String format, final Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
