package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.transport.CompletionHandler;
import io.stoat.transport.PipelinedClient;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/** Many requests of one Stoat client in flight. */
final class PipelinedSession implements Session, CompletionHandler {
    private static final int NO_SLOT = -1;
    private static final int INITIAL_CAPACITY = 16_384;

    private final PipelinedClient client;
    private final InFlight inFlight;
    private final Completions completions;
    private final Long2LongHashMap slots = new Long2LongHashMap(INITIAL_CAPACITY, 0.6f, NO_SLOT);

    /**
     * @param completions told of every end; {@code inFlight} or what stands before it.
     */
    PipelinedSession(
            final PipelinedClient client, final InFlight inFlight, final Completions completions) {
        this.client = client;
        this.inFlight = inFlight;
        this.completions = completions;
    }

    @Override
    public boolean offer(final Operation operation, final int slot) {
        final UnsafeBuffer key = operation.key();
        final UnsafeBuffer value = operation.value();
        // a write is told from a read when it ends by the sign that its slot is kept with
        final boolean isWrite = operation.kind().isWrite();
        final long correlationId =
                isWrite
                        ? client.offerPut(
                                PutMode.ALWAYS,
                                key,
                                0,
                                key.capacity(),
                                value,
                                0,
                                value.capacity(),
                                operation.ttlMs(),
                                0)
                        : client.offerGet(key, 0, key.capacity());
        if (correlationId < 0) {
            return false;
        }
        slots.put(correlationId, slot * 2L + (isWrite ? 1 : 0));
        return true;
    }

    @Override
    public int poll() {
        return client.poll(this);
    }

    @Override
    public void onCompletion(
            final long correlationId,
            final int status,
            final long version,
            final long operand,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final long kept = slots.remove(correlationId);
        if (kept == NO_SLOT) {
            throw new IllegalStateException("an answer that nobody awaits: " + correlationId);
        }
        final int slot = (int) (kept >> 1);
        completions.complete(slot, outcome(slot, (kept & 1) == 1, status, buffer, offset, length));
    }

    private int outcome(
            final int slot,
            final boolean isWrite,
            final int status,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (status == Status.NOT_FOUND) {
            return Outcome.MISS;
        }
        if (status != Status.OK) {
            return Outcome.FAILED;
        }
        return isWrite ? Outcome.OK : inFlight.judge(slot, buffer, offset, length);
    }

    @Override
    public void close() {
        client.close();
    }
}
