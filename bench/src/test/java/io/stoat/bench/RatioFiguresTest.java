package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.ComparisonResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatioFiguresTest {
    private final RatioFigures figures = new RatioFigures();

    /** Everybody at every size; who is held to bounds takes so much less, and allocates that. */
    private void addRound(final double slowness, final double share, final double allocated) {
        for (final String benchmark : List.of("ReadBenchmark.hit", "WriteBenchmark.overwrite")) {
            for (final long keys : new long[] {1_000, 100_000}) {
                figures.add(benchmark, keys, "stoat-view", 100 * share * slowness, allocated);
                figures.add(benchmark, keys, "stoat-copy", 100 * share * slowness, allocated);
                figures.add(benchmark, keys, "chronicle-bytes", 100 * slowness, 192);
            }
        }
    }

    private ComparisonResult result() {
        final Comparison comparison =
                new Comparison("ratios", "", Map.of(), new PrintWriter(new StringWriter()));
        figures.tell(comparison);
        return comparison.result();
    }

    @Test
    void shouldJudgeTheRatiosWithinRounds() {
        addRound(1, 0.2, 0.01);
        addRound(4, 0.2, 0.01);
        final ComparisonResult result = result();
        assertEquals(Ratio.TARGETS.size(), result.rows().size());
        for (final ComparedRow row : result.rows()) {
            assertEquals(0.2, row.ratio(), 1e-12, row.what());
            assertEquals(250, row.base(), 1e-12, row.what());
        }
        assertTrue(result.met());
        assertEquals(
                List.of("stoat-view beside chronicle-bytes", "stoat-copy beside chronicle-bytes"),
                result.rows().stream().map(ComparedRow::section).distinct().toList());
        assertEquals(12, figures.toMap().size(), "benchmarks, sizes and contenders");
    }

    @Test
    void shouldMissABoundThatOneRatioPasses() {
        addRound(1, 0.3, 0.01);
        assertFalse(result().met(), "0.3 is more than 0.25 of the first target");
    }

    @Test
    void shouldMissABoundWhenAllocating() {
        addRound(1, 0.2, 16);
        assertFalse(result().met());
    }
}
