package io.stoat.store;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * How big one shard's map is made: from the store's entries, with room for uneven spread over
 * shards and segments, and so that the longest entry fits into any segment.
 */
record ShardSizing(
        long capacityEntries,
        long mapEntries,
        int segments,
        int chunkSize,
        int chunksPerEntry,
        long chunksOfLongest,
        int keyLength,
        int valueLength) {
    private static final long TARGET_ENTRIES_PER_SEGMENT = 4096;
    private static final int MAX_SEGMENTS = 4096;
    private static final int SIGMAS = 6;

    /** One segment in 100,000 is fuller, and gets an extra tier. */
    private static final double TIER_SIGMAS = 4.3;

    private static final int ALIGNMENT = 8;

    /** More than any disk has, and still a long when multiplied by the number of shards. */
    private static final double MOST_BYTES = 1L << 52;

    static ShardSizing of(final StoreContext context) {
        final double mean = (double) context.entries() / context.shardCount();
        final long capacity =
                context.shardCount() == 1
                        ? context.entries()
                        : (long) Math.ceil(mean + SIGMAS * Math.sqrt(mean));
        final int keyLength = context.averageKeyLength();
        final int valueLength = ValueDescriptor.HEADER_LENGTH + context.averageValueLength();
        final long entryLength = entryLength(keyLength, valueLength);
        final long longest =
                entryLength(
                        StoreContext.MAX_KEY_LENGTH,
                        ValueDescriptor.HEADER_LENGTH + context.maxValueLength());
        final int segments =
                context.segmentsPerShard() == StoreContext.UNSET
                        ? segmentsFor(capacity)
                        : context.segmentsPerShard();
        // a segment's space must take the longest entry, twice over: an update may need the old and
        // the new
        final long leastPerSegment = 2 * longest / entryLength + 2;
        final int chunkSize = chunkSizeFor(entryLength);
        // lengths that vary end in the middle of a chunk
        final int varying = context.averageValueLength() < context.maxValueLength() ? chunkSize : 0;
        return new ShardSizing(
                capacity,
                Math.max(capacity, segments * leastPerSegment),
                segments,
                chunkSize,
                (int) chunks(storedLength(keyLength, valueLength) + varying, chunkSize),
                chunks(2 * longest, chunkSize),
                keyLength,
                valueLength);
    }

    /**
     * A larger shard for the same entries.
     *
     * @param old control file of the present shard.
     * @param entries of the whole store.
     * @param shardCount of the store.
     */
    static ShardSizing grown(final ControlFile old, final long entries, final int shardCount) {
        final double mean = (double) entries / shardCount;
        final long capacity =
                shardCount == 1 ? entries : (long) Math.ceil(mean + SIGMAS * Math.sqrt(mean));
        final long entryLength =
                old.get(ControlDescriptor.CAPACITY_BYTES_OFFSET)
                        / old.get(ControlDescriptor.CAPACITY_ENTRIES_OFFSET);
        // only the sum of both matters; a key of 16 where that leaves room for a value
        final int valueLength = (int) Math.max(ValueDescriptor.HEADER_LENGTH, entryLength - 30);
        final int keyLength = (int) Math.max(1, entryLength - 14 - valueLength);
        final long longest =
                entryLength(
                        StoreContext.MAX_KEY_LENGTH,
                        ValueDescriptor.HEADER_LENGTH
                                + old.get(ControlDescriptor.MAX_VALUE_LENGTH_OFFSET));
        final int segments = (int) Math.max(old.layout().segments(), segmentsFor(capacity));
        final int chunkSize = (int) old.layout().chunkSize();
        return new ShardSizing(
                capacity,
                Math.max(capacity, segments * (2 * longest / entryLength + 2)),
                segments,
                chunkSize,
                // the upper estimate: what lengths the entries really have is not known here
                (int) chunks(entryLength, chunkSize),
                chunks(2 * longest, chunkSize),
                keyLength,
                valueLength);
    }

    private static int segmentsFor(final long capacity) {
        final long wanted = Math.max(1, capacity / TARGET_ENTRIES_PER_SEGMENT);
        final long least = Math.min(16, Long.highestOneBit(Math.max(1, capacity / 64)));
        return (int)
                Math.min(MAX_SEGMENTS, Math.max(Math.max(1, least), Long.highestOneBit(wanted)));
    }

    private static int chunkSizeFor(final long entryLength) {
        return (int) Math.min(1024, Math.max(ALIGNMENT, Long.highestOneBit(entryLength / 32)));
    }

    /** What an entry takes, wherever it lies; the value with its header. */
    static long entryLength(final long keyLength, final long valueLength) {
        return (keyLength + 2 + valueLength + 4 + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** What an entry takes exactly, up to its last chunk. */
    private static long storedLength(final long keyLength, final long valueLength) {
        final long head = stopBitLength(keyLength) + keyLength + stopBitLength(valueLength);
        return (head + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + valueLength;
    }

    private static int stopBitLength(final long number) {
        return Math.max(1, (64 - Long.numberOfLeadingZeros(number) + 6) / 7);
    }

    private static long chunks(final long length, final int chunkSize) {
        return (length + chunkSize - 1) / chunkSize;
    }

    /** Entries that a segment has room for before it needs an extra tier. */
    private long entriesPerTier() {
        final double mean = (double) mapEntries / segments;
        return segments == 1
                ? mapEntries
                : (long) Math.ceil(mean + TIER_SIGMAS * Math.sqrt(mean)) + 2;
    }

    /** What the configured entries take when they have the expected lengths, bytes. */
    long capacityBytes() {
        return capacityEntries * entryLength(keyLength, valueLength);
    }

    /** What the shard will take on disk, bytes: an estimate that errs upwards. */
    long estimatedBytes() {
        final long perEntry = entryLength(keyLength, valueLength) + chunkSize + 16;
        final double mean = (double) mapEntries / segments;
        final double perSegment = mean + 5 * Math.sqrt(mean) + 1;
        return (long) Math.min(MOST_BYTES, perSegment * segments * perEntry)
                + 64L * 1024
                + 256L * segments;
    }

    /** The one builder of shard maps, for creating, opening and recovering alike. */
    ChronicleMapBuilder<NativeBytes, NativeBytes> builder() {
        final NativeBytesAccess keyAccess = new NativeBytesAccess();
        final NativeBytesAccess valueAccess = new NativeBytesAccess();
        return ChronicleMap.of(NativeBytes.class, NativeBytes.class)
                .keyReaderAndDataAccess(keyAccess, keyAccess)
                .valueReaderAndDataAccess(valueAccess, valueAccess)
                .averageKeySize(keyLength)
                .averageValueSize(valueLength)
                .entries(mapEntries)
                .actualSegments(segments)
                .actualChunkSize(chunkSize)
                .entriesPerSegment(entriesPerTier())
                .actualChunksPerSegmentTier(
                        Math.max(entriesPerTier() * chunksPerEntry, chunksOfLongest))
                .entryAndValueOffsetAlignment(ALIGNMENT)
                .checksumEntries(false)
                .putReturnsNull(true)
                .removeReturnsNull(true)
                .skipCloseOnExitHook(true);
    }
}
