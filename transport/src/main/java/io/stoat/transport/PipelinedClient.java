package io.stoat.transport;

import io.stoat.store.CommandDecoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import org.agrona.DirectBuffer;

/**
 * Client of a node, over IPC or UDP, that has many requests in flight: an offer returns at once,
 * and {@link #poll} tells how requests ended. Requests are gathered in messages until there are
 * {@link ClientContext#batchCommands} of them, or the next poll. No request allocates.
 *
 * <p>An offer returns a correlation id, which is positive, or a negative status, with which nothing
 * was sent and no completion will come: {@link TransportStatus#BACK_PRESSURED} (poll, then try
 * again), {@link TransportStatus#NOT_CONNECTED} (polling reconnects), or what is wrong with the
 * request. Requests to one agent end in the order in which they were offered; a get and a command
 * are requests to different agents, so a get does not wait for commands offered before it.
 *
 * <p>When the connection is lost, every request in flight ends: reads and what was not sent yet as
 * {@link TransportStatus#NOT_CONNECTED}, commands that were sent as {@link
 * TransportStatus#OUTCOME_UNKNOWN}. A command for an agent that does not own its shard any more
 * ends as {@link TransportStatus#MOVED}, with the newer map learnt: offer it again, which only the
 * application can do in the right order with later commands of the same key. One thread: the first
 * that uses it; another one gets an {@link IllegalStateException}.
 */
public final class PipelinedClient implements AutoCloseable {
    private final ThreadOwner owner = new ThreadOwner("PipelinedClient");
    private final CommandDecoder decoder = new CommandDecoder();
    private final Connection connection;
    private boolean closed;

    private PipelinedClient(final Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects to a node.
     *
     * @param context settings; concluded here.
     * @return the client.
     * @throws TransportException when no node answers in time, or it refuses: names where it was
     *     looked for, and the mend.
     */
    public static PipelinedClient connect(final ClientContext context) {
        return new PipelinedClient(ConnectionOpener.open(context.conclude()));
    }

    private int begin() {
        owner.check();
        if (closed) {
            return Status.CLOSED;
        }
        return connection.isOpen() ? Status.OK : TransportStatus.NOT_CONNECTED;
    }

    /**
     * Asks for a value.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link io.stoat.store.StoreContext#MAX_KEY_LENGTH}.
     * @return correlation id, or a negative status.
     */
    public long offerGet(final DirectBuffer key, final int keyOffset, final int keyLength) {
        final int refusal = begin();
        return refusal != Status.OK
                ? refusal
                : connection.readLane().get(key, keyOffset, keyLength);
    }

    /**
     * Writes a value.
     *
     * @param mode one of {@link PutMode}.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes, up to the store's maximum.
     * @param ttlMs time to live from when the node applies it, ms; 0 for ever.
     * @param expectedVersion with {@link PutMode#IF_VERSION}, that the entry must have.
     * @return correlation id, or a negative status.
     */
    public long offerPut(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs,
            final long expectedVersion) {
        final int refusal = begin();
        if (refusal != Status.OK) {
            return refusal;
        }
        requireTtl(ttlMs);
        if (valueLength > connection.maxValueLength()) {
            return Status.VALUE_TOO_LONG;
        }
        return connection
                .writeLane(key, keyOffset, keyLength)
                .put(
                        mode,
                        key,
                        keyOffset,
                        keyLength,
                        value,
                        valueOffset,
                        valueLength,
                        ttlMs,
                        expectedVersion);
    }

    /**
     * Removes an entry.
     *
     * @param mode {@link PutMode#ALWAYS}, or {@link PutMode#IF_VERSION} for one version alone.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param expectedVersion with {@link PutMode#IF_VERSION}, that the entry must have.
     * @return correlation id, or a negative status.
     */
    public long offerRemove(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        final int refusal = begin();
        return refusal != Status.OK
                ? refusal
                : connection
                        .writeLane(key, keyOffset, keyLength)
                        .remove(mode, key, keyOffset, keyLength, expectedVersion);
    }

    /**
     * Adds to a 64-bit counter; a key that is not there counts from zero.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param delta to add, may be negative.
     * @return correlation id, or a negative status; the completion's operand is the sum.
     */
    public long offerAdd(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        final int refusal = begin();
        return refusal != Status.OK
                ? refusal
                : connection
                        .writeLane(key, keyOffset, keyLength)
                        .add(key, keyOffset, keyLength, delta);
    }

    /**
     * Gives a live entry a new time to live.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param ttlMs time to live from when the node applies it, ms; 0 for ever.
     * @return correlation id, or a negative status.
     */
    public long offerTouch(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long ttlMs) {
        final int refusal = begin();
        if (refusal != Status.OK) {
            return refusal;
        }
        requireTtl(ttlMs);
        return connection
                .writeLane(key, keyOffset, keyLength)
                .touch(key, keyOffset, keyLength, ttlMs);
    }

    /**
     * Sends an encoded command, for example an atomic batch, as {@link
     * io.stoat.store.CommandEncoder} writes it.
     *
     * @param command buffer that holds it.
     * @param offset of the command.
     * @param length of the command, bytes.
     * @return correlation id, or a negative status.
     */
    public long offerCommand(final DirectBuffer command, final int offset, final int length) {
        final int refusal = begin();
        if (refusal != Status.OK) {
            return refusal;
        }
        final int status = decoder.wrap(command, offset, length);
        if (status != Status.OK) {
            return status;
        }
        final int shard = decoder.shard(connection.shardMap());
        return shard < 0
                ? Status.MALFORMED
                : connection.writeLane(shard).command(command, offset, length);
    }

    private static void requireTtl(final long ttlMs) {
        if (ttlMs < 0) {
            throw new IllegalArgumentException("ttlMs=" + ttlMs + " is negative");
        }
    }

    /**
     * Sends what was gathered, without waiting for more.
     *
     * @return {@link Status#OK}, or the status that keeps some of it back; the next poll tries
     *     again.
     */
    public int flush() {
        final int refusal = begin();
        return refusal != Status.OK ? refusal : connection.flush();
    }

    /**
     * Takes answers, sends what was gathered, ends what is overdue, and reconnects when the
     * connection is lost. Never blocks for longer than it takes to set a connection up again on
     * this host (some milliseconds). To be called again and again.
     *
     * @param handler is told how requests ended.
     * @return work done, for an idle strategy; 0 for none.
     */
    public int poll(final CompletionHandler handler) {
        owner.check();
        return closed ? 0 : connection.poll(handler);
    }

    /**
     * @return requests that were offered and have not ended.
     */
    public int inFlight() {
        return connection.inFlight();
    }

    /**
     * @return whether requests can be sent at the moment.
     */
    public boolean isConnected() {
        return !closed && connection.isOpen();
    }

    /**
     * @return longest value that the store takes, bytes.
     */
    public int maxValueLength() {
        return connection.maxValueLength();
    }

    Connection connection() {
        return connection;
    }

    /**
     * Ends the session and, if it has one, the embedded media driver. Requests in flight end
     * without a completion: poll until {@link #inFlight()} is 0 before.
     */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            connection.close();
        }
    }
}
