package io.stoat.bench.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateRunsTest {
    private static List<RunSpec> runs(final List<String> sets, final List<String> targets) {
        return GateRuns.of(sets, targets, 1_000, "auto", 0);
    }

    private static List<String> sets(final List<RunSpec> runs) {
        return runs.stream().map(RunSpec::scenario).distinct().toList();
    }

    @Test
    void shouldJudgeOneNodeThreeNodesAndAKilledLeader() {
        final List<RunSpec> runs = runs(null, null);
        assertEquals(List.of("single-node", "three-node", "failover"), sets(runs));
        assertEquals(Target.Event.KILL_LEADER, runs.get(runs.size() - 1).events().get(0).event());
        assertEquals(8, GateRuns.phases(runs), "five ways in, two loops of a cluster, a failure");
    }

    @Test
    void shouldTakeTurnsWithNodesAndNotWithClusters() {
        for (final RunSpec run : runs(null, null)) {
            assertEquals(run.scenario().equals("single-node"), run.canTakeTurns(), run.key());
        }
    }

    @Test
    void shouldSlowEveryRunOfThisBuildDownAndNoneOfTheOther() {
        for (final RunSpec run : GateRuns.of(null, null, 1_000, "auto", 10)) {
            assertEquals("10.0", run.options().get(RunContext.SLOWED_BUILD_PERCENT), run.key());
            assertTrue(
                    Targets.named(run.target()).options().contains(RunContext.SLOWED_BUILD_PERCENT),
                    run.key());
            // looks at the clock as often
            assertEquals("0", run.unslowed().options().get(RunContext.SLOWED_BUILD_PERCENT));
        }
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> GateRuns.of(null, List.of("memcpy"), 1_000, "off", 10))
                        .getMessage()
                        .contains("target memcpy cannot be slowed down"));
    }

    @Test
    void shouldLeaveTheKeysOfClustersAlone() {
        for (final RunSpec run : GateRuns.withKeys(runs(null, null), 77)) {
            assertEquals(
                    run.scenario().equals("single-node") ? 77 : 10_000,
                    run.workload().keys(),
                    run.key());
        }
    }

    @Test
    void shouldRunWhatWasChosen() {
        assertEquals(List.of("single-node"), sets(runs(null, List.of("stoat-ipc"))));
        assertEquals(List.of("failover"), sets(runs(List.of("failover"), null)));
        assertTrue(
                assertThrows(IllegalArgumentException.class, () -> runs(List.of("four"), null))
                        .getMessage()
                        .contains("set four is unknown"));
    }
}
