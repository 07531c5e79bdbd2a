package io.stoat.transport;

import io.aeron.Publication;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import io.stoat.transport.codec.AddEncoder;
import io.stoat.transport.codec.GetEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import io.stoat.transport.codec.PutEncoder;
import io.stoat.transport.codec.RemoveEncoder;
import io.stoat.transport.codec.TouchEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Synchronous client of a node, over IPC or UDP. One request at a time, on one thread: the first
 * that calls it; another one gets an {@link IllegalStateException}. No request allocates. Results
 * are {@link Status} codes, or {@link TransportStatus} codes when no answer came; a timed-out
 * command may or may not have been applied.
 */
public final class StoreClient implements AutoCloseable {
    /** Version of the protocol that this client speaks. */
    public static final int PROTOCOL_VERSION = 1;

    private static final int OVERHEAD = 256;

    private final Connection connection;
    private final long requestTimeoutNs;
    private final IdleStrategy idleStrategy;
    private final UnsafeBuffer request;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final GetEncoder get = new GetEncoder();
    private final PutEncoder put = new PutEncoder();
    private final RemoveEncoder remove = new RemoveEncoder();
    private final AddEncoder add = new AddEncoder();
    private final TouchEncoder touch = new TouchEncoder();
    private final UnsafeBuffer sum = new UnsafeBuffer(new byte[Long.BYTES]);
    private Thread owner;
    private boolean closed;

    private StoreClient(final ClientContext context, final Connection connection) {
        this.connection = connection;
        requestTimeoutNs = context.requestTimeoutNs();
        idleStrategy = context.idleStrategy();
        request =
                new UnsafeBuffer(
                        new byte
                                [OVERHEAD
                                        + StoreContext.MAX_KEY_LENGTH
                                        + connection.maxValueLength()]);
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
        context.conclude();
        return new StoreClient(context, Connection.open(context));
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
        connection.response().into(dst, dstOffset, maxLength);
        final long correlationId = connection.response().nextCorrelationId();
        get.wrapAndApplyHeader(request, 0, header)
                .correlationId(correlationId)
                .putKey(key, keyOffset, keyLength);
        final int status = call(get.limit());
        return status == Status.OK ? connection.response().valueResult() : status;
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
        final long correlationId = connection.response().nextCorrelationId();
        put.wrapAndApplyHeader(request, 0, header)
                .correlationId(correlationId)
                .ttlMs(ttlMs)
                .expectedVersion(expectedVersion)
                .mode(mode)
                .putKey(key, keyOffset, keyLength)
                .putValue(value, valueOffset, valueLength);
        return call(put.limit());
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
        final long correlationId = connection.response().nextCorrelationId();
        remove.wrapAndApplyHeader(request, 0, header)
                .correlationId(correlationId)
                .expectedVersion(expectedVersion)
                .mode(mode)
                .putKey(key, keyOffset, keyLength);
        return call(remove.limit());
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
        connection.response().into(sum, 0, Long.BYTES);
        final long correlationId = connection.response().nextCorrelationId();
        add.wrapAndApplyHeader(request, 0, header)
                .correlationId(correlationId)
                .delta(delta)
                .putKey(key, keyOffset, keyLength);
        return call(add.limit());
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
        final long correlationId = connection.response().nextCorrelationId();
        touch.wrapAndApplyHeader(request, 0, header)
                .correlationId(correlationId)
                .ttlMs(ttlMs)
                .putKey(key, keyOffset, keyLength);
        return call(touch.limit());
    }

    /**
     * @return what the counter of the last successful {@link #add} counts.
     */
    public long counter() {
        return sum.getLong(0, java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    private int begin(final int keyLength) {
        final Thread thread = Thread.currentThread();
        if (owner != thread) {
            if (owner != null) {
                throw new IllegalStateException(
                        "a StoreClient belongs to one thread: this one to "
                                + owner.getName()
                                + ", called by "
                                + thread.getName()
                                + "; connect one client a thread");
            }
            owner = thread;
        }
        if (closed) {
            return Status.CLOSED;
        }
        connection.response().clear();
        return keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH
                ? Status.KEY_LENGTH_INVALID
                : Status.OK;
    }

    private int call(final int length) {
        final long deadlineNs = System.nanoTime() + requestTimeoutNs;
        if (length > connection.publication().maxMessageLength()) {
            return TransportStatus.MALFORMED;
        }
        long position;
        while ((position = connection.publication().offer(request, 0, length)) < 0) {
            if (position != Publication.BACK_PRESSURED && position != Publication.ADMIN_ACTION) {
                return TransportStatus.NOT_CONNECTED;
            }
            if (System.nanoTime() - deadlineNs > 0) {
                return TransportStatus.BACK_PRESSURED;
            }
            idleStrategy.idle(connection.drive());
        }
        idleStrategy.reset();
        for (int spins = 0; ; spins++) {
            final int work = connection.poll();
            if (connection.response().isComplete()) {
                return connection.response().status();
            }
            // a look at the clock costs as much as a poll: not at every turn
            if ((spins & 15) == 15 && System.nanoTime() - deadlineNs > 0) {
                connection.response().abandon();
                return TransportStatus.TIMED_OUT;
            }
            idleStrategy.idle(work);
        }
    }

    /**
     * @return version written, removed or found by the last request; 0 when there was none.
     */
    public long version() {
        return connection.response().version();
    }

    /**
     * @return expiry of the entry that the last {@link #get} found, ms since the epoch, or 0.
     */
    public long expiresAtMs() {
        return connection.response().expiresAtMs();
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
