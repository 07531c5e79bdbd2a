package io.stoat.store;

import org.agrona.concurrent.UnsafeBuffer;

/** Tells a listener what a shard has removed by itself. Owner's thread. */
final class ShardRemovals {
    private final int shard;
    private final RemovalListener listener;
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);

    ShardRemovals(final int shard, final RemovalListener listener) {
        this.shard = shard;
        this.listener = listener;
    }

    void tell(
            final boolean evicted,
            final long position,
            final long version,
            final long keyAddress,
            final int keyLength) {
        key.wrap(keyAddress, keyLength);
        listener.onRemoved(shard, evicted, position, version, key, 0, keyLength);
    }
}
