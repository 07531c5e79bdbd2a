package io.stoat.bench.gate;

import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A fork of each build, one right after the other or both in turns. */
record Pair(RunResult baseline, RunResult candidate) {
    /**
     * Finds the pairs of a gate; forks that FAILED, and those without a counterpart, are left out.
     *
     * @param gate runs of two builds.
     * @return pairs by run, in the order of the runs.
     */
    static Map<RunSpec, List<Pair>> byRun(final List<RunResult> gate) {
        final Map<RunSpec, List<Pair>> pairs = new LinkedHashMap<>();
        for (final RunResult after : gate) {
            if (after.build().equals(Build.THIS) && after.failure() == null) {
                final RunSpec spec = after.spec().withoutOptions();
                gate.stream()
                        .filter(
                                before ->
                                        !before.build().equals(Build.THIS)
                                                && before.failure() == null
                                                && before.fork() == after.fork()
                                                && before.spec().withoutOptions().equals(spec))
                        .findFirst()
                        .ifPresent(
                                before ->
                                        pairs.computeIfAbsent(spec, key -> new ArrayList<>())
                                                .add(new Pair(before, after)));
            }
        }
        return pairs;
    }

    /** The same two figures, the other way round. */
    Pair exchanged() {
        return new Pair(candidate, baseline);
    }

    /** The same two, the candidate's operations longer by a part. */
    Pair slowed(final double part) {
        return part == 0 ? this : new Pair(baseline, candidate.slowed(part));
    }
}
