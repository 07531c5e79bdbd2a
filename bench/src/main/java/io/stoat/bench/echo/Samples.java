package io.stoat.bench.echo;

import io.stoat.bench.Median;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What one contender showed, round by round: round trips, or a rate. */
final class Samples {
    private final List<Double> p50Ns = new ArrayList<>();
    private final List<Double> p99Ns = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();

    void add(final Histogram roundTrips) {
        p50Ns.add((double) roundTrips.getValueAtPercentile(50));
        p99Ns.add((double) roundTrips.getValueAtPercentile(99));
    }

    void add(final double rate) {
        rates.add(rate);
    }

    List<Double> p50Ns() {
        return p50Ns;
    }

    List<Double> p99Ns() {
        return p99Ns;
    }

    List<Double> rates() {
        return rates;
    }

    /** What was seen while things warmed up does not count. */
    void clear() {
        p50Ns.clear();
        p99Ns.clear();
        rates.clear();
    }

    static double median(final List<Double> values) {
        return Median.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Ratios of figures of the same round, sorted. */
    static double[] ratios(final List<Double> of, final List<Double> to) {
        final double[] ratios = new double[of.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = of.get(i) / to.get(i);
        }
        Arrays.sort(ratios);
        return ratios;
    }
}
