package io.stoat.bench.report;

import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A line of a comparison as people see it, on the screen and in a page alike.
 *
 * @param label what the line is about.
 * @param cells texts by the names of their columns, in order.
 */
record Line(String label, Map<String, String> cells) {
    static Line of(final ComparedRow row) {
        final Map<String, String> cells = new LinkedHashMap<>();
        cells.put(row.baseName(), number(row.base()));
        cells.put(row.comparedName(), number(row.compared()));
        cells.put("ratio", ratio(row.ratio()));
        cells.put("middle half", ratio(row.low()) + " - " + ratio(row.high()));
        cells.put("bound", row.bound().text(row.ratio()));
        return new Line(named(row.what(), row.unit()), cells);
    }

    /** Figures of one subject. */
    static Line of(final String subject, final List<Figure> figures) {
        final Map<String, String> cells = new LinkedHashMap<>();
        for (final Figure figure : figures) {
            final String bound = figure.bound().text(figure.value());
            cells.put(
                    named(figure.name(), figure.unit()),
                    number(figure.value()) + (bound.isEmpty() ? "" : " (" + bound + ")"));
        }
        return new Line(subject, cells);
    }

    private static String named(final String name, final String unit) {
        return unit.isEmpty() ? name : name + ", " + unit;
    }

    private static String ratio(final double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "-";
    }

    /** Four digits that count, or all of a whole number. */
    private static String number(final double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        final double size = Math.abs(value);
        final int decimals =
                value == Math.rint(value) || size >= 1_000
                        ? 0
                        : size >= 100 ? 1 : size >= 10 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
