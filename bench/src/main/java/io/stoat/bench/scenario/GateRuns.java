package io.stoat.bench.scenario;

import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The runs that the gate judges a change by: each way in, in a closed loop. */
public final class GateRuns {
    private static final List<String> TARGETS =
            List.of("stoat-view", "stoat-copy", "stoat-embedded", "stoat-ipc", "stoat-udp");

    private GateRuns() {}

    /**
     * @param targets to measure, or null for all ways in.
     * @param phaseMs length of each phase, ms.
     * @param plan of threads.
     * @param plantPercent by which this build's operations are slowed down; 0 for not.
     * @return the runs.
     */
    public static List<RunSpec> of(
            final List<String> targets,
            final long phaseMs,
            final String plan,
            final double plantPercent) {
        final List<RunSpec> runs = new ArrayList<>();
        for (final String target : targets == null ? TARGETS : targets) {
            // shared memory is judged by reads alone: its writes go over IPC, which has its own run
            final boolean readsOnly = target.equals("stoat-view") || target.equals("stoat-copy");
            io.stoat.bench.target.Targets.named(target);
            runs.add(
                    new RunSpec(
                            "gate",
                            target,
                            Workload.ycsb(readsOnly ? 'c' : 'a'),
                            1,
                            List.of(Phase.closed(phaseMs)),
                            Math.max(500, phaseMs / 2),
                            Math.max(50, phaseMs / 10),
                            "",
                            plan,
                            plantPercent == 0
                                    ? Map.of()
                                    : Map.of(
                                            RunContext.SLOWED_BUILD_PERCENT,
                                            String.valueOf(plantPercent))));
        }
        return runs;
    }

    /**
     * @param runs of the gate.
     * @return phases of all of them.
     */
    public static int phases(final List<RunSpec> runs) {
        return runs.stream().mapToInt(run -> run.phases().size()).sum();
    }
}
