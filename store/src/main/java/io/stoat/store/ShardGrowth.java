package io.stoat.store;

import static io.stoat.store.ControlDescriptor.SEGMENT_ENTRIES_OFFSET;

import org.agrona.UnsafeApi;

/**
 * Copies a shard into a larger one, in slices, while commands go on: whatever they change is
 * changed in both, so an entry once copied stays current. No reader knows of the larger one yet.
 * Owner's thread.
 *
 * <p>The walk goes down the slots, as entries shift down when others are removed. One that shifts
 * around the table's end can slip past it; then the segment's count is short and the segment is
 * walked again.
 */
final class ShardGrowth {
    private final ShardStorage from;
    private final ShardStorage to;
    private EntryFinder finder;
    private int segment;
    private long tier;
    private long slot;
    private boolean failed;

    ShardGrowth(final ShardStorage from, final ShardStorage to) {
        this.from = from;
        this.to = to;
        startAt(0);
    }

    private void startAt(final int newSegment) {
        segment = newSegment;
        finder = from.finder();
        if (segment < from.segments()) {
            tier = finder.firstTier(segment);
            slot = finder.slotCapacity() - 1;
        }
    }

    ShardStorage larger() {
        return to;
    }

    /** Whether the larger shard holds what the present one does. */
    boolean isCopied() {
        return !failed && segment == from.segments();
    }

    /** Whether the larger shard found no room; it is of no use then. */
    boolean isFailed() {
        return failed;
    }

    /**
     * Goes on copying.
     *
     * @param maxSlots most slots to look at: bounds the work.
     * @return slots looked at.
     */
    int copy(final int maxSlots) {
        int looked = 0;
        while (looked < maxSlots && !failed && segment < from.segments()) {
            if (finder != from.finder()) {
                // the file grew by an extra tier: other addresses
                startAt(segment);
            }
            if (finder.entryAt(tier, slot) == EntryFinder.FOUND) {
                final long keyAddress = finder.keyAddress();
                final int keyLength = finder.keyLength();
                onWrite(
                        keyAddress,
                        keyLength,
                        XxHash64.hash(null, keyAddress, keyLength, 0L),
                        finder.valueAddress(),
                        finder.valueLength());
            }
            looked++;
            next();
        }
        return looked;
    }

    private void next() {
        if (--slot >= 0) {
            return;
        }
        slot = finder.slotCapacity() - 1;
        tier = finder.nextTier(segment, tier);
        if (tier <= 0) {
            startAt(isSegmentWhole() ? segment + 1 : segment);
        }
    }

    /** A segment's entries are in those segments of the larger shard that share its low bits. */
    private boolean isSegmentWhole() {
        long copied = 0;
        for (int each = segment; each < to.segments(); each += from.segments()) {
            copied += entries(to, each);
        }
        return copied == entries(from, segment);
    }

    private static long entries(final ShardStorage storage, final int segment) {
        return UnsafeApi.getLong(
                storage.control().sequenceAddress(segment) + SEGMENT_ENTRIES_OFFSET);
    }

    /** Writes an entry into the larger shard as it is in the present one. */
    void onWrite(
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long valueAddress,
            final int length) {
        final EntryFinder target = to.finder();
        int oldLength = ShardStorage.ABSENT;
        if (target.find(null, keyAddress, keyLength, hash) == EntryFinder.FOUND) {
            oldLength = target.valueLength();
            if (oldLength == length) {
                UnsafeApi.copyMemory(valueAddress, target.valueAddress(), length);
                return;
            }
        }
        failed |= to.put(keyAddress, keyLength, hash, valueAddress, length, oldLength) != Status.OK;
    }

    /** Removes an entry from the larger shard. */
    void onRemove(final long keyAddress, final int keyLength, final long hash) {
        final EntryFinder target = to.finder();
        if (target.find(null, keyAddress, keyLength, hash) == EntryFinder.FOUND) {
            to.remove(keyAddress, keyLength, hash, target.valueLength());
        }
    }

    /** Empties the larger shard. */
    void onClear() {
        to.clear();
    }
}
