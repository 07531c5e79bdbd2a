package io.stoat.store;

import java.util.Arrays;

/** The slots of a segment's tiers that were in use at one moment, tier after tier. */
final class SlotList {
    private long[] slots = new long[1024];
    private int[] ends = new int[4];
    private int tiers;

    /**
     * Lists a segment; allocates only for more slots than ever before.
     *
     * @return false when a number led out of bounds.
     */
    boolean fill(final EntryFinder finder, final int segment) {
        tiers = 0;
        int count = 0;
        final int capacity = (int) finder.slotCapacity();
        long tier = finder.firstTier(segment);
        for (long left = finder.maxTiers(); tier > 0; left--) {
            if (left < 0) {
                return false;
            }
            if (slots.length < count + capacity) {
                slots = Arrays.copyOf(slots, count + capacity);
            }
            for (long at = 0; at < capacity; at++) {
                final long slot = finder.slotAt(tier, at);
                if (slot != 0) {
                    slots[count++] = slot;
                }
            }
            if (ends.length == tiers) {
                ends = Arrays.copyOf(ends, 2 * tiers);
            }
            ends[tiers++] = count;
            tier = finder.nextTier(segment, tier);
        }
        return tier == 0;
    }

    /** Makes room for as much as another list holds. */
    void reserveLike(final SlotList other) {
        if (slots.length < other.slots.length) {
            slots = new long[other.slots.length];
        }
        if (ends.length < other.ends.length) {
            ends = new int[other.ends.length];
        }
    }

    int tiers() {
        return tiers;
    }

    int start(final int tier) {
        return tier == 0 ? 0 : ends[tier - 1];
    }

    int end(final int tier) {
        return ends[tier];
    }

    long slot(final int index) {
        return slots[index];
    }
}
