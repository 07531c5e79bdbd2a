package io.stoat.bench.echo;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What one contender showed, round by round: round trips, or a rate. */
final class Samples {
    private final List<Double> p50Us = new ArrayList<>();
    private final List<Double> p99Us = new ArrayList<>();
    private final List<Double> rates = new ArrayList<>();

    void add(final Histogram roundTrips) {
        p50Us.add(roundTrips.getValueAtPercentile(50) / 1e3);
        p99Us.add(roundTrips.getValueAtPercentile(99) / 1e3);
    }

    void add(final double rate) {
        rates.add(rate);
    }

    List<Double> p50Us() {
        return p50Us;
    }

    List<Double> p99Us() {
        return p99Us;
    }

    List<Double> rates() {
        return rates;
    }

    /** What was seen while things warmed up does not count. */
    void clear() {
        p50Us.clear();
        p99Us.clear();
        rates.clear();
    }
}
