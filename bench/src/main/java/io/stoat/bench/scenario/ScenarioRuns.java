package io.stoat.bench.scenario;

import io.stoat.bench.rig.RunSpec;
import java.util.ArrayList;
import java.util.List;

/** The runs of several scenarios. */
public final class ScenarioRuns {
    private ScenarioRuns() {}

    /**
     * @param scenarios asked for; replay is left out of several when there is no tape.
     * @param settings for all of them.
     * @return their runs.
     * @throws IllegalArgumentException naming the setting that cannot be, or when nothing remains.
     */
    public static List<RunSpec> of(final List<Scenario> scenarios, final Settings settings) {
        final List<RunSpec> runs = new ArrayList<>();
        for (final Scenario scenario : scenarios) {
            if (scenario != Scenario.REPLAY || scenarios.size() == 1 || settings.tape() != null) {
                runs.addAll(scenario.runs(settings));
            }
        }
        if (runs.isEmpty()) {
            throw new IllegalArgumentException(
                    "no run is left: the targets do not support this workload or these clients");
        }
        return settings.isBudgeted() ? QuickBudget.fit(runs) : runs;
    }
}
