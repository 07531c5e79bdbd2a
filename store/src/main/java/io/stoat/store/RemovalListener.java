package io.stoat.store;

import org.agrona.DirectBuffer;

/**
 * Is told by a {@link StoreWriter} of entries that went without a command of their own. Called on
 * the writer's thread, after the entry is gone and before the next change of the shard; the buffer
 * is valid during the call. It must neither throw nor use the writer.
 */
@FunctionalInterface
public interface RemovalListener {
    /**
     * An entry is gone.
     *
     * @param shard that it was in.
     * @param evicted true when it had to make room, false when it had expired.
     * @param position that the shard had applied by then: the entry went after the change with this
     *     version and before the next.
     * @param version of the entry.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     */
    void onRemoved(
            int shard,
            boolean evicted,
            long position,
            long version,
            DirectBuffer key,
            int keyOffset,
            int keyLength);
}
