package io.stoat.bench.scenario;

import io.stoat.bench.rig.Phase;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.KeyOrder;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is asked of scenarios beyond their name. Null or 0 stands for the scenario's own choice.
 *
 * @param quick short runs and few points.
 * @param several whether it is one of several scenarios: a quick call then makes representative
 *     runs.
 * @param forks repetitions of each run, in new JVMs.
 * @param plan of threads: auto, off or a line.
 * @param targets to measure instead of the scenario's.
 * @param workload name of a workload instead of the scenario's.
 * @param keys instead of the scenario's.
 * @param valueLength instead of the scenario's, bytes.
 * @param clients instead of the scenario's.
 * @param seconds of each phase.
 * @param rates of open loops, operations a second, instead of shares of the closed loop's.
 * @param windows requests in flight of further phases, or null.
 * @param p99BoundNs that a search for the highest rate meets, ns; 0 for none.
 * @param tape CSV file with trades, or null.
 * @param pace of the replay, as a factor; 0 for as fast as possible.
 * @param missPercent of the reads that ask for an absent key.
 * @param ttlPercent of the writes that carry a time to live.
 * @param ttlMs that they carry, ms.
 * @param order of the keys instead of the workload's, or null.
 * @param options of the targets, such as the time-outs of a cluster.
 */
public record Settings(
        boolean quick,
        boolean several,
        int forks,
        String plan,
        List<String> targets,
        String workload,
        long keys,
        int valueLength,
        int clients,
        double seconds,
        List<Double> rates,
        List<Integer> windows,
        long p99BoundNs,
        String tape,
        double pace,
        double missPercent,
        double ttlPercent,
        long ttlMs,
        KeyOrder order,
        Map<String, String> options) {
    private static final double QUICK_PHASE_MS = 700;
    private static final double FULL_PHASE_MS = 10_000;

    /** Of stores that take each key over a network: loading more would be most of a short run. */
    private static final long QUICK_SERVED_KEYS = 10_000;

    /**
     * @return whether the runs must fit into {@link QuickBudget}: nobody asked for other lengths.
     */
    public boolean isBudgeted() {
        return quick && seconds == 0 && forks == 1;
    }

    /** What is to be measured: in full, in a quick run, and in a quick run of several scenarios. */
    <T> T pick(final T full, final T inQuick, final T inQuickOfSeveral) {
        return !quick ? full : several ? inQuickOfSeveral : inQuick;
    }

    long phaseMs() {
        return Math.round(seconds > 0 ? seconds * 1_000 : quick ? QUICK_PHASE_MS : FULL_PHASE_MS);
    }

    long warmUpMs() {
        return quick ? Math.min(700, phaseMs()) : Math.max(3_000, phaseMs() / 3);
    }

    long sampleMs() {
        return Math.max(20, Math.min(1_000, phaseMs() / 20));
    }

    /** The workload asked for, else one by its name. */
    Workload workload(final String otherwise) {
        Workload chosen = Workload.named(workload == null ? otherwise : workload);
        if (keys > 0) {
            chosen = chosen.withKeys(keys);
        }
        if (valueLength > 0) {
            chosen = chosen.withValueLength(valueLength);
        }
        if (missPercent > 0) {
            chosen = chosen.withMisses(missPercent);
        }
        if (ttlPercent > 0) {
            chosen = chosen.withTtl(ttlPercent, ttlMs);
        }
        return order == null ? chosen : chosen.withOrder(order);
    }

    /** The same for scenarios with stores that take each key over a network. */
    Workload servedWorkload(final String otherwise) {
        final Workload chosen = workload(otherwise);
        return keys == 0 && quick
                ? chosen.withKeys(Math.min(chosen.keys(), QUICK_SERVED_KEYS))
                : chosen;
    }

    /** The targets asked for, else those named. */
    List<Target> targets(final String... otherwise) {
        return (isGiven(targets) ? targets : List.of(otherwise))
                .stream().map(Targets::named).toList();
    }

    /** Those of the options that a target knows. */
    Map<String, String> optionsOf(final Target target) {
        return options.entrySet().stream()
                .filter(option -> target.options().contains(option.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** What was asked for. */
    Set<Asked> asked() {
        final Set<Asked> asked = EnumSet.noneOf(Asked.class);
        final Map<Asked, Boolean> all =
                Map.ofEntries(
                        Map.entry(Asked.TARGETS, isGiven(targets)),
                        Map.entry(Asked.WORKLOAD, workload != null),
                        Map.entry(Asked.KEYS, keys > 0),
                        Map.entry(Asked.VALUE_SIZE, valueLength > 0),
                        Map.entry(Asked.MISSES, missPercent > 0),
                        Map.entry(Asked.TTL_SHARE, ttlPercent > 0),
                        Map.entry(Asked.KEY_ORDER, order != null),
                        Map.entry(Asked.OPTION, !options.isEmpty()),
                        Map.entry(Asked.CLIENTS, clients > 0),
                        Map.entry(Asked.RATES, isGiven(rates)),
                        Map.entry(Asked.P99, p99BoundNs > 0),
                        Map.entry(Asked.WINDOW, isGiven(windows)),
                        Map.entry(Asked.TAPE, tape != null),
                        Map.entry(Asked.PACE, pace > 0));
        all.forEach(
                (option, isAsked) -> {
                    if (isAsked) {
                        asked.add(option);
                    }
                });
        return asked;
    }

    private static boolean isGiven(final List<?> values) {
        return values != null && !values.isEmpty();
    }

    /** A closed loop, windows when they were asked for, then {@link #openPhases}. */
    List<Phase> phases(final double... shares) {
        final List<Phase> phases = new ArrayList<>(List.of(Phase.closed(phaseMs())));
        phases.addAll(windowPhases());
        phases.addAll(openPhases(shares));
        return phases;
    }

    /** Windows asked for, else those named. */
    List<Phase> windowPhases(final int... otherwise) {
        return (isGiven(windows) ? windows : Arrays.stream(otherwise).boxed().toList())
                .stream().map(window -> Phase.window(window, phaseMs())).toList();
    }

    /** Open loops at the rates asked for, else at shares of the closed loop's throughput. */
    List<Phase> openPhases(final double... shares) {
        final List<Phase> phases = new ArrayList<>();
        if (isGiven(rates)) {
            rates.forEach(rate -> phases.add(Phase.open(rate, phaseMs())));
        } else {
            for (final double share : shares) {
                phases.add(Phase.openAtShare(share, phaseMs()));
            }
        }
        if (p99BoundNs > 0) {
            phases.add(Phase.search(p99BoundNs, Math.max(200, phaseMs() / 3)));
        }
        return phases;
    }
}
