package io.stoat.store;

/**
 * Where the segments of all shards lie, so that a hash leads to its segment's sequence and first
 * tier by one load: what a look-up waits for is a chain of loads, each of which needs what the one
 * before it found, and the objects of shard and finder are four of them. All shards have tiers of
 * one shape, except while the store grows; then each is asked itself. Addresses stay good when a
 * file grows, since the mapping that they were taken from stays. One thread an instance; a store
 * whose shards were replaced needs another one.
 */
final class SegmentTable {
    private static final int NUMBERS = 2;

    private final ShardMap shardMap;
    private final EntryFinder[] finders;
    private final long[] segments;
    private final int segmentBits;
    private final int segmentMask;

    /** The first shard's; if shards are alike it looks into the first tiers of all of them. */
    private final EntryFinder finder;

    private final boolean alike;

    SegmentTable(final ShardMap shardMap, final ShardReader[] shards) {
        this.shardMap = shardMap;
        finders = new EntryFinder[shards.length];
        int most = 0;
        boolean same = true;
        for (int i = 0; i < shards.length; i++) {
            finders[i] = shards[i].finder();
            most = Math.max(most, shards[i].segments());
            same &= shards[i].layout().hasTiersLike(shards[0].layout());
        }
        alike = same;
        finder = finders[0];
        segmentBits = Integer.numberOfTrailingZeros(most);
        segmentMask = most - 1;
        segments = new long[NUMBERS * shards.length << segmentBits];
        for (int i = 0; i < segments.length / NUMBERS; i++) {
            final ShardReader shard = shards[i >>> segmentBits];
            final int segment = i & segmentMask & shard.segments() - 1;
            segments[NUMBERS * i] = shard.sequenceAddressOf(segment);
            segments[NUMBERS * i + 1] = shard.finder().firstTier(segment);
        }
    }

    /** Which segment a hash belongs to, for the other methods. */
    int indexOf(final long hash) {
        return (shardMap.shardOf(hash) << segmentBits | (int) hash & segmentMask) * NUMBERS;
    }

    /** Address of a segment's sequence. */
    long sequenceAddress(final int index) {
        return segments[index];
    }

    /**
     * Finds the key.
     *
     * @param index of the hash's segment.
     * @return as {@link EntryFinder#locate} does.
     */
    long locate(
            final int index,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash) {
        if (alike) {
            final long value =
                    finder.locateInTier(segments[index + 1], keyBase, keyAddress, keyLength, hash);
            if (value != EntryFinder.ABSENT) {
                return value;
            }
        }
        return locateInShard(index, keyBase, keyAddress, keyLength, hash);
    }

    private long locateInShard(
            final int index,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash) {
        final EntryFinder own = finders[index / NUMBERS >>> segmentBits];
        final long value =
                alike
                        ? own.locateInExtraTiers(keyBase, keyAddress, keyLength, hash)
                        : own.locate(keyBase, keyAddress, keyLength, hash);
        finder.valueLength(own.valueLength());
        return value;
    }

    /** Length of header and payload of the value that was located last, bytes. */
    int valueLength() {
        return finder.valueLength();
    }
}
