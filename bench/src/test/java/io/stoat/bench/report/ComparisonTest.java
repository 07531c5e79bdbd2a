package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.Bound;
import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.Figure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is printed is what is kept. */
class ComparisonTest {
    private final StringWriter output = new StringWriter();
    private final Comparison comparison =
            new Comparison(
                    "echo",
                    "stoat bench echo --rounds 3",
                    Map.of("cpu", "Abacus"),
                    new PrintWriter(output, true));

    private List<String> lines() {
        return output.toString().lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
    }

    @Test
    void shouldJudgeTheMedianOfTheRatiosWithinRounds() {
        comparison.section("UDP", "bare echo", "stoat get");
        // medians of the figures themselves would make 1.0 of it
        comparison.compare(
                "p99", "us", List.of(1.0, 2.0, 3.0), List.of(2.0, 4.0, 1.0), Bound.atMost(1.3));
        final ComparedRow row = comparison.result().rows().get(0);
        assertEquals(2, row.ratio(), 1e-12);
        assertEquals(Bound.Verdict.MISSED, row.verdict());
        assertFalse(comparison.result().met());
        assertEquals(
                List.of(
                        "UDP",
                        "bare echo stoat get ratio middle half bound",
                        "p99, us 2 2 2.00 0.33 - 2.00 at most 1.3: MISSED"),
                lines());
    }

    @Test
    void shouldWantRatesHighAndLatenciesLow() {
        comparison.section("IPC", "bare echo", "stoat get");
        comparison.compare(
                "batched",
                "a second",
                List.of(10.0, 10.0, 10.0),
                List.of(30.0, 31.0, 5.0),
                Bound.atLeast(3));
        comparison.compare("p50", "us", List.of(10.0), List.of(2.0), Bound.atMost(0.2));
        comparison.compare("no bound", "us", List.of(1.0), List.of(100.0), Bound.NONE);
        assertTrue(comparison.result().met(), output.toString());
        assertEquals(
                List.of(Bound.Verdict.MET, Bound.Verdict.MET, Bound.Verdict.NO_BOUND),
                comparison.result().rows().stream().map(ComparedRow::verdict).toList());
        comparison.compare("p99", "us", List.of(0.0), List.of(0.0), Bound.atMost(2));
        assertFalse(comparison.result().met(), "what is not a number keeps no bound");
        assertTrue(lines().contains("p99, us 0 0 - - - - at most 2: MISSED"), output.toString());
    }

    @Test
    void shouldHoldFiguresToTheirBoundsAndKeepWhatIsNoProgress() {
        comparison.note("3 rounds");
        comparison.say("round 1 of 3");
        comparison.note("3 rounds");
        comparison.section("1,000 entries");
        comparison.progress("stoat", Figure.of("opened in", "s", 17));
        comparison.figures(
                "stoat",
                Figure.of("opened in", "s", 1.5).within(Bound.atMost(2)),
                Figure.of("reads", "", 1_234_567));
        assertEquals(
                List.of(
                        "3 rounds",
                        "round 1 of 3",
                        "1,000 entries",
                        "opened in, s",
                        "stoat 17",
                        "opened in, s reads",
                        "stoat 1.500 (at most 2: met) 1,234,567"),
                lines());
        assertEquals(List.of("3 rounds"), comparison.result().notes());
        assertEquals(
                List.of(
                        new Figure(
                                "1,000 entries", "stoat", "opened in", "s", 1.5, Bound.atMost(2)),
                        new Figure("1,000 entries", "stoat", "reads", "", 1_234_567, Bound.NONE)),
                comparison.result().figures());
        assertTrue(comparison.result().met());
        comparison.figures("stoat", Figure.of("opened in", "s", 2.1).within(Bound.atMost(2)));
        assertFalse(comparison.result().met());
    }
}
