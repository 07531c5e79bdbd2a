package io.stoat.bench.echo;

import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PlannedThread;
import io.stoat.transport.ClientContext;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;

/**
 * One arrangement of a node, with its writer process, and what gets showed without and with a
 * burst. On the reader's thread.
 */
final class BurstSide implements AutoCloseable {
    final Samples quiet = new Samples();
    final Samples burst = new Samples();
    final Samples writes = new Samples();

    /** How often gets without and with a burst change places in a round. */
    private static final int CHANGES = 4;

    private final NodeProcess node;
    private final NodeProcess writer;
    private final GetLoad reader;
    private final IdleStrategy idle;

    BurstSide(
            final Path directory,
            final String endpoint,
            final int valueLength,
            final String nodePlan,
            final PlannedThread readerPlan,
            final String writerPlan) {
        node =
                new NodeProcess(
                        EchoNode.class, EchoNode.STOAT, directory, endpoint, valueLength, nodePlan);
        NodeProcess startedWriter = null;
        try {
            startedWriter =
                    new NodeProcess(
                            BurstWriter.class,
                            EchoNode.dataDir(directory),
                            valueLength,
                            writerPlan);
            idle = IdleStrategies.create(readerPlan.idle());
            reader =
                    new GetLoad(
                            () -> new ClientContext().dataDir(EchoNode.dataDir(directory)),
                            valueLength,
                            IdleStrategies.create(readerPlan.idle()));
            writer = startedWriter;
            node.pause(true);
        } catch (final RuntimeException ex) {
            CloseHelper.quietClose(startedWriter);
            CloseHelper.quietClose(node);
            throw ex;
        }
    }

    /**
     * Gets without and with a burst, which change places several times, because a 99th percentile
     * is made by what else the host does in those milliseconds.
     */
    void round(final long durationNs, final long intervalNs, final boolean burstFirst) {
        final Histogram withoutWrites = RoundTrips.histogram();
        final Histogram beside = RoundTrips.histogram();
        long puts = 0;
        long putsNs = 0;
        node.pause(false);
        for (int turn = 0; turn < 2 * CHANGES; turn++) {
            // one, other, other, one, …
            if (((turn + 1) / 2 % 2 == 0) == burstFirst) {
                writer.ask(BurstWriter.START, EchoNode.DONE);
                gets(durationNs / CHANGES, intervalNs, beside);
                final String[] words = writer.ask(BurstWriter.STOP, EchoNode.DONE).split(" ");
                puts += Long.parseLong(words[0]);
                putsNs += Long.parseLong(words[1]);
            } else {
                gets(durationNs / CHANGES, intervalNs, withoutWrites);
            }
        }
        node.pause(true);
        if (puts == 0) {
            throw new IllegalStateException("the writer wrote nothing");
        }
        quiet.add(withoutWrites);
        burst.add(beside);
        writes.add((double) puts * TimeUnit.SECONDS.toNanos(1) / putsNs);
    }

    /**
     * Gets at a steady rate, each timed from when it should have been sent; the first tenth is left
     * out.
     */
    private void gets(final long durationNs, final long intervalNs, final Histogram histogram) {
        final long startNs = System.nanoTime();
        for (long dueNs = 0; dueNs < durationNs; dueNs += intervalNs) {
            while (System.nanoTime() - startNs < dueNs) {
                idle.idle();
            }
            reader.roundTrip();
            if (dueNs > durationNs / 10) {
                histogram.recordValue(
                        Math.min(System.nanoTime() - startNs - dueNs, RoundTrips.MAX_LATENCY_NS));
            }
        }
    }

    /** What the compilers of node and writer took so far, ms. */
    long compiledMs() {
        return node.compiledMs() + writer.compiledMs();
    }

    void forget() {
        quiet.clear();
        burst.clear();
        writes.clear();
    }

    @Override
    public void close() {
        CloseHelper.quietClose(reader);
        try (node) {
            writer.close();
        }
    }
}
