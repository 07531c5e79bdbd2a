package io.stoat.bench.echo;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Asks once and waits for the answer, again and again. */
interface RoundTrips {
    long MAX_LATENCY_NS = TimeUnit.SECONDS.toNanos(10);
    long SETTLING_NS = TimeUnit.MILLISECONDS.toNanos(10);

    /** One round trip; it checks its answer. */
    void roundTrip();

    /** Where round trips are recorded. */
    static Histogram histogram() {
        return new Histogram(MAX_LATENCY_NS, 3);
    }

    /** Round trips for some time. */
    default Histogram roundTrips(final long durationNs) {
        final Histogram histogram = histogram();
        record(durationNs, histogram);
        return histogram;
    }

    /**
     * Records round trips for some time, of which the first tenth is left out, in which things
     * settle, and 10 ms at least: a node that was told to go on may sleep for half of them.
     */
    default void record(final long durationNs, final Histogram histogram) {
        final long settlingNs = Math.min(Math.max(durationNs / 10, SETTLING_NS), durationNs / 2);
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            roundTrip();
            final long endNs = System.nanoTime();
            if (nowNs - startNs > settlingNs) {
                histogram.recordValue(Math.min(endNs - nowNs, MAX_LATENCY_NS));
            }
            nowNs = endNs;
        }
    }
}
