package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import io.stoat.replication.MemberReader;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.nio.ByteBuffer;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One client of a cluster: writes travel together while the loop has more of them to send, at most
 * a batch in one message; none waits for another one.
 */
final class ClusterSession implements Session {
    /** More than a client has messages in flight. */
    private static final int MESSAGES = 1024;

    private final ReplicatedClient client;
    private final MemberReader reader;
    private final InFlight inFlight;
    private final Completions completions;
    private final int batch;
    private final int[] slots;
    private final UnsafeBuffer found;
    private int encoded;
    private int answered;

    /**
     * @param reader for local reads, or null to read through the log.
     * @param completions told of every end; {@code inFlight} or what stands before it.
     */
    ClusterSession(
            final ReplicatedClientContext context,
            final MemberReader reader,
            final int valueLength,
            final int batch,
            final InFlight inFlight,
            final Completions completions) {
        this.completions = completions;
        this.reader = reader;
        this.inFlight = inFlight;
        this.batch = batch;
        slots = new int[MESSAGES * batch];
        found = new UnsafeBuffer(ByteBuffer.allocateDirect(valueLength));
        client =
                ReplicatedClient.connect(
                        context.resultListener(
                                (message, index, status, version, counter, position) ->
                                        onResult(message, index, status)));
    }

    private void onResult(final long message, final int index, final int status) {
        answered++;
        completions.complete(
                slots[place(message) + index], status == Status.OK ? Outcome.OK : Outcome.FAILED);
    }

    private int place(final long message) {
        return (int) (message % MESSAGES) * batch;
    }

    @Override
    public boolean offer(final Operation operation, final int slot) {
        if (!operation.kind().isWrite()) {
            completions.complete(slot, get(operation));
            return true;
        }
        if (encode(operation) || send() && encode(operation)) {
            slots[place(client.nextMessage()) + encoded++] = slot;
            if (encoded == batch || inFlight.size() == 1) {
                send();
            }
            return true;
        }
        return false;
    }

    private boolean encode(final Operation operation) {
        final CommandEncoder commands = client.commands();
        final UnsafeBuffer key = operation.key();
        final UnsafeBuffer value = operation.value();
        return commands != null
                && commands.put(
                                PutMode.ALWAYS,
                                key,
                                0,
                                key.capacity(),
                                value,
                                0,
                                value.capacity(),
                                operation.ttlMs(),
                                operation.ttlMs() != 0,
                                0)
                        >= 0;
    }

    private boolean send() {
        if (encoded == 0) {
            return false;
        }
        encoded = 0;
        return client.send() > 0;
    }

    private int get(final Operation operation) {
        final UnsafeBuffer key = operation.key();
        send();
        final int length =
                reader == null
                        ? client.get(key, 0, key.capacity(), found, 0, found.capacity())
                        : reader.get(key, 0, key.capacity(), found, 0, found.capacity());
        if (length == Status.NOT_FOUND) {
            return Outcome.MISS;
        }
        if (length < 0) {
            return Outcome.FAILED;
        }
        return operation.isAnsweredBy(found, 0, length) ? Outcome.OK : Outcome.WRONG;
    }

    @Override
    public int poll() {
        send();
        answered = 0;
        client.poll();
        return answered;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(client, reader);
    }
}
