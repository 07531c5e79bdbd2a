package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.scenario.Repetitions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gates held again with recorded forks say what the host's noise would let them say. */
class RehearsalTest {
    private static final int TRIALS = 40;
    private static final Criteria CRITERIA =
            new Criteria(0.05, 0.03, 0.1, AdaptiveForks.looks(8, 27).size());

    private static List<RunResult> recorded(final double slowdown, final double noise) {
        final SimulatedHost host = new SimulatedHost(7, slowdown, 0, noise);
        host.run(Repetitions.fixed(27));
        return Stream.concat(host.of("main").stream(), host.of("this").stream()).toList();
    }

    private static Rehearsal of(final List<RunResult> recorded) {
        return new Rehearsal(List.of(recorded), CRITERIA, 8, 27);
    }

    @Test
    void shouldPassRecordedForksOfTheSameBuild() {
        final Rehearsal quiet = of(recorded(1, 0.03));
        final Map<Gate.Outcome, Integer> counts = quiet.outcomes(TRIALS, true, 1);
        assertTrue(counts.get(Gate.Outcome.PASSED) >= TRIALS * 9 / 10, counts.toString());
        assertTrue(quiet.pairsNeeded() >= 8 && quiet.pairsNeeded() < 27, "" + quiet.pairsNeeded());
    }

    @Test
    void shouldCatchTheSlowDownOfRecordedForksUnlessTheBuildsOfAPairAreExchanged() {
        final Rehearsal slowed = of(recorded(1.2, 0.03));
        assertEquals(TRIALS, slowed.outcomes(TRIALS, false, 1).get(Gate.Outcome.NOT_PASSED));
        assertTrue(
                slowed.outcomes(TRIALS, true, 1).getOrDefault(Gate.Outcome.NOT_PASSED, 0)
                        <= TRIALS / 10);
    }

    @Test
    void shouldSayThatRecordedNoiseHidesASlowDown() {
        final Map<Gate.Outcome, Integer> counts = of(recorded(1.05, 0.6)).outcomes(TRIALS, true, 1);
        assertTrue(counts.get(Gate.Outcome.INCONCLUSIVE) >= TRIALS * 9 / 10, counts.toString());
    }

    @Test
    void shouldPoolTheForksOfSeveralResultFiles(@TempDir final Path dir) {
        final List<RunResult> runs = recorded(1, 0.03);
        final Path file = dir.resolve("result.json");
        new ResultFile(
                        "gate",
                        "2026-01-02T03:04:05Z",
                        true,
                        false,
                        Map.of("cpu", "a CPU"),
                        Map.of(),
                        runs)
                .write(file);
        final List<RunResult> back = ResultFile.read(file).runs();
        assertEquals(27, of(back).pairs());
        assertEquals(54, new Rehearsal(List.of(back, runs), CRITERIA, 8, 27).pairs());
    }

    @Test
    void shouldRefuseRunsWithoutPairs() {
        final List<RunResult> one =
                recorded(1, 0.03).stream().filter(run -> run.build().equals("main")).toList();
        assertThrows(IllegalArgumentException.class, () -> of(one));
        final List<RunResult> two =
                recorded(1, 0.03).stream().filter(run -> run.fork() < 2).toList();
        assertThrows(IllegalArgumentException.class, () -> of(two));
    }
}
