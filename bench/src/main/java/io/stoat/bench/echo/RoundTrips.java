package io.stoat.bench.echo;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Asks once and waits for the answer, again and again. */
interface RoundTrips {
    long MAX_LATENCY_NS = TimeUnit.SECONDS.toNanos(10);

    /** One round trip; it checks its answer. */
    void roundTrip();

    /** Round trips for some time, of which the first tenth, in which things settle, is left out. */
    default Histogram roundTrips(final long durationNs) {
        final Histogram histogram = new Histogram(MAX_LATENCY_NS, 3);
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            roundTrip();
            final long endNs = System.nanoTime();
            if (nowNs - startNs > durationNs / 10) {
                histogram.recordValue(Math.min(endNs - nowNs, MAX_LATENCY_NS));
            }
            nowNs = endNs;
        }
        return histogram;
    }
}
