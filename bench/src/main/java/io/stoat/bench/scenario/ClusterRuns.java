package io.stoat.bench.scenario;

import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.PlannedEvent;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.Target;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/** Runs of three replicated nodes. */
final class ClusterRuns {
    /** Writes a second under which the leader is killed when no other rate is asked for. */
    static final double FAILOVER_RATE = 1_000;

    /** Long enough for an election, and for the killed member to come back. */
    private static final long LEAST_FAILOVER_MS = 8_000;

    private static final int WINDOW = 256;

    private ClusterRuns() {}

    /**
     * Writes of one key after the other, a window of them, rising rates; then reads beside them.
     */
    static List<RunSpec> threeNode(final Settings settings) {
        final List<Phase> phases = new ArrayList<>(List.of(Phase.closed(settings.phaseMs())));
        phases.addAll(settings.windowPhases(WINDOW));
        phases.addAll(
                settings.openPhases(
                        settings.pick(
                                new double[] {0.1, 0.25, 0.5, 0.75},
                                new double[] {0.2, 0.5},
                                new double[] {0.5})));
        final List<Target> targets = settings.targets("cluster");
        final Workload writes = settings.servedWorkload("update");
        final List<RunSpec> runs = new ArrayList<>();
        for (final RunSpec run : Scenario.THREE_NODE.each(settings, targets, writes, phases)) {
            runs.add(
                    run.target().startsWith("cluster")
                            ? run.withEvents(List.of(new PlannedEvent(0.5, Target.Event.SNAPSHOT)))
                            : run);
        }
        if (!settings.quick()) {
            runs.addAll(
                    Scenario.THREE_NODE.each(
                            settings,
                            settings.targets("cluster", "cluster-linearizable"),
                            settings.workload("ycsb-b"),
                            List.of(Phase.closed(settings.phaseMs()))));
        }
        return runs;
    }

    /** A steady rate of writes, a snapshot, and the end of the leader. */
    static List<RunSpec> failover(final Settings settings) {
        final long phaseMs = Math.max(LEAST_FAILOVER_MS, settings.phaseMs());
        if (settings.rates() != null && settings.rates().size() > 1) {
            throw new IllegalArgumentException(
                    "--rates="
                            + settings.rates()
                            + ": scenario failover has one rate, during which the leader is killed; give one");
        }
        final double rate = settings.rates() == null ? FAILOVER_RATE : settings.rates().get(0);
        return Scenario.FAILOVER
                .each(
                        settings,
                        settings.targets("cluster"),
                        settings.servedWorkload("update"),
                        List.of(Phase.open(rate, phaseMs)))
                .stream()
                .map(
                        run ->
                                run.withEvents(
                                        List.of(
                                                new PlannedEvent(0.15, Target.Event.SNAPSHOT),
                                                new PlannedEvent(0.35, Target.Event.KILL_LEADER))))
                .toList();
    }
}
