package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.jmh.HashSwitchBenchmark;
import io.stoat.bench.jmh.MissSwitchBenchmark;
import io.stoat.bench.jmh.OwnerSwitchBenchmark;
import io.stoat.bench.jmh.RoutingSwitchBenchmark;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.workload.Workload;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

class SwitchTableTest {
    private static final Phase CLOSED = Phase.closed(1_000);

    private static RunResult run(
            final String option, final String value, final int fork, final long ns) {
        return new RunResult(
                new RunSpec(
                        "switches",
                        "stoat-ipc",
                        Workload.ycsb('a'),
                        1,
                        List.of(CLOSED),
                        0,
                        100,
                        "",
                        "off",
                        Map.of(option, value)),
                "this",
                fork,
                "1",
                "",
                List.of(HtmlReportTest.phase(CLOSED, ns + fork, null)),
                null,
                List.of(),
                null);
    }

    private static ResultFile result(final int forks) {
        final List<RunResult> runs = new ArrayList<>();
        for (int fork = 0; fork < forks; fork++) {
            runs.add(run("routing", "false", fork, 2_000));
            runs.add(run("routing", "true", fork, 1_000));
            runs.add(run("agents", "shared", fork, 1_000));
            runs.add(run("agents", "separate", fork, 1_000));
        }
        return new ResultFile(
                "switches", "2026-01-02T03:04:05Z", true, false, Map.of(), Map.of(), runs);
    }

    @Test
    void shouldSayWhatAnOptimizationBringsAndWhereItBringsNothing() {
        final String table =
                SwitchTable.of(
                        result(6),
                        Map.of(
                                "putByOwner", score(80, 1),
                                "putUnderOneLock", score(100, 1),
                                "xxHash64 keyLength=16", score(5, 0.1),
                                "fnv1a keyLength=16", score(5.1, 0.1),
                                "xxHash64 keyLength=64", score(9, 2),
                                "fnv1a keyLength=64", score(10, 3),
                                "routedInline", score(1, Double.NaN),
                                "routedByCall", score(2, 0.1)));
        final String routing = line(table, "routing by connection");
        assertTrue(routing.endsWith("| better P99 |"), routing);
        assertTrue(routing.contains("21.8 us → 10.9 us"), routing);
        assertTrue(
                line(table, "one at a time").endsWith("| brings nothing measurable here |"), table);
        assertTrue(
                line(table, "one lock, one thread").contains("1.25 × as fast: 100.0 → 80.0 ns"),
                table);
        assertTrue(line(table, "one lock, one thread").endsWith("| faster |"), table);
        assertTrue(line(table, "FNV-1a (keyLength=16)").contains("brings nothing"), table);
        assertTrue(
                line(table, "FNV-1a (keyLength=64)")
                        .contains("| unclear (noise hides up to 56 %) |"),
                table);
        assertTrue(line(table, "against a call").contains("faster, a hint"), table);
        assertFalse(table.contains("wire batching"), "what was not measured is not there");
    }

    @Test
    void shouldNotTakeNoiseForNoEffect() {
        final List<RunResult> runs = new ArrayList<>();
        final long[] noise = {1_000, 3_000, 500, 4_000, 900, 1_500};
        for (int fork = 0; fork < noise.length; fork++) {
            runs.add(run("routing", "false", fork, 1_500));
            runs.add(run("routing", "true", fork, noise[fork]));
        }
        final ResultFile noisy =
                new ResultFile(
                        "switches", "2026-01-02T03:04:05Z", true, false, Map.of(), Map.of(), runs);
        final String routing = line(SwitchTable.of(noisy, Map.of()), "routing by connection");
        assertTrue(routing.contains("| P99 unclear"), routing);
    }

    private static SwitchTable.Score score(final double ns, final double error) {
        return new SwitchTable.Score(ns, error);
    }

    @Test
    void shouldHaveARowForEveryOptimizationThatIsABenchmark() {
        final Map<String, SwitchTable.Score> scores = new HashMap<>();
        for (final Class<?> benchmarks :
                List.of(
                        HashSwitchBenchmark.class,
                        MissSwitchBenchmark.class,
                        OwnerSwitchBenchmark.class,
                        RoutingSwitchBenchmark.class)) {
            for (final Method method : benchmarks.getMethods()) {
                if (method.isAnnotationPresent(Benchmark.class)) {
                    scores.put(method.getName(), score(10.0 + scores.size(), 0.1));
                }
            }
        }
        final long rows =
                SwitchTable.of(result(6), scores)
                        .lines()
                        .filter(line -> line.contains("as fast"))
                        .count();
        // each benchmark has a row of its own, but the seven that the others are compared with
        assertEquals(scores.size() - 7, rows);
    }

    @Test
    void shouldGiveNoVerdictOnFewForks() {
        assertTrue(line(SwitchTable.of(result(3), Map.of()), "routing").contains("too few"));
    }

    private static String line(final String table, final String part) {
        return table.lines()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElseThrow(() -> new AssertionError(part + " is not in\n" + table));
    }
}
