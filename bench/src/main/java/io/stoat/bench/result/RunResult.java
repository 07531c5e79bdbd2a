package io.stoat.bench.result;

import io.stoat.bench.rig.RunSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run, in its own JVMs, measured.
 *
 * @param spec of the run.
 * @param build that was measured, such as {@code this} or a git reference.
 * @param fork number of the repetition, from 0.
 * @param version of the target.
 * @param settings of the target.
 * @param phases that were measured.
 * @param log file with HdrHistogram logs, beside the result, or null.
 * @param processes that were measured, as they were found while the load was on them; empty where
 *     nobody looked.
 * @param problem why the run FAILED as a whole, or null.
 */
public record RunResult(
        RunSpec spec,
        String build,
        int fork,
        String version,
        String settings,
        List<PhaseResult> phases,
        String log,
        List<ProcessFacts> processes,
        String problem) {
    /** Keeps a copy of the processes. */
    public RunResult {
        processes = List.copyOf(processes);
    }

    /**
     * @return why the run or one of its phases FAILED, or null.
     */
    public String failure() {
        if (problem != null) {
            return problem;
        }
        return phases.stream()
                .map(PhaseResult::problem)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /**
     * @param sides that took turns with this run.
     * @return this result, its times without the turns of the others.
     */
    public RunResult ofOneSide(final int sides) {
        return with(phases.stream().map(phase -> phase.ofOneSide(sides)).toList(), log, problem);
    }

    /**
     * @param why the run FAILED as a whole.
     * @return the same result as that of a run that did.
     */
    public RunResult failed(final String why) {
        return with(phases, log, why);
    }

    /**
     * @return the phases that were measured without a problem, as those of a sound run.
     */
    public RunResult measured() {
        return with(phases.stream().filter(phase -> phase.problem() == null).toList(), log, null);
    }

    /**
     * @param newBuild that it counts as one of.
     * @param newFork number of the repetition that it counts as.
     * @return the same figures in another place.
     */
    public RunResult as(final String newBuild, final int newFork) {
        return new RunResult(
                spec, newBuild, newFork, version, settings, phases, log, processes, problem);
    }

    /**
     * @param more processes of the run.
     * @return the same result with these, too.
     */
    public RunResult withProcesses(final List<ProcessFacts> more) {
        final List<ProcessFacts> all = new ArrayList<>(processes);
        all.addAll(more);
        return new RunResult(spec, build, fork, version, settings, phases, log, all, problem);
    }

    private RunResult with(
            final List<PhaseResult> newPhases, final String newLog, final String newProblem) {
        return new RunResult(
                spec, build, fork, version, settings, newPhases, newLog, processes, newProblem);
    }

    /**
     * @param part such as 0.1 for 10 %.
     * @return the same result as that of a build whose operations take longer by that part.
     */
    public RunResult slowed(final double part) {
        return with(phases.stream().map(phase -> phase.slowed(part)).toList(), log, problem);
    }

    RunResult slim() {
        return with(phases.stream().map(PhaseResult::slim).toList(), null, problem);
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("spec", spec.toMap());
        map.put("build", build);
        map.put("fork", fork);
        map.put("version", version);
        map.put("settings", settings);
        map.put("phases", phases.stream().map(PhaseResult::toMap).toList());
        map.put("log", log);
        map.put("processes", processes.stream().map(ProcessFacts::toMap).toList());
        map.put("problem", problem);
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the result.
     */
    @SuppressWarnings("unchecked")
    public static RunResult of(final Map<String, ?> map) {
        final List<PhaseResult> phases = new ArrayList<>();
        for (final Map<String, ?> phase : (List<Map<String, ?>>) map.get("phases")) {
            phases.add(PhaseResult.of(phase));
        }
        return new RunResult(
                RunSpec.of((Map<String, ?>) map.get("spec")),
                (String) map.get("build"),
                ((Number) map.get("fork")).intValue(),
                (String) map.get("version"),
                (String) map.get("settings"),
                phases,
                (String) map.get("log"),
                // results of earlier builds have none
                map.get("processes") instanceof List<?> processes
                        ? processes.stream()
                                .map(facts -> ProcessFacts.of((Map<String, ?>) facts))
                                .toList()
                        : List.of(),
                (String) map.get("problem"));
    }
}
