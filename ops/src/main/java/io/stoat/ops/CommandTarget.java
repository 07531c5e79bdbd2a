package io.stoat.ops;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What the commands put, get, remove, add, touch and load talk to: a node, or a cluster. Keys and
 * values fill their buffers. Statuses are those of {@link io.stoat.store.Status}, of the node's
 * transport or of the cluster; {@link #failure} says what they mean.
 */
interface CommandTarget extends AutoCloseable {
    /** An expiry that is not known. */
    long NOT_TOLD = -1;

    /**
     * Writes a value.
     *
     * @param mode one of {@link io.stoat.store.PutMode}.
     * @param ttlMs time to live, ms; 0 for ever.
     * @param expectedVersion for {@link io.stoat.store.PutMode#IF_VERSION}.
     */
    int put(int mode, DirectBuffer key, DirectBuffer value, long ttlMs, long expectedVersion);

    /** Told, by the calling thread, of the outcome of each put of many, exactly once a row. */
    @FunctionalInterface
    interface RowListener {
        void onOutcome(long row, DirectBuffer key, int status);
    }

    /**
     * Writes a value as one of many: a cluster takes it in a message with others, several of them
     * in flight. Waits while too much is in flight. Puts of one key are applied in their order.
     *
     * @param row names the put to the listener.
     * @param key that must not change before the outcome; the value may.
     * @param ttlMs time to live, ms; 0 for ever.
     * @param listener told of the outcome, in this call or in a later one of any put or of {@link
     *     #drain}.
     */
    void putRow(long row, DirectBuffer key, DirectBuffer value, long ttlMs, RowListener listener);

    /** Sends what is held back and waits until every row has its outcome. */
    void drain();

    /** Reads a value: its length, or a status. */
    int get(DirectBuffer key, MutableDirectBuffer dst, int maxLength);

    /**
     * Removes an entry.
     *
     * @param mode {@link io.stoat.store.PutMode#ALWAYS} or {@link
     *     io.stoat.store.PutMode#IF_VERSION}.
     * @param expectedVersion for {@link io.stoat.store.PutMode#IF_VERSION}.
     */
    int remove(int mode, DirectBuffer key, long expectedVersion);

    int add(DirectBuffer key, long delta);

    int touch(DirectBuffer key, long ttlMs);

    /** What the status of the last call means to a person; null when all is well. */
    CommandFailure failure(int status, String key);

    /** Whether a status says that a command may have been applied, or not. */
    boolean isUnknown(int status);

    /** Version that the last call wrote, removed or found. */
    long version();

    /**
     * Expiry of the entry that the last get found, ms since the epoch; 0 when it has none, {@link
     * #NOT_TOLD} when the target does not say.
     */
    long expiresAtMs();

    /** Sum of the last addition. */
    long counter();

    @Override
    void close();
}
