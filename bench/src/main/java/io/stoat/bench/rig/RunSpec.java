package io.stoat.bench.rig;

import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run: a target, a workload and the phases in which it is put on the target. Immutable.
 *
 * @param scenario that it belongs to.
 * @param target name of the target.
 * @param workload to put on it.
 * @param clients that put it, each on a thread of its own.
 * @param phases in order.
 * @param warmUpMs of closed loops before them, ms: at least; as long again, and once more, while
 *     the compilers of load and node are busy.
 * @param sampleMs length of an interval of the time series, ms.
 * @param tape CSV file with trades to replay, or empty.
 * @param plan of threads: auto, off or a line.
 * @param options of the target: variants to compare.
 * @param events that happen during the last phase.
 */
public record RunSpec(
        String scenario,
        String target,
        Workload workload,
        int clients,
        List<Phase> phases,
        long warmUpMs,
        long sampleMs,
        String tape,
        String plan,
        Map<String, String> options,
        List<PlannedEvent> events) {
    /** Rounds of a warm-up that last as long as was asked for. */
    static final int LEAST_WARM_UP_ROUNDS = 2;

    /** Most rounds of a warm-up, however busy the compilers are. */
    static final int MOST_WARM_UP_ROUNDS = 6;

    /** Refuses a run without clients or phases. */
    public RunSpec {
        if (clients < 1 || clients > 128) {
            throw new IllegalArgumentException("clients=" + clients + ": use 1 to 128");
        }
        if (phases.isEmpty()) {
            throw new IllegalArgumentException("a run needs a phase");
        }
        phases = List.copyOf(phases);
        options = Map.copyOf(options);
        events = List.copyOf(events);
    }

    /** A run during which nothing happens but its load; parameters as above. */
    public RunSpec(
            final String scenario,
            final String target,
            final Workload workload,
            final int clients,
            final List<Phase> phases,
            final long warmUpMs,
            final long sampleMs,
            final String tape,
            final String plan,
            final Map<String, String> options) {
        this(
                scenario, target, workload, clients, phases, warmUpMs, sampleMs, tape, plan,
                options, List.of());
    }

    /**
     * @param planned events of the last phase.
     * @return the same run with them.
     */
    public RunSpec withEvents(final List<PlannedEvent> planned) {
        return with(phases, warmUpMs, sampleMs, options, planned);
    }

    /**
     * @param keys that are loaded and used.
     * @return the same run with so many.
     */
    public RunSpec withKeys(final long keys) {
        return new RunSpec(
                scenario,
                target,
                workload.withKeys(keys),
                clients,
                phases,
                warmUpMs,
                sampleMs,
                tape,
                plan,
                options,
                events);
    }

    private RunSpec with(
            final List<Phase> newPhases,
            final long newWarmUpMs,
            final long newSampleMs,
            final Map<String, String> newOptions,
            final List<PlannedEvent> newEvents) {
        return new RunSpec(
                scenario,
                target,
                workload,
                clients,
                newPhases,
                newWarmUpMs,
                newSampleMs,
                tape,
                plan,
                newOptions,
                newEvents);
    }

    /**
     * @return why its target cannot carry it out on any host, or null.
     */
    public String refusal() {
        final Target asked = Targets.named(target);
        if (!asked.supports(workload)) {
            return "does not support this workload";
        }
        return clients > asked.maxClients()
                ? "takes at most " + asked.maxClients() + " clients at a time, not " + clients
                : null;
    }

    /**
     * @return whether its target can carry it out, where there is such a target.
     */
    public boolean isPossible() {
        return refusal() == null;
    }

    /**
     * @return why it cannot be made here, or null.
     */
    public String absence() {
        final String absence = Targets.named(target).absence();
        return absence == null ? refusal() : absence;
    }

    /** The events of one of its phases. */
    List<PlannedEvent> eventsOf(final Phase phase) {
        return phase == phases.get(phases.size() - 1) ? events : List.of();
    }

    /**
     * @return what this run has in common with its repetitions in other forks and builds.
     */
    public String key() {
        return String.join(
                " ",
                scenario,
                target,
                workload.name(),
                workload.keys() + "k",
                workload.valueLength() + "B",
                "c" + clients,
                options.isEmpty() ? "-" : new java.util.TreeMap<>(options).toString());
    }

    /**
     * @return the same run for a build that is not slowed down on purpose, but looks at the clock
     *     as often.
     */
    public RunSpec unslowed() {
        final Map<String, String> changed = new LinkedHashMap<>(options);
        changed.replace(RunContext.SLOWED_BUILD_PERCENT, "0");
        return with(phases, warmUpMs, sampleMs, changed, events);
    }

    /**
     * @return whether its processes can be stopped for short times and the result still hold: a
     *     load that follows the clock would count those times, and a cluster would elect.
     */
    public boolean canTakeTurns() {
        return phases.stream().allMatch(Phase::isPatient)
                && events.isEmpty()
                && Targets.named(target).processes() <= 2;
    }

    /**
     * @param sides that run in turns.
     * @return a run that takes so many times as long: of its time each side gets a part.
     */
    public RunSpec inTurns(final int sides) {
        return with(
                phases.stream().map(phase -> phase.lasting(phase.durationMs() * sides)).toList(),
                warmUpMs * sides,
                sampleMs * sides,
                options,
                events);
    }

    /**
     * @return whether what happens during it takes its time: it cannot be shortened.
     */
    public boolean isTimedByEvents() {
        return events.stream().anyMatch(event -> event.event() == Target.Event.KILL_LEADER);
    }

    /**
     * @param share of the time of its warm-up and its phases.
     * @param leastMs of each phase that is to remain, unless it is shorter already, and half of it
     *     of the warm-up, ms.
     * @return a run that takes so much of the time.
     */
    public RunSpec shortened(final double share, final long leastMs) {
        return with(
                phases.stream()
                        .map(phase -> phase.lasting(shorter(phase.durationMs(), share, leastMs)))
                        .toList(),
                shorter(warmUpMs, share, leastMs / LEAST_WARM_UP_ROUNDS),
                sampleMs,
                options,
                events);
    }

    private static long shorter(final long ms, final double share, final long leastMs) {
        return Math.min(ms, Math.max(leastMs, (long) (ms * share)));
    }

    /**
     * @return the same run without variants of the target.
     */
    public RunSpec withoutOptions() {
        return with(phases, warmUpMs, sampleMs, Map.of(), events);
    }

    /**
     * @return about how long the run takes without starting JVMs, ms.
     */
    public long expectedMs() {
        // some warm-ups take all rounds, some the least
        return warmUpMs * (LEAST_WARM_UP_ROUNDS + MOST_WARM_UP_ROUNDS) / 2 / LEAST_WARM_UP_ROUNDS
                + phasesMs();
    }

    /**
     * @return most time that the run takes on a target that answers, without starting JVMs, ms.
     */
    long longestMs() {
        return warmUpMs * MOST_WARM_UP_ROUNDS / LEAST_WARM_UP_ROUNDS + phasesMs();
    }

    private long phasesMs() {
        long sum = 0;
        for (final Phase phase : phases) {
            sum +=
                    phase.loop() == Loop.SEARCH
                            ? phase.durationMs() * RateSearch.MAX_PROBES
                            : phase.durationMs();
        }
        return sum;
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("scenario", scenario);
        map.put("target", target);
        map.put("workload", workload.toMap());
        map.put("clients", clients);
        map.put("phases", phases.stream().map(Phase::toMap).toList());
        map.put("warmUpMs", warmUpMs);
        map.put("sampleMs", sampleMs);
        map.put("tape", tape);
        map.put("plan", plan);
        map.put("options", options);
        map.put("events", events.stream().map(PlannedEvent::toMap).toList());
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the run.
     */
    @SuppressWarnings("unchecked")
    public static RunSpec of(final Map<String, ?> map) {
        return new RunSpec(
                (String) map.get("scenario"),
                (String) map.get("target"),
                Workload.of((Map<String, ?>) map.get("workload")),
                ((Number) map.get("clients")).intValue(),
                ((List<Map<String, ?>>) map.get("phases")).stream().map(Phase::of).toList(),
                ((Number) map.get("warmUpMs")).longValue(),
                ((Number) map.get("sampleMs")).longValue(),
                (String) map.get("tape"),
                (String) map.get("plan"),
                (Map<String, String>) map.get("options"),
                map.get("events") instanceof List<?> events
                        ? events.stream()
                                .map(event -> PlannedEvent.of((Map<String, ?>) event))
                                .toList()
                        : List.of());
    }
}
