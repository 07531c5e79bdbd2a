package io.stoat.bench.cluster;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Another product's replicated puts, on programs of the host, from a client in this process. One
 * thread.
 */
interface PeerCluster extends AutoCloseable {
    /** How it runs, so that its figures can be judged. */
    String settings();

    /** Puts one value and waits until it is replicated. */
    void put();

    /**
     * Puts many values with as many in flight as the settings say, and waits until all are
     * replicated.
     *
     * @param puts of a message.
     * @param messages in flight.
     * @return puts that were made.
     */
    int putMany(int puts, int messages);

    @Override
    void close();

    /** Measures one put at a time. */
    default Series.Single single(final long millis) {
        final Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
        final long startNs = System.nanoTime();
        final long durationNs = TimeUnit.MILLISECONDS.toNanos(millis);
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            put();
            final long endNs = System.nanoTime();
            histogram.recordValue(endNs - nowNs);
            nowNs = endNs;
        }
        return new Series.Single(
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getTotalCount() * 1e9 / (nowNs - startNs));
    }

    /** Measures batched puts. */
    default Series.Batched batched(final long millis, final int puts, final int messages) {
        final long startNs = System.nanoTime();
        final long durationNs = TimeUnit.MILLISECONDS.toNanos(millis);
        long count = 0;
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            count += putMany(puts, messages);
            nowNs = System.nanoTime();
        }
        return new Series.Batched(count * 1e9 / (nowNs - startNs), Double.NaN);
    }
}
