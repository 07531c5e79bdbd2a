package io.stoat.bench.scenario;

import io.stoat.bench.rig.RunSpec;
import java.util.List;

public class ScenarioRunsTest {
    public static List<RunSpec> switches() {
        return ScenarioRuns.of(
                List.of(Scenario.SWITCHES), QuickBudgetTest.settings(true, false, 0, 1));
    }
}
