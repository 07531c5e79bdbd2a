package io.stoat.bench.report;

import io.stoat.bench.Median;
import io.stoat.bench.gate.Comparison;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What each optimization brings, as a Markdown table: the gain that was expected and measured, the
 * P99 without and with it, and a verdict that says so where it brings nothing.
 */
public final class SwitchTable {
    private static final double LEVEL = 0.05;
    private static final double LEAST_CHANGE = 0.03;
    private static final double TELLING_CHANGE = 0.1;
    private static final String NONE = "–";
    private static final String NOTHING = "brings nothing measurable here";

    /**
     * What JMH says of a benchmark.
     *
     * @param ns an operation.
     * @param error half of the width of the interval that JMH gives it; not a number when too few
     *     iterations were measured.
     */
    public record Score(double ns, double error) {}

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
                            "miss fast path: ends at the look-up, without Chronicle Map's lock",
                            "the lock, the context",
                            "missLocked",
                            "missLateExpiry"),
                    new MicroRow(
                            "late expiry check, misses: no clock",
                            "the clock",
                            "missEarlyExpiry",
                            "missLateExpiry"),
                    new MicroRow(
                            "late expiry check, hits of entries without one: no clock",
                            "the clock",
                            "hitEarlyExpiry",
                            "hitLateExpiry"),
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
                            "putByTwoOwners"),
                    new MicroRow(
                            "inlined routing against a call",
                            "the call",
                            "routedByCall",
                            "routedInline"),
                    new MicroRow(
                            "inlined routing against strategies of several classes",
                            "the call that cannot be foreseen",
                            "routedByStrategy",
                            "routedInline"),
                    new MicroRow(
                            "multiply and shift against a division",
                            "the division",
                            "routedByDivision",
                            "routedInline"),
                    new MicroRow(
                            "XXH64 against FNV-1a",
                            "none: Chronicle Map's layout asks for XXH64",
                            "fnv1a",
                            "xxHash64"),
                    new MicroRow(
                            "XXH64 against MurmurHash3",
                            "none: Chronicle Map's layout asks for XXH64",
                            "murmur3",
                            "xxHash64"),
                    new MicroRow(
                            "XXH64 against CRC32C",
                            "none: Chronicle Map's layout asks for XXH64",
                            "crc32c",
                            "xxHash64"),
                    new MicroRow(
                            "XXH64 against a String-like hash",
                            "none: Chronicle Map's layout asks for XXH64",
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
     * @param scores of JMH benchmarks by their method's name and parameters; empty when they were
     *     not run.
     * @return the table.
     */
    public static String of(final ResultFile result, final Map<String, Score> scores) {
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
        final String words =
                Stream.of(
                                finding(
                                        "throughput",
                                        without,
                                        with,
                                        phase -> 1 / phase.throughput()),
                                finding("P99", without, with, phase -> phase.all().p99()))
                        .filter(finding -> !finding.isEmpty())
                        .collect(Collectors.joining(", "));
        return words.isEmpty() ? NOTHING : words;
    }

    /** What is to be said of a figure; nothing when a change would have been seen, and was not. */
    private static String finding(
            final String name,
            final List<PhaseResult> without,
            final List<PhaseResult> with,
            final ToDoubleFunction<PhaseResult> figure) {
        final Comparison comparison =
                Comparison.paired(
                        "switch",
                        name,
                        without.stream().mapToDouble(figure).toArray(),
                        with.stream().mapToDouble(figure).toArray());
        if (comparison.p() < LEVEL && Math.abs(comparison.ratio() - 1) >= LEAST_CHANGE) {
            return (comparison.ratio() < 1 ? "better " : "worse ") + name;
        }
        final double detectable = comparison.detectable(LEVEL);
        return detectable <= TELLING_CHANGE ? "" : name + " unclear" + below(detectable);
    }

    private static String below(final double detectable) {
        return Double.isInfinite(detectable)
                ? ""
                : String.format(Locale.ROOT, " (noise hides up to %.0f %%)", 100 * detectable);
    }

    /** Scores of both benchmarks, by the parameters that they have in common. */
    private static Map<String, Score[]> pairs(final MicroRow row, final Map<String, Score> scores) {
        final Map<String, Score[]> pairs = new LinkedHashMap<>();
        scores.forEach(
                (name, score) -> {
                    if (name.equals(row.with()) || name.startsWith(row.with() + " ")) {
                        final String parameters = name.substring(row.with().length());
                        final Score other = scores.get(row.without() + parameters);
                        if (other != null) {
                            pairs.put(parameters.strip(), new Score[] {other, score});
                        }
                    }
                });
        return pairs;
    }

    private static String line(final MicroRow row, final String parameters, final Score... pair) {
        final Score without = pair[0];
        final Score with = pair[1];
        return String.format(
                Locale.ROOT,
                "| %s%s | %s | %.2f × as fast: %.1f → %.1f ns | %s | %s |%n",
                row.name(),
                parameters.isEmpty() ? "" : " (" + parameters + ")",
                row.expected(),
                without.ns() / with.ns(),
                without.ns(),
                with.ns(),
                NONE,
                verdict(without, with));
    }

    private static String verdict(final Score without, final Score with) {
        final double gain = without.ns() / with.ns();
        if (Double.isNaN(without.error()) || Double.isNaN(with.error())) {
            return (gain > 1 ? "faster" : "slower") + ", a hint: too few iterations for an error";
        }
        if (Math.abs(without.ns() - with.ns()) <= without.error() + with.error()) {
            final double detectable = (without.error() + with.error()) / with.ns();
            return detectable <= TELLING_CHANGE ? NOTHING : "unclear" + below(detectable);
        }
        if (Math.abs(gain - 1) < LEAST_CHANGE) {
            return NOTHING;
        }
        return gain > 1 ? "faster" : "slower";
    }
}
