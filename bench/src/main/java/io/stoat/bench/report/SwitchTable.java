package io.stoat.bench.report;

import io.stoat.bench.Median;
import io.stoat.bench.gate.Comparison;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What each optimization brings, as a Markdown table: the gain that was expected and measured, the
 * P99 without and with it, and a verdict that says so where it brings nothing.
 */
public final class SwitchTable {
    private static final double LEVEL = 0.05;
    private static final double LEAST_CHANGE = 0.03;
    private static final String NONE = "–";

    /** Two groups of runs that differ in one optimization. */
    private record Row(
            String name,
            String expected,
            Predicate<RunResult> without,
            Predicate<RunResult> with) {}

    /** Two JMH benchmarks that differ in one optimization. */
    private record MicroRow(String name, String expected, String without, String with) {}

    private static final List<Row> ROWS =
            List.of(
                    new Row(
                            "zero-copy view (2 KiB values)",
                            "the time of the copy",
                            of("stoat-copy", 2048),
                            of("stoat-view", 2048)),
                    new Row(
                            "miss fast path, late expiry check (hits / misses)",
                            "a miss is no dearer than a hit",
                            option("stoat-copy", "misses", "0%"),
                            option("stoat-copy", "misses", "100%")),
                    new Row(
                            "wire batching, IPC, 64 in flight",
                            "throughput",
                            option("stoat-ipc-pipelined", "batch", "1"),
                            option("stoat-ipc-pipelined", "batch", "16")),
                    new Row(
                            "wire batching, UDP, 64 in flight",
                            "throughput",
                            option("stoat-udp-pipelined", "batch", "1"),
                            option("stoat-udp-pipelined", "batch", "16")),
                    new Row(
                            "routing by connection, in the client",
                            "one hop inside the node",
                            option("stoat-ipc", "routing", "false"),
                            option("stoat-ipc", "routing", "true")),
                    new Row(
                            "separate read and write agents, one at a time",
                            "reads do not wait for writes; a core more",
                            option("stoat-ipc", "agents", "shared"),
                            option("stoat-ipc", "agents", "separate")),
                    new Row(
                            "separate read and write agents, 64 in flight",
                            "reads do not wait for writes; a core more",
                            option("stoat-ipc-pipelined", "agents", "shared"),
                            option("stoat-ipc-pipelined", "agents", "separate")),
                    new Row(
                            "as many reading threads as cores (one / cores)",
                            "reads of all cores",
                            option("stoat-copy", "threads", "1"),
                            option("stoat-copy", "threads", "cores")),
                    new Row(
                            "one thread more than cores (cores / cores + 1)",
                            "nothing: they share the cores",
                            option("stoat-copy", "threads", "cores"),
                            option("stoat-copy", "threads", "cores+1")));

    private static final List<MicroRow> MICRO_ROWS =
            List.of(
                    new MicroRow(
                            "reused (flyweight) requests",
                            "no garbage",
                            "requestAllocated",
                            "requestReused"),
                    new MicroRow(
                            "shard ownership against one lock, one thread",
                            "no lock word",
                            "putUnderOneLock",
                            "putByOwner"),
                    new MicroRow(
                            "shard ownership against one lock, two threads",
                            "no lock word that moves between cores",
                            "putUnderOneLockByTwo",
                            "putByOwner"),
                    new MicroRow(
                            "inlined routing against a call",
                            "the call",
                            "routedByCall",
                            "routedInline"),
                    new MicroRow(
                            "inlined routing against strategies of several kinds",
                            "the call that cannot be foreseen",
                            "routedByStrategy",
                            "routedInline"),
                    new MicroRow(
                            "multiply and shift against a division",
                            "the division",
                            "routedByDivision",
                            "routedInline"),
                    new MicroRow(
                            "XXH64 against FNV-1a", "given by the layout", "fnv1a", "xxHash64"),
                    new MicroRow(
                            "XXH64 against MurmurHash3",
                            "given by the layout",
                            "murmur3",
                            "xxHash64"),
                    new MicroRow(
                            "XXH64 against CRC32C", "given by the layout", "crc32c", "xxHash64"),
                    new MicroRow(
                            "XXH64 against a String-like hash",
                            "given by the layout",
                            "stringLike",
                            "xxHash64"));

    private SwitchTable() {}

    private static Predicate<RunResult> of(final String target, final int valueLength) {
        return run ->
                run.spec().target().equals(target)
                        && run.spec().options().isEmpty()
                        && run.spec().workload().valueLength() == valueLength;
    }

    private static Predicate<RunResult> option(
            final String target, final String name, final String value) {
        return run ->
                run.spec().target().equals(target) && value.equals(run.spec().options().get(name));
    }

    /**
     * @param result of the scenario switches.
     * @param scores of JMH benchmarks by their method's name and parameters, ns an operation; empty
     *     when they were not run.
     * @return the table.
     */
    public static String of(final ResultFile result, final Map<String, Double> scores) {
        final StringBuilder text = new StringBuilder();
        text.append(NumbersTable.conditions(result)).append(".\n\n");
        text.append(
                "| optimization | expected gain | measured gain | P99 without → with | verdict |\n| --- | --- | --- | --- | --- |\n");
        for (final Row row : ROWS) {
            final List<PhaseResult> without = phases(result, row.without());
            final List<PhaseResult> with = phases(result, row.with());
            if (!without.isEmpty() && without.size() == with.size()) {
                text.append(line(row, without, with));
            }
        }
        for (final MicroRow row : MICRO_ROWS) {
            pairs(row, scores).forEach((name, pair) -> text.append(line(row, name, pair)));
        }
        return text.toString();
    }

    private static List<PhaseResult> phases(
            final ResultFile result, final Predicate<RunResult> runs) {
        return result.runs().stream()
                .filter(run -> run.failure() == null && runs.test(run))
                .map(run -> run.phases().get(run.phases().size() - 1))
                .toList();
    }

    private static String line(
            final Row row, final List<PhaseResult> without, final List<PhaseResult> with) {
        final double[] gains = new double[with.size()];
        for (int i = 0; i < gains.length; i++) {
            gains[i] = with.get(i).throughput() / without.get(i).throughput();
        }
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.2f × the throughput | %s → %s | %s |%n",
                row.name(),
                row.expected(),
                Median.of(gains),
                p99(without),
                p99(with),
                verdict(without, with));
    }

    private static String p99(final List<PhaseResult> phases) {
        return NumbersTable.time(
                Median.of(phases.stream().mapToDouble(phase -> phase.all().p99()).toArray()));
    }

    private static String verdict(final List<PhaseResult> without, final List<PhaseResult> with) {
        if (with.size() < 5) {
            return with.size() + " forks: too few for a verdict";
        }
        final String time = change(without, with, phase -> 1 / phase.throughput());
        final String p99 = change(without, with, phase -> phase.all().p99());
        if (time.isEmpty() && p99.isEmpty()) {
            return "brings nothing measurable here";
        }
        final List<String> words = new ArrayList<>();
        if (!time.isEmpty()) {
            words.add(time + " throughput");
        }
        if (!p99.isEmpty()) {
            words.add(p99 + " P99");
        }
        return String.join(", ", words);
    }

    private static String change(
            final List<PhaseResult> without,
            final List<PhaseResult> with,
            final ToDoubleFunction<PhaseResult> figure) {
        final Comparison comparison =
                Comparison.paired(
                        "switch",
                        "figure",
                        without.stream().mapToDouble(figure).toArray(),
                        with.stream().mapToDouble(figure).toArray());
        if (comparison.p() >= LEVEL || Math.abs(comparison.ratio() - 1) < LEAST_CHANGE) {
            return "";
        }
        return comparison.ratio() < 1 ? "better" : "worse";
    }

    /** Scores of both benchmarks, by the parameters that they have in common. */
    private static Map<String, double[]> pairs(
            final MicroRow row, final Map<String, Double> scores) {
        final Map<String, double[]> pairs = new LinkedHashMap<>();
        scores.forEach(
                (name, score) -> {
                    if (name.equals(row.with()) || name.startsWith(row.with() + " ")) {
                        final String parameters = name.substring(row.with().length());
                        final Double other = scores.get(row.without() + parameters);
                        if (other != null) {
                            pairs.put(parameters.strip(), new double[] {other, score});
                        }
                    }
                });
        return pairs;
    }

    private static String line(final MicroRow row, final String parameters, final double[] pair) {
        final double gain = pair[0] / pair[1];
        return String.format(
                Locale.ROOT,
                "| %s%s | %s | %.2f × as fast: %.1f → %.1f ns | %s | %s |%n",
                row.name(),
                parameters.isEmpty() ? "" : " (" + parameters + ")",
                row.expected(),
                gain,
                pair[0],
                pair[1],
                NONE,
                Math.abs(gain - 1) < 2 * LEAST_CHANGE
                        ? "brings nothing measurable here"
                        : gain > 1 ? "faster" : "slower");
    }
}
