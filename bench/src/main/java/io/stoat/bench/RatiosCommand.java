package io.stoat.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench ratios}: Stoat against its peers in rounds. A round measures every contender
 * once, each in a new JVM, so that a noisy minute of the host falls on all; ratios are taken within
 * a round, and the median of the rounds counts.
 */
@Command(
        name = "ratios",
        description = {
            "Compares Stoat with Chronicle Map and LMDB in the same run, 16-byte keys and 128-byte values.",
            "Exit code 1 when a ratio misses its bound or Stoat allocates."
        })
final class RatiosCommand implements Callable<Integer> {
    private static final List<String> READERS =
            List.of(
                    "none",
                    "bare-table",
                    "stoat-view",
                    "stoat-copy",
                    "stoat-checked",
                    "chronicle-bytes",
                    "chronicle-constant",
                    "chronicle-blocks",
                    "lmdb",
                    "lmdb-held");
    private static final List<String> WRITERS =
            List.of(
                    "none",
                    "bare-table",
                    "stoat-view",
                    "chronicle-bytes",
                    "chronicle-constant",
                    "chronicle-blocks",
                    "lmdb");

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds, 1 to 99; default ${DEFAULT-VALUE}, about 4 minutes each.")
    private int rounds;

    @Option(names = "--quick", description = "One short round; figures are a hint only.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures as JSON.")
    private Path json;

    /** Figures of one benchmark, number of keys and contender; one of each for a round. */
    private static final class Series {
        private final List<Double> times = new ArrayList<>();
        private final List<Double> allocations = new ArrayList<>();

        private double[] times() {
            return array(times);
        }

        private double time() {
            return Median.of(array(times));
        }

        private double allocated() {
            return Median.of(array(allocations));
        }

        private static double[] array(final List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    private final Map<String, Series> figures = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > 99) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "--rounds=" + rounds + " must be 1 to 99");
        }
        final PrintWriter out = spec.commandLine().getOut();
        final int count = quick ? 1 : rounds;
        for (int round = 1; round <= count; round++) {
            out.println("round " + round + " of " + count);
            out.flush();
            add(run("ReadBenchmark.hit", READERS));
            add(run("WriteBenchmark.overwrite", WRITERS));
        }
        printFigures(out);
        final boolean met = printTargets(out);
        if (json != null) {
            writeJson();
        }
        return met ? 0 : 1;
    }

    private Collection<RunResult> run(final String benchmark, final List<String> contenders) {
        return new JmhRun(List.of("\\." + benchmark + "$"))
                .silent()
                .forks(1)
                .iterations(quick ? 2 : 3, quick ? 300 : 1_000)
                .parameters(Map.of("contender", contenders))
                .run();
    }

    private void add(final Collection<RunResult> results) {
        for (final RunResult result : results) {
            final String name = result.getParams().getBenchmark();
            final String benchmark =
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
            final Series series =
                    figures.computeIfAbsent(
                            key(
                                    benchmark,
                                    Long.parseLong(result.getParams().getParam("keys")),
                                    result.getParams().getParam("contender")),
                            ignore -> new Series());
            series.times.add(result.getPrimaryResult().getScore());
            series.allocations.add(JmhRun.allocated(result));
        }
    }

    private static String key(final String benchmark, final long keys, final String contender) {
        return String.format(Locale.ROOT, "%-24s %7d  %s", benchmark, keys, contender);
    }

    private void printFigures(final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n%-52s %9s %9s%n",
                "benchmark                   keys  contender",
                "ns/op",
                "B/op");
        figures.forEach(
                (key, series) ->
                        out.printf(
                                Locale.ROOT,
                                "%-52s %9.1f %9.1f%n",
                                key,
                                series.time(),
                                series.allocated()));
    }

    private boolean printTargets(final PrintWriter out) {
        boolean allMet = true;
        out.printf(
                Locale.ROOT,
                "%n%-24s %7s  %-12s %-16s %6s %6s%n",
                "benchmark",
                "keys",
                "contender",
                "against",
                "ratio",
                "bound");
        for (final Ratio target : Ratio.TARGETS) {
            final Series judged = series(target, target.contender());
            final double ratio =
                    Ratio.median(judged.times(), series(target, target.baseline()).times());
            final boolean met =
                    ratio <= target.bound() && judged.allocated() < JmhRun.ALLOCATED_BYTES_LIMIT;
            allMet &= met;
            out.printf(
                    Locale.ROOT,
                    "%-24s %7d  %-12s %-16s %6.2f %6.2f  %s%n",
                    target.benchmark(),
                    target.keys(),
                    target.contender(),
                    target.baseline(),
                    ratio,
                    target.bound(),
                    met ? "met" : "MISSED");
        }
        return allMet;
    }

    private Series series(final Ratio target, final String contender) {
        return figures.get(key(target.benchmark(), target.keys(), contender));
    }

    private void writeJson() throws IOException {
        final Map<String, Object> root = new LinkedHashMap<>();
        figures.forEach(
                (key, series) ->
                        root.put(
                                key.replaceAll(" +", " "),
                                Map.of(
                                        "nsPerOp", series.times,
                                        "allocatedBytesPerOp", series.allocations)));
        JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).write(root, json.toFile());
    }
}
