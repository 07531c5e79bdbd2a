package io.stoat.bench;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Times of operations by length of the value, one a round, and the ratios within rounds. */
final class ValueLengthFigures {
    /** What reads in place of longer values are held to. */
    static final int SHORT = 128;

    private static final int LONG = 4_096;
    private static final double MOST_IN_PLACE_RATIO = 1.2;
    private static final String NS = "ns";
    private static final String MEMCPY = "memcpy";
    private static final String COPY = "copy";
    private static final String IN_PLACE = "inPlace";
    private static final String OVERWRITE = "overwrite";

    /** By length, then by benchmark: ns of each round. */
    private final Map<Integer, Map<String, List<Double>>> figures = new TreeMap<>();

    /** Adds what one operation took in a round. */
    void add(final int length, final String benchmark, final double ns) {
        figures.computeIfAbsent(length, ignore -> new TreeMap<>())
                .computeIfAbsent(benchmark, ignore -> new ArrayList<>())
                .add(ns);
    }

    /** Tells medians, and ratios, of which reads in place have a bound from 4 KiB on. */
    void tell(final Comparison comparison) {
        comparison.section("length of the value");
        figures.forEach(
                (length, series) -> {
                    final double memcpyNs = Median.of(series.get(MEMCPY));
                    final double copyNs = Median.of(series.get(COPY));
                    comparison.figures(
                            bytes(length),
                            Figure.of(MEMCPY, NS, memcpyNs),
                            Figure.of("validated copy", NS, copyNs),
                            Figure.of("read in place", NS, Median.of(series.get(IN_PLACE))),
                            Figure.of("overwrite", NS, Median.of(series.get(OVERWRITE))),
                            Figure.of(MEMCPY, "GB/s", length / memcpyNs),
                            Figure.of("validated copy", "GB/s", length / copyNs));
                });
        comparison.section("validated copy beside memcpy", MEMCPY, "validated copy");
        figures.forEach(
                (length, series) ->
                        comparison.compare(
                                bytes(length),
                                NS,
                                series.get(MEMCPY),
                                series.get(COPY),
                                Bound.NONE));
        comparison.section("read in place beside that of 128 B", "128 B", "this length");
        final List<Double> inPlaceShort = figures.get(SHORT).get(IN_PLACE);
        figures.forEach(
                (length, series) ->
                        comparison.compare(
                                bytes(length),
                                NS,
                                inPlaceShort,
                                series.get(IN_PLACE),
                                length < LONG ? Bound.NONE : Bound.atMost(MOST_IN_PLACE_RATIO)));
    }

    private static String bytes(final int length) {
        return String.format(Locale.ROOT, "%,d B", length);
    }
}
