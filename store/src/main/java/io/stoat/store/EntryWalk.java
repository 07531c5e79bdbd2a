package io.stoat.store;

/**
 * Goes over the entries of a shard on the owner's thread. The finder shows each entry while the
 * visitor is called; nothing may be changed meanwhile.
 */
final class EntryWalk {
    /** Takes an entry that the finder shows. */
    interface Visitor {
        void onEntry(EntryFinder entry, int segment);
    }

    /** Takes the address of a tier. */
    interface TierVisitor<E extends Exception> {
        void onTier(long tier) throws E;
    }

    private EntryWalk() {}

    static void run(final EntryFinder finder, final int segments, final Visitor visitor) {
        for (int segment = 0; segment < segments; segment++) {
            final int current = segment;
            tiers(finder, segment, tier -> visit(finder, current, tier, visitor));
        }
    }

    private static void visit(
            final EntryFinder finder, final int segment, final long tier, final Visitor visitor) {
        for (long slot = 0; slot < finder.slotCapacity(); slot++) {
            if (finder.entryAt(tier, slot) == EntryFinder.FOUND) {
                visitor.onEntry(finder, segment);
            }
        }
    }

    /**
     * Shows a segment's tiers from the first on; ends even if a damaged chain leads in a circle.
     */
    static <E extends Exception> void tiers(
            final EntryFinder finder, final int segment, final TierVisitor<E> visitor) throws E {
        long tier = finder.firstTier(segment);
        for (long left = finder.maxTiers(); tier > 0 && left > 0; left--) {
            visitor.onTier(tier);
            tier = finder.nextTier(segment, tier);
        }
    }

    /**
     * Shows the entry whose key has this hash; of several, which is next to impossible, the one
     * written first.
     *
     * @return {@link EntryFinder#FOUND} or {@link EntryFinder#ABSENT}.
     */
    static int showByHash(final EntryFinder finder, final long hash) {
        long bestTier = 0;
        long bestIndex = 0;
        long bestVersion = 0;
        final int segment = finder.segmentOf(hash);
        long tier = finder.firstTier(segment);
        for (; tier > 0; tier = finder.nextTier(segment, tier)) {
            long index = finder.firstChoiceOf(hash);
            for (long left = finder.slotCapacity();
                    left > 0 && finder.slotAt(tier, index) != 0;
                    left--) {
                if (finder.isSlotOf(tier, index, hash)
                        && finder.entryAt(tier, index) == EntryFinder.FOUND
                        && XxHash64.hash(null, finder.keyAddress(), finder.keyLength(), 0L)
                                == hash) {
                    final long version = ValueDescriptor.version(finder.valueAddress());
                    if (bestTier == 0 || version < bestVersion) {
                        bestTier = tier;
                        bestIndex = index;
                        bestVersion = version;
                    }
                }
                index = index + 1 & finder.slotCapacity() - 1;
            }
        }
        return bestTier == 0 ? EntryFinder.ABSENT : finder.entryAt(bestTier, bestIndex);
    }
}
