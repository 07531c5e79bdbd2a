package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The gate on distributions like those that forks really have: skewed, with outliers, drifting. */
class GateTest {
    private static final List<String> TARGETS =
            List.of("stoat-copy", "stoat-embedded", "stoat-ipc");
    private static final int TRIALS = 200;
    private static final int FORKS = 10;

    /** Forks of two builds in turns: log-normal noise, one fork in ten hit by something else. */
    private static final class Host {
        private final Random random;
        private final List<RunResult> before = new ArrayList<>();
        private final List<RunResult> after = new ArrayList<>();

        /**
         * @param slowdown factor of the candidate's P99.
         * @param drift of the host from the first fork to the last, as a part.
         */
        Host(final long seed, final double slowdown, final double drift) {
            random = new Random(seed);
            for (final String target : TARGETS) {
                for (int fork = 0; fork < FORKS; fork++) {
                    final double host = 1_000 * (1 + drift * fork / FORKS);
                    before.add(run(target, fork, host));
                    after.add(run(target, fork, host * slowdown));
                }
            }
        }

        private RunResult run(final String target, final int fork, final double ns) {
            final double noise = Math.exp(random.nextGaussian() * 0.03);
            final double hit = random.nextInt(10) == 0 ? 1 + random.nextDouble() : 1;
            final long p99 = Math.round(ns * noise * hit * 1_000);
            final Phase phase = Phase.closed(1_000);
            final PhaseResult result =
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
                            Map.of(
                                    PhaseResult.ALL,
                                    new LatencySummary(
                                            1_000, p99, 1, p99, p99, p99, p99, p99, p99,
                                            List.of())),
                            null,
                            List.of(),
                            List.of(),
                            List.of());
            return new RunResult(
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
                            Map.of()),
                    "this",
                    fork,
                    "1",
                    "",
                    List.of(result),
                    null,
                    null);
        }

        boolean passes(final boolean paired) {
            return new Gate(0.05, 0.03, paired).compare(before, after).isPassed();
        }
    }

    private static int passed(final double slowdown, final double drift, final boolean paired) {
        int passed = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            passed += new Host(trial, slowdown, drift).passes(paired) ? 1 : 0;
        }
        return passed;
    }

    @Test
    void shouldPassABuildAgainstItself() {
        assertTrue(passed(1, 0, true) >= TRIALS * 9 / 10);
        assertTrue(passed(1, 0, false) >= TRIALS * 9 / 10);
    }

    @Test
    void shouldPassABuildAgainstItselfOnAHostThatSlowsDown() {
        assertTrue(passed(1, 0.5, true) >= TRIALS * 9 / 10);
    }

    @Test
    void shouldCatchASlowDownOfTenPercent() {
        assertTrue(passed(1.1, 0, true) <= TRIALS / 10, "missed " + passed(1.1, 0, true));
        assertTrue(passed(1.1, 0, false) <= TRIALS / 10, "missed " + passed(1.1, 0, false));
    }

    @Test
    void shouldCatchASlowDownOfTenPercentOnAHostThatSlowsDown() {
        assertTrue(passed(1.1, 0.5, true) <= TRIALS / 10, "missed " + passed(1.1, 0.5, true));
    }

    @Test
    void shouldNotFailForAnImprovement() {
        assertEquals(TRIALS, passed(0.8, 0, true));
    }

    @Test
    void shouldSayWhatIsBetterAndWhatIsWorse() {
        final double[] base = {100, 101, 102, 103, 104, 105, 106, 107};
        final double[] slower = new double[base.length];
        for (int i = 0; i < base.length; i++) {
            slower[i] = base[i] * 1.2;
        }
        final Comparison worse = Comparison.paired("x", base, slower);
        assertEquals(1.2, worse.ratio(), 1e-9);
        assertEquals(Comparison.Verdict.WORSE, worse.verdict(0.01, 0.03));
        assertEquals(
                Comparison.Verdict.BETTER,
                Comparison.unpaired("x", slower, base).verdict(0.01, 0.03));
        assertEquals(
                Comparison.Verdict.SAME, Comparison.paired("x", base, base).verdict(0.05, 0.03));
        // significant, but less than counts
        assertEquals(Comparison.Verdict.SAME, worse.verdict(0.01, 0.25));
    }

    @Test
    void shouldRefuseWhatCannotBeCompared() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Comparison.paired("x", new double[] {1, 2}, new double[] {1, 2}));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Gate(0.05, 0.03, true).compare(List.of(), List.of()));
    }

    @Test
    void shouldKnowHowFewForksCanShowAnything() {
        assertEquals(1 / 256.0, Comparison.leastP(8, true), 1e-12);
        assertEquals(1 / 252.0, Comparison.leastP(5, false), 1e-12);
    }
}
