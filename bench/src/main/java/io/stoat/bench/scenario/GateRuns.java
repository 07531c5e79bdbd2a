package io.stoat.bench.scenario;

import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.PlannedEvent;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The runs that the gate judges a change by: each way into one node in a closed loop, three nodes
 * one write at a time and with many in flight, and three nodes whose leader is killed.
 */
public final class GateRuns {
    /** The sets, in the order in which they run. */
    public static final List<String> SETS = List.of("single-node", "three-node", "failover");

    private static final List<String> SINGLE_NODE =
            List.of("stoat-view", "stoat-copy", "stoat-embedded", "stoat-ipc", "stoat-udp");
    private static final String CLUSTER = "cluster";
    private static final long CLUSTER_KEYS = 10_000;
    private static final int CLUSTER_WINDOW = 256;
    private static final long FAILOVER_MS = 5_000;
    private static final long LEAST_WARM_UP_MS = 100;

    private final long phaseMs;
    private final String plan;
    private final Map<String, String> options;

    private GateRuns(final long phaseMs, final String plan, final double plantPercent) {
        this.phaseMs = phaseMs;
        this.plan = plan;
        options =
                plantPercent == 0
                        ? Map.of()
                        : Map.of(RunContext.SLOWED_BUILD_PERCENT, String.valueOf(plantPercent));
    }

    /**
     * @param sets to run, of {@link #SETS}, or null for all of them.
     * @param targets to measure of the set single-node, or null for all ways in.
     * @param phaseMs length of each phase, ms.
     * @param plan of threads, or null: automatic for a node that answers; off for reads of shared
     *     memory, which an idle node must not disturb, and for clusters, which have more threads
     *     than most hosts have cores.
     * @param plantPercent by which this build's operations are slowed down; 0 for not.
     * @return the runs.
     * @throws IllegalArgumentException naming what is unknown, or cannot be slowed down.
     */
    public static List<RunSpec> of(
            final List<String> sets,
            final List<String> targets,
            final long phaseMs,
            final String plan,
            final double plantPercent) {
        final GateRuns gate = new GateRuns(phaseMs, plan, plantPercent);
        final List<RunSpec> runs = new ArrayList<>();
        // naming targets alone asks for these only
        for (final String set :
                sets != null ? sets : targets != null ? List.of(SETS.get(0)) : SETS) {
            switch (SETS.indexOf(set)) {
                case 0 ->
                        (targets == null ? SINGLE_NODE : targets)
                                .forEach(target -> runs.add(gate.singleNode(target)));
                case 1 -> runs.add(gate.threeNode());
                case 2 -> runs.add(gate.failover());
                default ->
                        throw new IllegalArgumentException(
                                "set " + set + " is unknown: use " + String.join(", ", SETS));
            }
        }
        return runs;
    }

    private RunSpec singleNode(final String target) {
        Targets.named(target);
        // shared memory is judged by reads alone: its writes go over IPC, which has its own run
        final boolean readsOnly = target.equals("stoat-view") || target.equals("stoat-copy");
        return run(
                SETS.get(0),
                target,
                Workload.ycsb(readsOnly ? 'c' : 'a'),
                List.of(Phase.closed(phaseMs)),
                readsOnly ? "off" : "auto");
    }

    private RunSpec threeNode() {
        return run(
                SETS.get(1),
                CLUSTER,
                Workload.named("update").withKeys(CLUSTER_KEYS),
                List.of(Phase.closed(phaseMs), Phase.window(CLUSTER_WINDOW, phaseMs)),
                "off");
    }

    private RunSpec failover() {
        return run(
                        SETS.get(2),
                        CLUSTER,
                        Workload.named("update").withKeys(CLUSTER_KEYS),
                        List.of(Phase.open(ClusterRuns.FAILOVER_RATE, FAILOVER_MS)),
                        "off")
                .withEvents(List.of(new PlannedEvent(0.2, Target.Event.KILL_LEADER)));
    }

    private RunSpec run(
            final String set,
            final String target,
            final Workload workload,
            final List<Phase> phases,
            final String ownPlan) {
        if (!Targets.named(target).options().containsAll(options.keySet())) {
            throw new IllegalArgumentException(
                    "target "
                            + target
                            + " cannot be slowed down: leave --plant away, or choose others (--targets)");
        }
        return new RunSpec(
                set,
                target,
                workload,
                1,
                phases,
                Math.max(LEAST_WARM_UP_MS, phaseMs / 2),
                Math.max(50, phaseMs / 10),
                "",
                plan == null ? ownPlan : plan,
                options);
    }

    /**
     * @param runs of the gate.
     * @param keys to load into one node.
     * @return the same runs with so many; clusters keep theirs.
     */
    public static List<RunSpec> withKeys(final List<RunSpec> runs, final long keys) {
        return runs.stream()
                .map(run -> run.scenario().equals(SETS.get(0)) ? run.withKeys(keys) : run)
                .toList();
    }

    /**
     * @param runs of the gate.
     * @return phases of all of them.
     */
    public static int phases(final List<RunSpec> runs) {
        return runs.stream().mapToInt(run -> run.phases().size()).sum();
    }
}
