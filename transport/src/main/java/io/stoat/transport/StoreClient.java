package io.stoat.transport;

import io.stoat.store.CommandDecoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Synchronous client of a node, over IPC or UDP. One request at a time, on one thread: the first
 * that calls it; another one gets an {@link IllegalStateException}. No request allocates, and none
 * waits for others to share its message. Results are {@link Status} codes, or {@link
 * TransportStatus} codes when no answer came; a command that timed out or whose connection was lost
 * may or may not have been applied. A client that has lost its node reconnects when it is used.
 */
public final class StoreClient implements AutoCloseable {
    /** Version of the protocol that this client speaks. */
    public static final int PROTOCOL_VERSION = 2;

    private final ThreadOwner owner = new ThreadOwner("StoreClient");
    private final CommandDecoder decoder = new CommandDecoder();
    private final Connection connection;
    private final SyncCall call;
    private long counter;
    private boolean closed;

    private StoreClient(final ClientContext context, final Connection connection) {
        this.connection = connection;
        call = new SyncCall(context, connection);
    }

    /**
     * Connects to a node.
     *
     * @param context settings; concluded here.
     * @return the client.
     * @throws TransportException when no node answers in time: names where it was looked for, and
     *     the mend.
     */
    public static StoreClient connect(final ClientContext context) {
        return new StoreClient(context, ConnectionOpener.open(context.conclude()));
    }

    /**
     * Reads a value.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link StoreContext#MAX_KEY_LENGTH}.
     * @param dst destination.
     * @param dstOffset in the destination.
     * @param maxLength room in the destination, bytes.
     * @return length of the value, or a negative status.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        final int refusal = begin(keyLength);
        if (refusal != Status.OK) {
            return refusal;
        }
        dst.boundsCheck(dstOffset, maxLength);
        call.into(dst, dstOffset, maxLength);
        int status;
        do {
            final Lane lane = connection.readLane();
            status = call.await(lane, lane.get(key, keyOffset, keyLength));
        } while (call.isToBeSentAgain(status));
        return status == Status.OK ? call.valueResult() : status;
    }

    /**
     * Writes a value whether or not the key is there.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link StoreContext#MAX_KEY_LENGTH}.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes, up to the store's maximum.
     * @param ttlMs time to live from when the node applies it, ms; 0 for ever.
     * @return a status; {@link #version()} tells the version.
     */
    public int put(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs) {
        return put(
                PutMode.ALWAYS,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                ttlMs,
                0);
    }

    /**
     * Writes a value if no live entry has the key. Parameters as {@link #put}.
     *
     * @return a status, such as {@link Status#ALREADY_EXISTS}.
     */
    public int putIfAbsent(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs) {
        return put(
                PutMode.IF_ABSENT,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                ttlMs,
                0);
    }

    /**
     * Compare and set. Parameters as {@link #put}.
     *
     * @param expectedVersion that the entry must have.
     * @return a status, such as {@link Status#VERSION_MISMATCH} with the found {@link #version()},
     *     or {@link Status#NOT_FOUND}.
     */
    public int putIfVersion(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs,
            final long expectedVersion) {
        return put(
                PutMode.IF_VERSION,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                ttlMs,
                expectedVersion);
    }

    private int put(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs,
            final long expectedVersion) {
        final int refusal = begin(keyLength);
        if (refusal != Status.OK) {
            return refusal;
        }
        if (valueLength > connection.maxValueLength()) {
            return Status.VALUE_TOO_LONG;
        }
        if (ttlMs < 0) {
            throw new IllegalArgumentException("ttlMs=" + ttlMs + " is negative");
        }
        int status;
        do {
            final Lane lane = connection.writeLane(key, keyOffset, keyLength);
            status =
                    call.await(
                            lane,
                            lane.put(
                                    mode,
                                    key,
                                    keyOffset,
                                    keyLength,
                                    value,
                                    valueOffset,
                                    valueLength,
                                    ttlMs,
                                    expectedVersion));
        } while (call.isToBeSentAgain(status));
        return status;
    }

    /**
     * Removes an entry.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return a status; {@link #version()} tells the version removed.
     */
    public int remove(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return remove(PutMode.ALWAYS, key, keyOffset, keyLength, 0);
    }

    /**
     * Removes an entry if it has the expected version. Parameters as {@link #remove(DirectBuffer,
     * int, int)}.
     *
     * @param expectedVersion that the entry must have.
     * @return a status.
     */
    public int removeIfVersion(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        return remove(PutMode.IF_VERSION, key, keyOffset, keyLength, expectedVersion);
    }

    private int remove(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        final int refusal = begin(keyLength);
        if (refusal != Status.OK) {
            return refusal;
        }
        int status;
        do {
            final Lane lane = connection.writeLane(key, keyOffset, keyLength);
            status =
                    call.await(lane, lane.remove(mode, key, keyOffset, keyLength, expectedVersion));
        } while (call.isToBeSentAgain(status));
        return status;
    }

    /**
     * Adds to a 64-bit counter; a key that is not there counts from zero.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param delta to add, may be negative.
     * @return {@link Status#OK} with {@link #counter()}, or a status such as {@link
     *     Status#NOT_A_COUNTER} or {@link Status#OVERFLOW}.
     */
    public int add(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        final int refusal = begin(keyLength);
        if (refusal != Status.OK) {
            return refusal;
        }
        int status;
        do {
            final Lane lane = connection.writeLane(key, keyOffset, keyLength);
            status = call.await(lane, lane.add(key, keyOffset, keyLength, delta));
        } while (call.isToBeSentAgain(status));
        if (status == Status.OK) {
            counter = call.operand();
        }
        return status;
    }

    /**
     * Gives a live entry a new time to live; its value stays, its version is new.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param ttlMs time to live from when the node applies it, ms; 0 for ever.
     * @return a status.
     */
    public int touch(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long ttlMs) {
        final int refusal = begin(keyLength);
        if (refusal != Status.OK) {
            return refusal;
        }
        if (ttlMs < 0) {
            throw new IllegalArgumentException("ttlMs=" + ttlMs + " is negative");
        }
        int status;
        do {
            final Lane lane = connection.writeLane(key, keyOffset, keyLength);
            status = call.await(lane, lane.touch(key, keyOffset, keyLength, ttlMs));
        } while (call.isToBeSentAgain(status));
        return status;
    }

    /**
     * @return what the counter of the last successful {@link #add} counts.
     */
    public long counter() {
        return counter;
    }

    /**
     * Sends an encoded command, for example an atomic batch, as {@link
     * io.stoat.store.CommandEncoder} writes it.
     *
     * @param command buffer that holds it.
     * @param offset of the command.
     * @param length of the command, bytes.
     * @return a status; {@link #version()} tells the version.
     */
    public int apply(final DirectBuffer command, final int offset, final int length) {
        final int refusal = begin(1);
        if (refusal != Status.OK) {
            return refusal;
        }
        int status = decoder.wrap(command, offset, length);
        if (status != Status.OK) {
            return status;
        }
        final int shard = decoder.shard(connection.shardMap());
        if (shard < 0) {
            return Status.MALFORMED;
        }
        do {
            final Lane lane = connection.writeLane(shard);
            status = call.await(lane, lane.command(command, offset, length));
        } while (call.isToBeSentAgain(status));
        return status;
    }

    /**
     * Makes a read of several keys in one message.
     *
     * @param maxKeys most keys in one read.
     * @param maxTotalBytes room for all values together, bytes.
     * @return the reusable read; it belongs to this client and its thread.
     */
    public MultiGet newMultiGet(final int maxKeys, final int maxTotalBytes) {
        return new MultiGet(this, maxKeys, maxTotalBytes);
    }

    private int begin(final int keyLength) {
        owner.check();
        if (closed) {
            return Status.CLOSED;
        }
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        return call.begin();
    }

    int beginMultiGet() {
        return begin(1);
    }

    Connection connection() {
        return connection;
    }

    SyncCall call() {
        return call;
    }

    /** The next thread that calls it owns it: for a facade that locks. */
    void releaseOwner() {
        owner.release();
    }

    /**
     * @return version written, removed or found by the last request; 0 when there was none.
     */
    public long version() {
        return call.version();
    }

    /**
     * @return expiry of the entry that the last {@link #get} found, ms since the epoch, or 0.
     */
    public long expiresAtMs() {
        return call.operand();
    }

    /**
     * @return longest value that the store takes, bytes.
     */
    public int maxValueLength() {
        return connection.maxValueLength();
    }

    /** Ends the session and, if it has one, the embedded media driver. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            connection.close();
        }
    }
}
