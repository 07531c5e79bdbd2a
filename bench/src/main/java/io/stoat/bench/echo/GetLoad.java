package io.stoat.bench.echo;

import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import io.stoat.transport.ClientContext;
import io.stoat.transport.CompletionHandler;
import io.stoat.transport.PipelinedClient;
import io.stoat.transport.StoreClient;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** Asks a Stoat node, on one thread with its media driver; every answer is checked. */
final class GetLoad {
    /** A window of batches, as deep as the bare echo's window of messages. */
    private static final int BATCH = 64;

    private static final int BATCHED_WINDOW = 4_096;

    private final Supplier<ClientContext> context;
    private final int valueLength;
    private final IdleStrategy idle;
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[EchoNode.KEY_LENGTH]);
    private final UnsafeBuffer value;
    private long completed;
    private long wrong;
    private long next;

    /** context makes the settings of a client that reaches the node. */
    GetLoad(final Supplier<ClientContext> context, final int valueLength, final IdleStrategy idle) {
        this.context = context;
        this.valueLength = valueLength;
        this.idle = idle;
        value = new UnsafeBuffer(new byte[valueLength]);
    }

    Figures measure(final long durationNs) {
        final Histogram histogram;
        try (StoreClient client = StoreClient.connect(context.get().idleStrategy(idle))) {
            gets(client, durationNs / 2);
            histogram = gets(client, durationNs);
        }
        final double single = throughput(durationNs, 1, EchoLoad.WINDOW);
        final double batched = throughput(durationNs, BATCH, BATCHED_WINDOW);
        if (wrong > 0) {
            throw new IllegalStateException(wrong + " wrong answers");
        }
        return new Figures(
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                single,
                batched);
    }

    private void nextKey() {
        key.putLong(0, next++ % EchoNode.KEYS);
    }

    private Histogram gets(final StoreClient client, final long durationNs) {
        final Histogram histogram = new Histogram(EchoLoad.MAX_LATENCY_NS, 3);
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            nextKey();
            wrong +=
                    client.get(key, 0, EchoNode.KEY_LENGTH, value, 0, valueLength) == valueLength
                            ? 0
                            : 1;
            final long endNs = System.nanoTime();
            histogram.recordValue(Math.min(endNs - nowNs, EchoLoad.MAX_LATENCY_NS));
            nowNs = endNs;
        }
        return histogram;
    }

    private double throughput(final long durationNs, final int batch, final int window) {
        final CompletionHandler handler =
                (id, status, version, operand, buffer, offset, length) -> {
                    completed++;
                    wrong += status == Status.OK && length == valueLength ? 0 : 1;
                };
        try (PipelinedClient client =
                PipelinedClient.connect(context.get().batchCommands(batch).maxInFlight(window))) {
            pipeline(client, handler, durationNs / 2);
            return pipeline(client, handler, durationNs);
        }
    }

    private double pipeline(
            final PipelinedClient client, final CompletionHandler handler, final long durationNs) {
        final long base = completed;
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            for (int i = 0; i < EchoLoad.WINDOW; i++) {
                nextKey();
                if (client.offerGet(key, 0, EchoNode.KEY_LENGTH) < 0) {
                    break;
                }
            }
            idle.idle(client.poll(handler));
            nowNs = System.nanoTime();
        }
        final double rate = (completed - base) * 1e9 / (nowNs - startNs);
        while (client.inFlight() > 0) {
            idle.idle(client.poll(handler));
        }
        return rate;
    }

    /** Median round trip of a put to the second write agent, ns: sent to it, or to the first. */
    double put(final boolean routing, final long durationNs) {
        final ShardMap shardMap = new ShardMap(EchoNode.SHARDS, 0);
        final Histogram histogram = new Histogram(EchoLoad.MAX_LATENCY_NS, 3);
        try (StoreClient client =
                StoreClient.connect(context.get().routing(routing).idleStrategy(idle))) {
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < durationNs) {
                do {
                    nextKey();
                } while (shardMap.shardOf(key, 0, EchoNode.KEY_LENGTH) != 1);
                final long sentNs = System.nanoTime();
                wrong +=
                        client.put(key, 0, EchoNode.KEY_LENGTH, value, 0, valueLength, 0)
                                        == Status.OK
                                ? 0
                                : 1;
                final long endNs = System.nanoTime();
                if (endNs - startNs > durationNs / 3) {
                    histogram.recordValue(Math.min(endNs - sentNs, EchoLoad.MAX_LATENCY_NS));
                }
            }
        }
        if (wrong > 0) {
            throw new IllegalStateException(wrong + " puts failed");
        }
        return histogram.getValueAtPercentile(50);
    }
}
