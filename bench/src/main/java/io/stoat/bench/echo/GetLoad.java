package io.stoat.bench.echo;

import io.stoat.store.PutMode;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import io.stoat.transport.ClientContext;
import io.stoat.transport.CompletionHandler;
import io.stoat.transport.PipelinedClient;
import io.stoat.transport.StoreClient;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** Asks a Stoat node, on one thread with its media driver; every answer is checked. */
final class GetLoad implements RoundTrips, AutoCloseable {
    /** A window of batches, as deep as the bare echo's window of messages. */
    static final int BATCH = 64;

    static final int BATCHED_WINDOW = 4_096;

    private final Supplier<ClientContext> context;
    private final int valueLength;
    private final IdleStrategy idle;
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[EchoNode.KEY_LENGTH]);
    private final UnsafeBuffer value;
    private final CompletionHandler handler;
    private StoreClient client;
    private PipelinedClient single;
    private PipelinedClient batched;
    private long completed;
    private long wrong;
    private long next;

    /** context makes the settings of a client that reaches the node. */
    GetLoad(final Supplier<ClientContext> context, final int valueLength, final IdleStrategy idle) {
        this.context =
                () ->
                        context.get()
                                .connectTimeoutNs(EchoNode.PATIENCE_NS)
                                .requestTimeoutNs(EchoNode.PATIENCE_NS);
        this.valueLength = valueLength;
        this.idle = idle;
        value = new UnsafeBuffer(new byte[valueLength]);
        handler =
                (id, status, version, operand, buffer, offset, length) -> {
                    completed++;
                    wrong += status == Status.OK && length == valueLength ? 0 : 1;
                };
    }

    private StoreClient client() {
        if (client == null) {
            client = StoreClient.connect(context.get().idleStrategy(idle));
        }
        return client;
    }

    private PipelinedClient pipelined(final int batch, final int window) {
        return PipelinedClient.connect(context.get().batchCommands(batch).maxInFlight(window));
    }

    private void nextKey() {
        key.putLong(0, next++ % EchoNode.KEYS);
    }

    @Override
    public void roundTrip() {
        final int length = get();
        if (length != valueLength) {
            throw new IllegalStateException("a get was answered " + Status.nameOf(length));
        }
    }

    private int get() {
        nextKey();
        return client().get(key, 0, EchoNode.KEY_LENGTH, value, 0, valueLength);
    }

    /**
     * Keeps connections alive while another node is measured; one that was lost on a busy host is
     * made again.
     */
    void poll() {
        if (client != null) {
            get();
        }
        if (single != null) {
            single.poll(handler);
        }
        if (batched != null) {
            batched.poll(handler);
        }
    }

    double singleThroughput(final long durationNs) {
        if (single == null) {
            single = pipelined(1, EchoLoad.WINDOW);
        }
        return pipeline(single, durationNs);
    }

    double batchedThroughput(final long durationNs) {
        if (batched == null) {
            batched = pipelined(BATCH, BATCHED_WINDOW);
        }
        return pipeline(batched, durationNs);
    }

    private double pipeline(final PipelinedClient pipelined, final long durationNs) {
        final long base = completed;
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            for (int i = 0; i < EchoLoad.WINDOW; i++) {
                nextKey();
                if (pipelined.offerGet(key, 0, EchoNode.KEY_LENGTH) < 0) {
                    break;
                }
            }
            idle.idle(pipelined.poll(handler));
            nowNs = System.nanoTime();
        }
        final double rate = (completed - base) * 1e9 / (nowNs - startNs);
        while (pipelined.inFlight() > 0) {
            idle.idle(pipelined.poll(handler));
        }
        if (wrong > 0) {
            throw new IllegalStateException(wrong + " wrong answers");
        }
        return rate;
    }

    /** Round trips of puts to the second write agent: sent to it when routed, else to the first. */
    Histogram puts(final long durationNs) {
        final ShardMap shardMap = new ShardMap(EchoNode.SHARDS, 0);
        final RoundTrips puts =
                () -> {
                    do {
                        nextKey();
                    } while (shardMap.shardOf(key, 0, EchoNode.KEY_LENGTH) != 1);
                    final int status =
                            client().put(key, 0, EchoNode.KEY_LENGTH, value, 0, valueLength, 0);
                    if (status != Status.OK) {
                        throw new IllegalStateException(
                                "a put was answered " + Status.nameOf(status));
                    }
                };
        return puts.roundTrips(durationNs);
    }

    /**
     * Puts as fast as they go, gathered in messages, until told to stop, some at least; how many
     * were applied.
     */
    long burst(final java.util.function.BooleanSupplier goesOn) {
        if (batched == null) {
            batched = pipelined(BATCH, BATCHED_WINDOW);
        }
        final CompletionHandler puts =
                (id, status, version, operand, buffer, offset, length) -> {
                    completed++;
                    wrong += status == Status.OK ? 0 : 1;
                };
        final long base = completed;
        do {
            for (int i = 0; i < EchoLoad.WINDOW; i++) {
                nextKey();
                if (batched.offerPut(
                                PutMode.ALWAYS,
                                key,
                                0,
                                EchoNode.KEY_LENGTH,
                                value,
                                0,
                                valueLength,
                                0,
                                0)
                        < 0) {
                    break;
                }
            }
            idle.idle(batched.poll(puts));
        } while (goesOn.getAsBoolean());
        while (batched.inFlight() > 0) {
            idle.idle(batched.poll(puts));
        }
        if (wrong > 0) {
            throw new IllegalStateException(wrong + " puts failed");
        }
        return completed - base;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(client, single, batched);
    }
}
