package io.stoat.bench.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Figures of a histogram of latencies, ns.
 *
 * @param count of values.
 * @param mean of them.
 * @param min least.
 * @param p50 median.
 * @param p90 90th percentile.
 * @param p99 99th.
 * @param p999 99.9th.
 * @param p9999 99.99th.
 * @param max greatest.
 * @param curve pairs of percentile and value, denser towards 100.
 */
public record LatencySummary(
        long count,
        double mean,
        long min,
        long p50,
        long p90,
        long p99,
        long p999,
        long p9999,
        long max,
        List<double[]> curve) {
    private static final int TICKS_PER_HALF_DISTANCE = 4;

    /**
     * @param histogram of ns.
     * @return its figures.
     */
    public static LatencySummary of(final Histogram histogram) {
        final List<double[]> curve = new ArrayList<>();
        if (histogram.getTotalCount() > 0) {
            for (final HistogramIterationValue value :
                    histogram.percentiles(TICKS_PER_HALF_DISTANCE)) {
                curve.add(
                        new double[] {
                            value.getPercentileLevelIteratedTo(), value.getValueIteratedTo()
                        });
            }
        }
        return new LatencySummary(
                histogram.getTotalCount(),
                histogram.getMean(),
                histogram.getTotalCount() == 0 ? 0 : histogram.getMinValue(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                curve);
    }

    LatencySummary slowed(final double part) {
        return new LatencySummary(
                count,
                mean * (1 + part),
                slowed(min, part),
                slowed(p50, part),
                slowed(p90, part),
                slowed(p99, part),
                slowed(p999, part),
                slowed(p9999, part),
                slowed(max, part),
                curve.stream()
                        .map(point -> new double[] {point[0], point[1] * (1 + part)})
                        .toList());
    }

    private static long slowed(final long ns, final double part) {
        return Math.round(ns * (1 + part));
    }

    LatencySummary withoutCurve() {
        return new LatencySummary(count, mean, min, p50, p90, p99, p999, p9999, max, List.of());
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", count);
        map.put("mean", Math.round(mean * 10) / 10.0);
        map.put("min", min);
        map.put("p50", p50);
        map.put("p90", p90);
        map.put("p99", p99);
        map.put("p999", p999);
        map.put("p9999", p9999);
        map.put("max", max);
        map.put("curve", curve);
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the figures.
     */
    public static LatencySummary of(final Map<String, ?> map) {
        final List<double[]> curve = new ArrayList<>();
        for (final Object point : (List<?>) map.get("curve")) {
            final List<?> pair = (List<?>) point;
            curve.add(
                    new double[] {
                        ((Number) pair.get(0)).doubleValue(), ((Number) pair.get(1)).doubleValue()
                    });
        }
        return new LatencySummary(
                number(map, "count").longValue(),
                number(map, "mean").doubleValue(),
                number(map, "min").longValue(),
                number(map, "p50").longValue(),
                number(map, "p90").longValue(),
                number(map, "p99").longValue(),
                number(map, "p999").longValue(),
                number(map, "p9999").longValue(),
                number(map, "max").longValue(),
                curve);
    }

    private static Number number(final Map<String, ?> map, final String name) {
        return (Number) map.get(name);
    }
}
