package io.stoat.bench.scenario;

import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The runs of several scenarios. */
public final class ScenarioRuns {
    private ScenarioRuns() {}

    /**
     * @param scenarios asked for; replay is left out of several when there is no tape.
     * @param settings for all of them.
     * @return their runs; those that their target {@linkplain RunSpec#refusal refuses}, too.
     * @throws IllegalArgumentException naming the setting that cannot be, or when nothing remains.
     */
    public static List<RunSpec> of(final List<Scenario> scenarios, final Settings settings) {
        requireTaken(scenarios, settings);
        final List<RunSpec> runs = new ArrayList<>();
        for (final Scenario scenario : scenarios) {
            if (scenario != Scenario.REPLAY || scenarios.size() == 1 || settings.tape() != null) {
                runs.addAll(scenario.runs(settings));
            }
        }
        requireKnown(settings.options().keySet(), runs);
        final List<RunSpec> possible = runs.stream().filter(RunSpec::isPossible).toList();
        if (possible.isEmpty()) {
            throw new IllegalArgumentException(
                    "no run is left: "
                            + runs.stream()
                                    .map(run -> run.target() + ", " + run.refusal())
                                    .distinct()
                                    .collect(Collectors.joining("; ")));
        }
        if (!settings.isBudgeted()) {
            return runs;
        }
        final List<RunSpec> fitting = new ArrayList<>(QuickBudget.fit(possible));
        runs.stream().filter(run -> !run.isPossible()).forEach(fitting::add);
        return fitting;
    }

    private static void requireTaken(final List<Scenario> scenarios, final Settings settings) {
        for (final Asked asked : settings.asked()) {
            if (scenarios.stream().noneMatch(scenario -> scenario.taken().contains(asked))) {
                throw new IllegalArgumentException(
                        asked.option()
                                + " means nothing to scenario "
                                + scenarios.stream()
                                        .map(Scenario::label)
                                        .collect(Collectors.joining(", "))
                                + ": leave it out");
            }
        }
    }

    private static void requireKnown(final Set<String> options, final List<RunSpec> runs) {
        final Set<String> known = new TreeSet<>();
        runs.forEach(run -> known.addAll(Targets.named(run.target()).options()));
        for (final String option : options) {
            if (!known.contains(option)) {
                throw new IllegalArgumentException(
                        "--option "
                                + option
                                + " is known to none of the targets: "
                                + (known.isEmpty()
                                        ? "they have no options"
                                        : "use " + String.join(", ", known)));
            }
        }
    }
}
