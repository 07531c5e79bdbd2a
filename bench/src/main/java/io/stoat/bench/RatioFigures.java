package io.stoat.bench;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times and allocations of benchmarks by number of keys and contender, one of each for a round, and
 * what {@link Ratio#TARGETS} make of them. One thread.
 */
final class RatioFigures {
    private static final String NS = "ns";

    private final Map<String, Map<String, Map<Long, Series>>> figures = new LinkedHashMap<>();

    /** What one contender showed, one element a round. */
    private static final class Series {
        private final List<Double> ns = new ArrayList<>();
        private final List<Double> allocatedBytes = new ArrayList<>();
    }

    /** Adds what an operation took and allocated in a round. */
    void add(
            final String benchmark,
            final long keys,
            final String contender,
            final double ns,
            final double allocatedBytes) {
        final Series series =
                figures.computeIfAbsent(benchmark, ignore -> new LinkedHashMap<>())
                        .computeIfAbsent(contender, ignore -> new LinkedHashMap<>())
                        .computeIfAbsent(keys, ignore -> new Series());
        series.ns.add(ns);
        series.allocatedBytes.add(allocatedBytes);
    }

    /** Tells medians, and the ratios beside their bounds; who is held to one may not allocate. */
    void tell(final Comparison comparison) {
        figures.forEach(
                (benchmark, contenders) -> {
                    comparison.section(benchmark);
                    contenders.forEach(
                            (contender, sizes) ->
                                    comparison.figures(
                                            contender, medians(benchmark, contender, sizes)));
                });
        Ratio last = null;
        for (final Ratio target : Ratio.TARGETS) {
            if (last == null || !target.isOfSamePair(last)) {
                comparison.section(
                        target.contender() + " beside " + target.baseline(),
                        target.baseline(),
                        target.contender());
            }
            last = target;
            comparison.compare(
                    target.benchmark() + ", " + keys(target.keys()),
                    NS,
                    series(target, target.baseline()).ns,
                    series(target, target.contender()).ns,
                    Bound.atMost(target.bound()));
        }
    }

    private static Figure[] medians(
            final String benchmark, final String contender, final Map<Long, Series> sizes) {
        final List<Figure> medians = new ArrayList<>();
        sizes.forEach(
                (keys, series) -> {
                    medians.add(Figure.of(keys(keys), NS, Median.of(series.ns)));
                    medians.add(
                            Figure.of(
                                            keys(keys) + ", allocated",
                                            "B",
                                            Median.of(series.allocatedBytes))
                                    .within(
                                            Ratio.isJudged(benchmark, keys, contender)
                                                    ? Bound.atMost(JmhRun.ALLOCATED_BYTES_LIMIT)
                                                    : Bound.NONE));
                });
        return medians.toArray(Figure[]::new);
    }

    private static String keys(final long keys) {
        return String.format(Locale.ROOT, "%,d keys", keys);
    }

    private Series series(final Ratio target, final String contender) {
        return figures.get(target.benchmark()).get(contender).get(target.keys());
    }

    /** Each round's figures, for JSON. */
    Map<String, Object> toMap() {
        final Map<String, Object> root = new LinkedHashMap<>();
        figures.forEach(
                (benchmark, contenders) ->
                        contenders.forEach(
                                (contender, sizes) ->
                                        sizes.forEach(
                                                (keys, series) ->
                                                        root.put(
                                                                benchmark + " " + keys + " "
                                                                        + contender,
                                                                Map.of(
                                                                        "nsPerOp",
                                                                        series.ns,
                                                                        "allocatedBytesPerOp",
                                                                        series.allocatedBytes)))));
        return root;
    }
}
