package io.stoat.store;

/**
 * A walk over the slots of a shard's hash look-ups, segment by segment, that stands still between
 * calls. Removing the entry it stands on shifts later ones down into its slot, so it walks down.
 * Owner's thread.
 */
final class ShardSweep {
    private final ShardStorage storage;
    private EntryFinder finder;
    private int segment;
    private long tier;
    private long slot;
    private boolean atStart;

    ShardSweep(final ShardStorage storage) {
        this.storage = storage;
        startAt(0);
    }

    /** Goes to the start of a segment. */
    void startAt(final int newSegment) {
        finder = storage.finder();
        segment = newSegment;
        tier = finder.firstTier(segment);
        slot = finder.slotCapacity() - 1;
        atStart = true;
    }

    /** Whether the walk has just come to a segment. */
    boolean isAtStart() {
        return atStart;
    }

    /** Whether the walk stands on an entry that has expired; the finder shows it then. */
    boolean isExpired(final long nowMs) {
        if (finder != storage.finder()) {
            // the tier's address was in the mapping before the file grew
            startAt(segment);
        }
        return finder.entryAt(tier, slot) == EntryFinder.FOUND
                && ValueDescriptor.isExpired(
                        ValueDescriptor.expiresAtMs(finder.valueAddress()), nowMs);
    }

    /** Goes on. */
    void next() {
        atStart = false;
        if (--slot >= 0) {
            return;
        }
        slot = finder.slotCapacity() - 1;
        tier = finder.nextTier(segment, tier);
        if (tier <= 0) {
            startAt(segment + 1 & storage.segments() - 1);
        }
    }
}
