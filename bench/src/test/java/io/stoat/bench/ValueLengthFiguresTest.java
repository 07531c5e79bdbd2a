package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound.Verdict;
import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.ComparisonResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueLengthFiguresTest {
    private static final String IN_PLACE = "read in place beside that of 128 B";

    @Test
    void shouldHoldLongValuesReadInPlaceToThatOf128Bytes() {
        final ValueLengthFigures figures = new ValueLengthFigures();
        final double[] slowness = {1, 3};
        for (final double round : slowness) {
            add(figures, 8, 10 * round, 5 * round);
            add(figures, 128, 20 * round, 10 * round);
            add(figures, 4_096, 23 * round, 30 * round);
            add(figures, 65_536, 25 * round, 1_000 * round);
        }
        final Comparison comparison =
                new Comparison("value-lengths", "", Map.of(), new PrintWriter(new StringWriter()));
        figures.tell(comparison);
        final ComparisonResult result = comparison.result();
        final List<ComparedRow> inPlace =
                result.rows().stream().filter(row -> row.section().equals(IN_PLACE)).toList();
        assertEquals(
                List.of(Verdict.NO_BOUND, Verdict.NO_BOUND, Verdict.MET, Verdict.MISSED),
                inPlace.stream().map(ComparedRow::verdict).toList());
        assertEquals(1.15, inPlace.get(2).ratio(), 1e-12);
        assertEquals("4,096 B", inPlace.get(2).what());
        assertEquals(
                4_096 / 60.0,
                result.figures().stream()
                        .filter(figure -> figure.of().equals("4,096 B"))
                        .filter(figure -> figure.unit().equals("GB/s"))
                        .findFirst()
                        .orElseThrow()
                        .value(),
                1e-12);
    }

    private static void add(
            final ValueLengthFigures figures,
            final int length,
            final double inPlaceNs,
            final double memcpyNs) {
        figures.add(length, "inPlace", inPlaceNs);
        figures.add(length, "memcpy", memcpyNs);
        figures.add(length, "copy", 2 * memcpyNs);
        figures.add(length, "overwrite", 3 * memcpyNs);
    }
}
