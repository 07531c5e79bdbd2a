package io.stoat.store;

import org.agrona.DirectBuffer;

/**
 * Immutable routing table: which shard a key's hash belongs to. Replaced as a whole, by one atomic
 * swap; any thread may hold and use one.
 *
 * <p>The shard is chosen by the high 32 bits of the hash (multiply and shift, so that any shard
 * count is spread evenly without a division); Chronicle Map picks the segment inside a shard by the
 * low bits.
 */
public final class ShardMap {
    private final int shardCount;
    private final long generation;

    /**
     * @param shardCount number of shards, 1 or more.
     * @param generation of the data directory that this map describes.
     */
    public ShardMap(final int shardCount, final long generation) {
        if (shardCount < 1) {
            throw new IllegalArgumentException("shardCount must be 1 or more: " + shardCount);
        }
        this.shardCount = shardCount;
        this.generation = generation;
    }

    /**
     * @param hash XXH64 of the key with seed 0.
     * @return index of the owning shard, 0 to {@link #shardCount()} - 1.
     */
    public int shardOf(final long hash) {
        return (int) (((hash >>> 32) * shardCount) >>> 32);
    }

    /**
     * The shard of a key.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return index of the owning shard.
     */
    public int shardOf(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return shardOf(XxHash64.hash(key, keyOffset, keyLength));
    }

    /**
     * @return number of shards.
     */
    public int shardCount() {
        return shardCount;
    }

    /**
     * @return generation of the data directory; a larger one replaces this map.
     */
    public long generation() {
        return generation;
    }
}
