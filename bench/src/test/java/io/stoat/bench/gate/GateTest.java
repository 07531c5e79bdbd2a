package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.gate.Comparison.Verdict;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.GateRuns;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gate on distributions like those that forks really have: skewed, with outliers, drifting. */
class GateTest {
    private static final int TRIALS = 60;
    private static final int LEAST_FORKS = 8;
    private static final int MOST_FORKS = 27;
    private static final double QUIET = 0.03;
    private static final double LOUD = 0.4;
    private static final int PHASES = SimulatedHost.TARGETS.size();
    private static final Criteria CRITERIA =
            new Criteria(0.05, 0.03, 0.1, AdaptiveForks.looks(LEAST_FORKS, MOST_FORKS).size());

    /** Outcomes of a number of gates that add forks, by their ordinal. */
    private static int[] outcomes(final double slowdown, final double drift, final double noise) {
        final int[] counts = new int[Gate.Outcome.values().length];
        for (int trial = 0; trial < TRIALS; trial++) {
            final SimulatedHost host = new SimulatedHost(trial, slowdown, drift, noise);
            final AdaptiveForks forks =
                    new AdaptiveForks(
                            CRITERIA,
                            PHASES,
                            LEAST_FORKS,
                            MOST_FORKS,
                            System.nanoTime() + (1L << 60));
            host.run(forks);
            counts[outcome(host, true).ordinal()]++;
        }
        return counts;
    }

    private static Gate.Outcome outcome(final SimulatedHost host, final boolean paired) {
        return Gate.of(CRITERIA, PHASES, paired, host.of("main"), host.of(Build.THIS)).outcome();
    }

    private static int passed(final int[] outcomes) {
        return outcomes[Gate.Outcome.PASSED.ordinal()];
    }

    private static int caught(final int[] outcomes) {
        return outcomes[Gate.Outcome.NOT_PASSED.ordinal()];
    }

    private static int inconclusive(final int[] outcomes) {
        return outcomes[Gate.Outcome.INCONCLUSIVE.ordinal()];
    }

    @Test
    void shouldPassABuildAgainstItself() {
        assertTrue(passed(outcomes(1, 0, QUIET)) >= TRIALS * 9 / 10);
        assertTrue(passed(outcomes(1, 0.5, QUIET)) >= TRIALS * 9 / 10, "on a host that slows down");
    }

    @Test
    void shouldCatchASlowDownOfTenPercent() {
        assertTrue(caught(outcomes(1.1, 0, QUIET)) >= TRIALS * 9 / 10);
        assertTrue(
                caught(outcomes(1.1, 0.5, QUIET)) >= TRIALS * 9 / 10, "on a host that slows down");
    }

    @Test
    void shouldSayThatNoiseHidesASlowDown() {
        final int[] outcomes = outcomes(1, 0, LOUD);
        assertTrue(inconclusive(outcomes) >= TRIALS * 9 / 10, inconclusive(outcomes) + " times");
        assertEquals(0, passed(outcomes(1.1, 0, LOUD)), "a slow-down of ten percent must not pass");
    }

    @Test
    void shouldNotFailForAnImprovement() {
        assertEquals(TRIALS, passed(outcomes(0.8, 0, QUIET)));
    }

    @Test
    void shouldAddForksOnlyWhereItIsUnclear() {
        final SimulatedHost quiet = new SimulatedHost(1, 1, 0, 0.01);
        quiet.run(new AdaptiveForks(CRITERIA, PHASES, 8, 27, System.nanoTime() + (1L << 60)));
        assertTrue(quiet.forks() < 27, quiet.forks() + " forks");
        final SimulatedHost loud = new SimulatedHost(1, 1, 0, LOUD);
        loud.run(new AdaptiveForks(CRITERIA, PHASES, 8, 27, System.nanoTime() + (1L << 60)));
        assertEquals(27, loud.forks());
        final SimulatedHost late = new SimulatedHost(1, 1, 0, LOUD);
        late.run(new AdaptiveForks(CRITERIA, PHASES, 8, 27, System.nanoTime() - 1));
        assertEquals(1, late.forks());
        assertEquals(Gate.Outcome.INCONCLUSIVE, outcome(late, true), "too few forks");
        assertEquals(List.of(8, 12, 18, 27), AdaptiveForks.looks(8, 27));
    }

    @Test
    void shouldCompareForksOfDifferentTimes() {
        int same = 0;
        int worse = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            same += unpairedOutcome(trial, 1) == Gate.Outcome.PASSED ? 1 : 0;
            worse += unpairedOutcome(trial, 1.1) == Gate.Outcome.NOT_PASSED ? 1 : 0;
        }
        assertTrue(same >= TRIALS * 9 / 10, same + " passed");
        assertTrue(worse >= TRIALS * 9 / 10, worse + " caught");
    }

    private static Gate.Outcome unpairedOutcome(final int seed, final double slowdown) {
        final SimulatedHost host = new SimulatedHost(seed, slowdown, 0, QUIET);
        host.run(io.stoat.bench.scenario.Repetitions.fixed(20));
        return outcome(host, false);
    }

    @Test
    void shouldSayWhatIsBetterAndWhatIsWorse() {
        final double[] base = {100, 101, 102, 103, 104, 105, 106, 107};
        final double[] slower = new double[base.length];
        for (int i = 0; i < base.length; i++) {
            slower[i] = base[i] * 1.2;
        }
        final Comparison worse = Comparison.paired("x", "P99", base, slower);
        assertEquals(1.2, worse.ratio(), 1e-9);
        assertEquals(Verdict.WORSE, worse.verdict(0.01, CRITERIA));
        assertEquals(
                Verdict.BETTER,
                Comparison.unpaired("x", "P99", slower, base).verdict(0.01, CRITERIA));
        assertEquals(
                Verdict.SAME, Comparison.paired("x", "P99", base, base).verdict(0.05, CRITERIA));
        // significant, but less than counts
        assertEquals(Verdict.SAME, worse.verdict(0.01, new Criteria(0.05, 0.25, 0.3, 1)));
        // nor ruled out, where less may stay unseen
        assertEquals(Verdict.UNCLEAR, worse.verdict(1e-9, CRITERIA));
    }

    @Test
    void shouldSayWhatItCouldSee() {
        final double[] base = {100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100};
        final double[] quiet = {101, 99, 102, 98, 100, 101, 99, 100, 102, 98, 101, 99};
        final double[] loud = {140, 70, 120, 80, 100, 150, 60, 100, 130, 75, 110, 90};
        final double seen = Comparison.paired("x", "P99", base, quiet).detectable(0.01);
        assertTrue(seen > 0.005 && seen < 0.05, "" + seen);
        assertTrue(Comparison.paired("x", "P99", base, loud).detectable(0.01) > 0.2);
        final double[] three = {1, 1, 1};
        assertEquals(
                Double.POSITIVE_INFINITY,
                Comparison.paired("x", "P99", three, three).detectable(0.01),
                "three forks show nothing at this level");
    }

    @Test
    void shouldRefuseWhatCannotBeCompared() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Comparison.paired("x", "P99", new double[] {1, 2}, new double[] {1, 2}));
        assertThrows(IllegalArgumentException.class, () -> new Criteria(0.05, 0.1, 0.1, 1));
        assertEquals(
                Gate.Outcome.INCONCLUSIVE,
                Gate.of(CRITERIA, 1, true, List.of(), List.of()).outcome());
    }

    @Test
    void shouldNotPassWhatItDidNotCompare() {
        final SimulatedHost host = new SimulatedHost(1, 1, 0, 0.01);
        host.run(io.stoat.bench.scenario.Repetitions.fixed(20));
        final List<RunResult> baseline = host.of("main");
        final List<RunResult> candidate = host.of(Build.THIS);
        assertEquals(
                Gate.Outcome.PASSED,
                Gate.of(CRITERIA, PHASES, true, baseline, candidate).outcome());
        final Gate gate =
                Gate.of(
                        CRITERIA,
                        PHASES,
                        true,
                        baseline.stream()
                                .filter(run -> !run.spec().target().equals("stoat-ipc"))
                                .toList(),
                        candidate);
        assertEquals(List.of("gate: stoat-ipc ycsb-a 128B x1 closed"), gate.missing());
        assertEquals(Gate.Outcome.INCONCLUSIVE, gate.outcome());
    }

    @Test
    void shouldMissWhatNeitherSideHas() {
        final SimulatedHost host = new SimulatedHost(1, 1, 0, 0.01);
        host.run(io.stoat.bench.scenario.Repetitions.fixed(20));
        final List<RunSpec> runs = GateRuns.of(List.of("failover"), null, 1_000, "off", 0);
        final Gate gate =
                Gate.of(CRITERIA, PHASES, true, host.of("main"), host.of(Build.THIS))
                        .requiring(runs);
        assertEquals(List.of("failover: cluster update 128B x1 open 1,000/s"), gate.missing());
        assertEquals(Gate.Outcome.INCONCLUSIVE, gate.outcome());
    }

    @Test
    void shouldKnowHowFewForksCanShowAnything() {
        assertEquals(1 / 256.0, Comparison.leastP(8, true), 1e-12);
        assertEquals(1 / 252.0, Comparison.leastP(5, false), 1e-12);
    }
}
