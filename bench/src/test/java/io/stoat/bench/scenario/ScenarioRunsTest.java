package io.stoat.bench.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked of a scenario is in its runs. */
public class ScenarioRunsTest {
    /** The runs of the switches, as a quick call makes them. */
    public static List<RunSpec> switches() {
        return ScenarioRuns.of(
                List.of(Scenario.SWITCHES), QuickBudgetTest.settings(true, false, 0, 1));
    }

    private static List<RunSpec> runs(
            final Scenario scenario,
            final String workload,
            final int valueLength,
            final int clients,
            final Map<String, String> options) {
        return ScenarioRuns.of(
                List.of(scenario),
                new Settings(
                        false,
                        false,
                        1,
                        "off",
                        null,
                        workload,
                        0,
                        valueLength,
                        clients,
                        1,
                        List.of(1_000.0),
                        List.of(8),
                        100_000,
                        null,
                        0,
                        0,
                        0,
                        1,
                        null,
                        options));
    }

    @ParameterizedTest
    @EnumSource(
            value = Scenario.class,
            names = {
                "SINGLE_NODE",
                "THREE_NODE",
                "VALUE_SIZE",
                "CONCURRENCY",
                "PIPELINING",
                "THREADS",
                "MIXED_READ_WRITE",
                "PEERS"
            })
    void shouldTakeWindowRateAndSearch(final Scenario scenario) {
        // of three nodes also reads through the log, in a closed loop
        final List<RunSpec> runs =
                runs(scenario, null, 0, 0, Map.of()).stream()
                        .filter(run -> run.phases().size() > 1)
                        .toList();
        assertTrue(!runs.isEmpty());
        for (final RunSpec run : runs) {
            final List<Phase> phases = run.phases();
            final int last = phases.size() - 1;
            assertEquals(
                    List.of("window 8", "open 1,000/s", "search p99<100 us"),
                    phases.subList(last - 2, last + 1).stream().map(Phase::label).toList(),
                    run.key());
        }
    }

    @Test
    void shouldTakeTheOneValueLengthNumberOfClientsAndWorkload() {
        for (final RunSpec run : runs(Scenario.VALUE_SIZE, null, 64, 0, Map.of())) {
            assertEquals(64, run.workload().valueLength());
        }
        for (final Scenario scenario : List.of(Scenario.THREADS, Scenario.CONCURRENCY)) {
            for (final RunSpec run : runs(scenario, null, 0, 3, Map.of())) {
                assertEquals(3, run.clients());
            }
        }
        final List<RunSpec> mixed = runs(Scenario.MIXED_READ_WRITE, "ycsb-f", 0, 0, Map.of());
        assertEquals(
                mixed.size(), mixed.stream().map(RunSpec::target).distinct().count(), "once each");
    }

    @Test
    void shouldGiveAnOptionToTheTargetsThatKnowIt() {
        for (final RunSpec run : runs(Scenario.PEERS, null, 0, 0, Map.of("shards", "4"))) {
            assertEquals(
                    run.target().startsWith("stoat") ? Map.of("shards", "4") : Map.of(),
                    run.options(),
                    run.target());
        }
    }
}
