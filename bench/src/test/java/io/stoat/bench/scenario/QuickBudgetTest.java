package io.stoat.bench.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.ResultFile;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Quick calls are planned to end in time, and end in time where the host is slower than planned.
 */
class QuickBudgetTest {
    private static final List<Scenario> ALL =
            Arrays.stream(Scenario.values()).filter(s -> s != Scenario.SWITCHES).toList();

    static Settings settings(
            final boolean quick, final boolean several, final double seconds, final int forks) {
        return settings(quick, several, seconds, forks, several ? "trades.csv" : null);
    }

    private static Settings settings(
            final boolean quick,
            final boolean several,
            final double seconds,
            final int forks,
            final String tape) {
        return new Settings(
                quick, several, forks, "off", null, null, 0, 0, 0, seconds, null, null, 0, tape, 0,
                0, 0, 0, null, Map.of());
    }

    private static List<RunSpec> quick(final Scenario... scenarios) {
        final String tape = List.of(scenarios).contains(Scenario.REPLAY) ? "trades.csv" : null;
        return ScenarioRuns.of(
                List.of(scenarios), settings(true, scenarios.length > 1, 0, 1, tape));
    }

    private static void assertPlanned(final List<RunSpec> runs) {
        final long costMs = QuickBudget.costMs(runs);
        assertTrue(
                costMs <= QuickBudget.PLANNED_MS, runs.size() + " runs are planned for " + costMs);
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void shouldPlanEachScenarioWithinTheBudget(final Scenario scenario) {
        assertPlanned(quick(scenario));
    }

    @Test
    void shouldPlanAllScenariosWithinTheBudgetEachWithARun() {
        final List<RunSpec> runs = quick(ALL.toArray(Scenario[]::new));
        assertPlanned(runs);
        assertEquals(
                ALL.stream().map(Scenario::label).sorted().toList(),
                runs.stream().map(RunSpec::scenario).distinct().sorted().toList());
        assertTrue(
                runs.get(runs.size() - 1).target().startsWith("cluster"),
                "the runs with the most processes come last");
    }

    @Test
    void shouldShortenWhatIsTooLongButNoFailover() {
        final RunSpec failover = quick(Scenario.FAILOVER).get(0);
        final RunSpec read =
                new RunSpec(
                        "threads",
                        "none",
                        failover.workload(),
                        1,
                        List.of(Phase.closed(60_000)),
                        60_000,
                        100,
                        "",
                        "off",
                        Map.of());
        final List<RunSpec> runs = QuickBudget.fit(List.of(failover, read, read));
        assertPlanned(runs);
        assertTrue(
                runs.stream()
                        .noneMatch(run -> run.target().equals("none") && run.warmUpMs() < 250));
        assertEquals(failover.phases(), runs.get(2).phases(), "an election takes what it takes");
    }

    @Test
    void shouldNotShortenWhatWasAskedFor() {
        for (final Settings asked :
                List.of(settings(true, false, 30, 1), settings(true, false, 0, 9))) {
            assertFalse(asked.isBudgeted());
        }
        final List<RunSpec> runs =
                ScenarioRuns.of(List.of(Scenario.PEERS), settings(true, false, 30, 1));
        assertTrue(
                runs.stream()
                        .flatMap(run -> run.phases().stream())
                        .allMatch(phase -> phase.durationMs() == 30_000));
        assertFalse(settings(false, false, 0, 1).isBudgeted());
    }

    @Test
    void shouldBeginWhatABusyHostLeavesTimeFor() {
        final RunSpec run = quick(Scenario.THREADS).get(0);
        final long costMs = QuickBudget.costMs(run);
        assertTrue(QuickBudget.isEnough(run, 0.5, costMs));
        assertFalse(QuickBudget.isEnough(run, 3, 2 * costMs));
        assertTrue(QuickBudget.isEnough(run, 3, 3 * costMs));
    }

    @Test
    void shouldSayWhichRunsWereLeftOut(@TempDir final Path dir) {
        final StringWriter out = new StringWriter();
        final ResultFile result =
                new Runner("threads", dir, true, new PrintWriter(out, true))
                        .limitMs(1_000)
                        .run(
                                quick(Scenario.THREADS),
                                List.of(Build.current()),
                                Repetitions.fixed(1));
        assertEquals(List.of(), result.runs());
        assertTrue(
                result.absent().get("threads stoat-copy ycsb-c 128 B").startsWith("not begun"),
                result.absent().toString());
        assertTrue(out.toString().contains("left out: threads stoat-copy"), out.toString());
        assertEquals(result.absent(), ResultFile.read(dir.resolve("result.json")).absent());
    }
}
