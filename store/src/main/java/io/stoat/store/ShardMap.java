package io.stoat.store;

import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Immutable routing table: which shard a key's hash belongs to, and, of a replicated store, which
 * group a shard belongs to and who leads it. Replaced as a whole, by one atomic swap; any thread
 * may hold and use one.
 *
 * <p>The shard is chosen by the high 32 bits of the hash (multiply and shift, so that any shard
 * count is spread evenly without a division); Chronicle Map picks the segment inside a shard by the
 * low bits. A shard's group is its index modulo the number of groups, as in {@link
 * Store#newWriter}.
 */
public final class ShardMap {
    /** Leader of a group that has none, or is not known. */
    public static final int NO_LEADER = -1;

    private final int shardCount;
    private final long generation;
    private final int[] leaders;

    /**
     * @param shardCount number of shards, 1 or more.
     * @param generation of the data directory that this map describes.
     */
    public ShardMap(final int shardCount, final long generation) {
        this(shardCount, generation, new int[] {NO_LEADER});
    }

    private ShardMap(final int shardCount, final long generation, final int[] leaders) {
        if (shardCount < 1) {
            throw new IllegalArgumentException("shardCount must be 1 or more: " + shardCount);
        }
        this.shardCount = shardCount;
        this.generation = generation;
        this.leaders = leaders;
    }

    /**
     * A map of shards that are spread over groups whose leaders are not known yet.
     *
     * @param shardCount number of shards, 1 or more.
     * @param groups number of groups, 1 to {@code shardCount}: each has a shard at least.
     * @return the map, of generation 0.
     */
    public static ShardMap ofGroups(final int shardCount, final int groups) {
        if (groups < 1 || groups > shardCount) {
            throw new IllegalArgumentException(
                    "groups must be 1 to the number of shards: groups="
                            + groups
                            + " shardCount="
                            + shardCount);
        }
        final int[] leaders = new int[groups];
        Arrays.fill(leaders, NO_LEADER);
        return new ShardMap(shardCount, 0, leaders);
    }

    /**
     * The map that follows when a group has another leader.
     *
     * @param group index.
     * @param leader of the group, or {@link #NO_LEADER}.
     * @return a map of the next generation; this one when nothing changes.
     */
    public ShardMap withLeader(final int group, final int leader) {
        if (leaders[group] == leader) {
            return this;
        }
        final int[] next = leaders.clone();
        next[group] = leader;
        return new ShardMap(shardCount, generation + 1, next);
    }

    /**
     * @return number of groups, 1 without replication.
     */
    public int groups() {
        return leaders.length;
    }

    /**
     * @param shard index.
     * @return group that the shard belongs to.
     */
    public int groupOf(final int shard) {
        return shard % leaders.length;
    }

    /**
     * The group of a key.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return index of the group.
     */
    public int groupOf(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return leaders.length == 1 ? 0 : groupOf(shardOf(key, keyOffset, keyLength));
    }

    /**
     * @param group index.
     * @return member that leads the group, or {@link #NO_LEADER}.
     */
    public int leader(final int group) {
        return leaders[group];
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
