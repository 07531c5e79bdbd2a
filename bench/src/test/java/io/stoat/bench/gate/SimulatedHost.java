package io.stoat.bench.gate;

import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.Repetitions;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Forks of two builds in turns: log-normal noise, one fork in ten hit by something else. */
final class SimulatedHost {
    static final List<String> TARGETS = List.of("stoat-copy", "stoat-embedded", "stoat-ipc");

    private static final int FORKS_OF_DRIFT = 10;

    private final Random random;
    private final double slowdown;
    private final double drift;
    private final double noise;
    private final List<RunResult> results = new ArrayList<>();
    private int forks;

    /**
     * @param slowdown factor of this build's figures.
     * @param drift of the host over ten forks, as a part.
     * @param noise standard deviation of the logarithm of a fork's figure.
     */
    SimulatedHost(final long seed, final double slowdown, final double drift, final double noise) {
        random = new Random(seed);
        this.slowdown = slowdown;
        this.drift = drift;
        this.noise = noise;
    }

    void run(final Repetitions repetitions) {
        final Phase phase = Phase.closed(1_000);
        for (int fork = 0; fork < repetitions.most(); fork++) {
            final double hostNs = 1_000 * (1 + drift * fork / FORKS_OF_DRIFT);
            for (final String target : TARGETS) {
                final RunSpec spec =
                        new RunSpec(
                                "gate",
                                target,
                                Workload.ycsb('a'),
                                1,
                                List.of(phase),
                                0,
                                100,
                                "",
                                "off",
                                Map.of());
                if (repetitions.wants(spec, fork, results)) {
                    results.add(run(spec, phase, "main", fork, hostNs));
                    results.add(run(spec, phase, Build.THIS, fork, hostNs * slowdown));
                    forks = Math.max(forks, fork + 1);
                }
            }
        }
    }

    private RunResult run(
            final RunSpec spec,
            final Phase phase,
            final String build,
            final int fork,
            final double ns) {
        final double hit = random.nextInt(10) == 0 ? 1 + random.nextDouble() : 1;
        final long p99 = Math.round(ns * Math.exp(random.nextGaussian() * noise) * hit * 1_000);
        final LatencySummary latencies =
                new LatencySummary(1_000, p99, 1, p99, p99, p99, p99, p99, p99, List.of());
        return new RunResult(
                spec,
                build,
                fork,
                "1",
                "",
                List.of(
                        new PhaseResult(
                                phase.label(),
                                phase.loop().label(),
                                0,
                                0,
                                p99 * 1_000,
                                1_000,
                                1_000,
                                1_000,
                                0,
                                0,
                                null,
                                Map.of(PhaseResult.ALL, latencies),
                                null,
                                List.of(),
                                List.of(),
                                List.of())),
                null,
                List.of(),
                null);
    }

    List<RunResult> of(final String build) {
        return results.stream().filter(run -> run.build().equals(build)).toList();
    }

    /** Most forks of any run. */
    int forks() {
        return forks;
    }
}
