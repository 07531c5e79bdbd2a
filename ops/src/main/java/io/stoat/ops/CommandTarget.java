package io.stoat.ops;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What the commands put, get, remove, add, touch and load talk to: a node, or a cluster. Keys and
 * values fill their buffers. Statuses are those of {@link io.stoat.store.Status}, of the node's
 * transport or of the cluster; {@link #failure} says what they mean.
 */
interface CommandTarget extends AutoCloseable {
    /**
     * Writes a value.
     *
     * @param mode one of {@link io.stoat.store.PutMode}.
     * @param ttlMs time to live, ms; 0 for ever.
     * @param expectedVersion for {@link io.stoat.store.PutMode#IF_VERSION}.
     */
    int put(int mode, DirectBuffer key, DirectBuffer value, long ttlMs, long expectedVersion);

    /** Reads a value: its length, or a status. */
    int get(DirectBuffer key, MutableDirectBuffer dst, int maxLength);

    /** Removes an entry; of one version, unless that is 0. */
    int remove(DirectBuffer key, long expectedVersion);

    int add(DirectBuffer key, long delta);

    int touch(DirectBuffer key, long ttlMs);

    /** What the status of the last call means to a person; null when all is well. */
    CommandFailure failure(int status, String key);

    /** Version that the last call wrote, removed or found. */
    long version();

    /** Sum of the last addition. */
    long counter();

    @Override
    void close();
}
