package io.stoat.bench.scenario;

import io.stoat.affinity.Topology;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs that differ in one optimization each. Those below a microsecond are JMH benchmarks instead
 * ({@code stoat bench jmh Switch}).
 */
final class SwitchRuns {
    private static final int WINDOW = 64;

    private SwitchRuns() {}

    static List<RunSpec> of(final Settings settings) {
        final List<RunSpec> runs = new ArrayList<>();
        final Phase closed = Phase.closed(settings.phaseMs());
        final Phase full = Phase.window(WINDOW, settings.phaseMs());
        final Workload reads = settings.workload("ycsb-c");
        final Workload mixed = settings.workload("ycsb-a");
        // in place against a validated copy, where the copy is long
        for (final String target : List.of("stoat-view", "stoat-copy")) {
            runs.add(run(settings, target, reads.withValueLength(2_048), closed, Map.of()));
        }
        for (final String batch : List.of("1", "16")) {
            runs.add(run(settings, "stoat-ipc-pipelined", mixed, full, Map.of("batch", batch)));
            runs.add(run(settings, "stoat-udp-pipelined", mixed, full, Map.of("batch", batch)));
        }
        for (final String routing : List.of("false", "true")) {
            // with one agent there is nobody to hand a command on to
            runs.add(
                    run(
                            settings,
                            "stoat-ipc",
                            mixed,
                            closed,
                            Map.of("routing", routing, "write-agents", "2")));
        }
        for (final String agents : List.of("shared", "separate")) {
            runs.add(run(settings, "stoat-ipc", mixed, closed, Map.of("agents", agents)));
            runs.add(run(settings, "stoat-ipc-pipelined", mixed, full, Map.of("agents", agents)));
        }
        final int cores = Topology.read().usable().size();
        runs.add(threads(settings, reads, 1, "1"));
        runs.add(threads(settings, reads, cores, "cores"));
        runs.add(threads(settings, reads, cores + 1, "cores+1"));
        return runs;
    }

    private static RunSpec threads(
            final Settings settings, final Workload reads, final int count, final String name) {
        return run(
                settings,
                "stoat-copy",
                reads,
                count,
                Phase.closed(settings.phaseMs()),
                Map.of("threads", name));
    }

    private static RunSpec run(
            final Settings settings,
            final String target,
            final Workload workload,
            final Phase phase,
            final Map<String, String> options) {
        return run(settings, target, workload, 1, phase, options);
    }

    private static RunSpec run(
            final Settings settings,
            final String target,
            final Workload workload,
            final int clients,
            final Phase phase,
            final Map<String, String> options) {
        return new RunSpec(
                Scenario.SWITCHES.label(),
                target,
                workload,
                clients,
                List.of(phase),
                settings.warmUpMs(),
                settings.sampleMs(),
                "",
                settings.plan(),
                options);
    }
}
