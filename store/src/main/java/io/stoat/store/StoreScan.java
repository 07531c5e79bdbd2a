package io.stoat.store;

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.UnsafeApi;

/**
 * Visits the entries of a store from the reader's side, without stopping the writer. Made by {@link
 * StoreReader#newScan()}; belongs to the reader and its thread; reusable.
 *
 * <p>Consistency: a segment (one of many parts of a shard) is copied whole and validated against
 * its sequence, so each segment is as of one moment, and every entry that is there throughout the
 * scan is visited exactly once. Different segments are as of different moments. A segment that
 * changes during every one of {@value #ATTEMPTS} copies is walked entry by entry instead: each
 * entry is still validated, but one may be visited twice, or missed if it moved meanwhile; {@link
 * #busySegments()} counts such segments, so that a caller can tell and scan again. Expired entries
 * are left out unless {@link #withExpired} asks for them.
 */
public final class StoreScan {
    private static final int ATTEMPTS = 200;
    private static final int RECORD_HEADER = 4 + 4 + 8 + 8 + 8;

    private final StoreReader reader;
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(64 * 1024);
    private final ScanEntry entry = new ScanEntry(buffer);
    private DirectBuffer prefix = new org.agrona.concurrent.UnsafeBuffer(new byte[0]);
    private int prefixOffset;
    private int prefixLength;
    private int end;
    private long busySegments;
    private boolean withExpired;

    StoreScan(final StoreReader reader) {
        this.reader = reader;
    }

    /**
     * Visits only keys that start with these bytes; the buffer is read during the scan.
     *
     * @param buffer that holds the prefix.
     * @param offset of the prefix.
     * @param length bytes, 0 for every key.
     * @return this.
     */
    public StoreScan prefix(final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        prefix = buffer;
        prefixOffset = offset;
        prefixLength = length;
        return this;
    }

    /**
     * Visits expired entries, too, as long as they are there.
     *
     * @param withExpired false at first.
     * @return this.
     */
    public StoreScan withExpired(final boolean withExpired) {
        this.withExpired = withExpired;
        return this;
    }

    /**
     * @return segments of the last scan that changed too often to be copied whole.
     */
    public long busySegments() {
        return busySegments;
    }

    /**
     * Visits the store's live entries, in no order that means anything.
     *
     * @param consumer of the entries.
     * @return {@link Status#OK} also when the consumer ended the scan, {@link Status#OWNER_GONE},
     *     {@link Status#CORRUPT} or {@link Status#CLOSED}.
     */
    public int forEach(final ScanConsumer consumer) {
        busySegments = 0;
        for (int shard = 0; shard < reader.shardMap().shardCount(); shard++) {
            final int status = forEachOfShard(shard, consumer);
            if (status != Status.OK) {
                return status == STOPPED ? Status.OK : status;
            }
        }
        return Status.OK;
    }

    /** Internal outcome: the consumer has seen enough. */
    private static final int STOPPED = 1;

    /** Internal outcome: the shard has grown, and its entries are in other files. */
    private static final int MOVED = 2;

    private int forEachOfShard(final int index, final ScanConsumer consumer) {
        if (reader.isClosed()) {
            return Status.CLOSED;
        }
        ShardReader shard = reader.shardAt(index);
        int segments = shard.segments();
        long[] visited = new long[segments + 63 >>> 6];
        for (int segment = 0; segment < segments; segment++) {
            if ((visited[segment >>> 6] >>> segment & 1) != 0) {
                continue;
            }
            final int status = copySegment(index, shard, segment);
            if (status == MOVED) {
                shard = reader.shardAt(index);
                visited = spread(visited, segments, shard.segments());
                segments = shard.segments();
                segment = -1;
                continue;
            }
            if (status != Status.OK) {
                return status;
            }
            visited[segment >>> 6] |= 1L << segment;
            if (!visit(consumer)) {
                return STOPPED;
            }
        }
        return Status.OK;
    }

    /** The entries of a segment of a shard that grew are in those that share its low bits. */
    private static long[] spread(final long[] visited, final int from, final int to) {
        final long[] spread = new long[to + 63 >>> 6];
        for (int segment = 0; segment < to; segment++) {
            final int before = segment & from - 1;
            spread[segment >>> 6] |= (visited[before >>> 6] >>> before & 1) << segment;
        }
        return spread;
    }

    private int copySegment(final int index, final ShardReader shard, final int segment) {
        final long sequenceAddress = shard.sequenceAddressOf(segment);
        for (int attempt = 0; attempt < ATTEMPTS || isChanging(sequenceAddress); attempt++) {
            final long sequence = ShardReader.sequence(sequenceAddress);
            if (!ShardReader.isOdd(sequence)) {
                final boolean sound = copyTiers(shard.finder(), segment, 0, 0);
                if (ShardReader.isUnchanged(sequenceAddress, sequence)) {
                    if (sound) {
                        return Status.OK;
                    }
                    if (!shard.follow()) {
                        return Status.CORRUPT;
                    }
                    continue;
                }
            }
            if (!reader.awaitChange(attempt)) {
                return Status.OWNER_GONE;
            }
            if (reader.shardAt(index) != shard) {
                return MOVED;
            }
        }
        copyTiers(shard.finder(), segment, sequenceAddress, ATTEMPTS);
        if (shard.isRetired()) {
            return copySegment(index, shard, segment);
        }
        busySegments++;
        return Status.OK;
    }

    private static boolean isChanging(final long sequenceAddress) {
        return ShardReader.isOdd(ShardReader.sequence(sequenceAddress));
    }

    /**
     * Copies a segment's entries; false when a number led out of bounds.
     *
     * @param sequenceAddress 0 to leave validation to the caller; else each entry is validated by
     *     itself, and those that will not hold still are left out.
     */
    private boolean copyTiers(
            final EntryFinder finder,
            final int segment,
            final long sequenceAddress,
            final int attempts) {
        end = 0;
        long tier = finder.firstTier(segment);
        for (long left = finder.maxTiers(); tier > 0; left--) {
            if (left < 0) {
                return false;
            }
            // removals shift entries towards lower slots, so walking down meets them rather than
            // misses them
            for (long slot = finder.slotCapacity() - 1; slot >= 0; slot--) {
                final boolean sound =
                        sequenceAddress == 0
                                ? copyEntry(finder, tier, slot)
                                : copyValidated(finder, tier, slot, sequenceAddress, attempts);
                if (!sound) {
                    return false;
                }
            }
            tier = finder.nextTier(segment, tier);
        }
        return tier == 0;
    }

    private boolean copyValidated(
            final EntryFinder finder,
            final long tier,
            final long slot,
            final long sequenceAddress,
            final int attempts) {
        final int start = end;
        for (int attempt = 0; attempt < attempts; attempt++) {
            final long sequence = ShardReader.sequence(sequenceAddress);
            if (!ShardReader.isOdd(sequence)) {
                copyEntry(finder, tier, slot);
                if (ShardReader.isUnchanged(sequenceAddress, sequence)) {
                    return true;
                }
                end = start;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private boolean copyEntry(final EntryFinder finder, final long tier, final long slot) {
        final int result = finder.entryAt(tier, slot);
        if (result != EntryFinder.FOUND) {
            return result == EntryFinder.ABSENT;
        }
        final int keyLength = finder.keyLength();
        final long valueAddress = finder.valueAddress();
        final int valueLength = finder.valueLength() - ValueDescriptor.HEADER_LENGTH;
        if (!startsWithPrefix(finder.keyAddress(), keyLength)) {
            return true;
        }
        final int record = end;
        buffer.checkLimit(record + RECORD_HEADER + keyLength + valueLength);
        buffer.putInt(record, keyLength);
        buffer.putInt(record + 4, valueLength);
        buffer.putLong(record + 8, ValueDescriptor.version(valueAddress));
        buffer.putLong(record + 16, ValueDescriptor.expiresAtMs(valueAddress));
        buffer.putLong(record + 24, ValueDescriptor.checksum(valueAddress));
        final long to = buffer.addressOffset() + record + RECORD_HEADER;
        UnsafeApi.copyMemory(null, finder.keyAddress(), buffer.byteArray(), to, keyLength);
        UnsafeApi.copyMemory(
                null,
                ValueDescriptor.payload(valueAddress),
                buffer.byteArray(),
                to + keyLength,
                valueLength);
        end = record + RECORD_HEADER + keyLength + valueLength;
        return true;
    }

    private boolean startsWithPrefix(final long keyAddress, final int keyLength) {
        if (keyLength < prefixLength) {
            return false;
        }
        for (int i = 0; i < prefixLength; i++) {
            if (UnsafeApi.getByte(keyAddress + i) != prefix.getByte(prefixOffset + i)) {
                return false;
            }
        }
        return true;
    }

    private boolean visit(final ScanConsumer consumer) {
        final long nowMs = reader.nowMs();
        for (int at = 0; at < end; ) {
            entry.keyLength = buffer.getInt(at);
            entry.valueLength = buffer.getInt(at + 4);
            entry.version = buffer.getLong(at + 8);
            entry.expiresAtMs = buffer.getLong(at + 16);
            entry.checksum = buffer.getLong(at + 24);
            entry.keyOffset = at + RECORD_HEADER;
            at = entry.valueOffset() + entry.valueLength;
            if ((withExpired || !ValueDescriptor.isExpired(entry.expiresAtMs, nowMs))
                    && !consumer.onEntry(entry)) {
                return false;
            }
        }
        return true;
    }
}
