package io.stoat.store;

/**
 * Copies an {@link EvictionIndex} into a larger one in slices, while both take note of every
 * change. The list is copied from the newest write to the oldest, each before what is there
 * already: what is written meanwhile goes to the end of both. The heap's entries are copied node by
 * node, since a heap's order does not depend on how it came about. Owner's thread.
 */
final class EvictionIndexCopy {
    private final EvictionIndex from;
    private final EvictionIndex larger;
    private int cursor;
    private int nextNode;

    /**
     * @param larger empty.
     */
    EvictionIndexCopy(final EvictionIndex from, final EvictionIndex larger) {
        this.from = from;
        this.larger = larger;
        cursor = from.newestInList();
        from.copyTo(this);
    }

    /** Begins again, as the index did. */
    void restart() {
        larger.clear();
        cursor = from.newestInList();
        nextNode = 0;
    }

    EvictionIndex larger() {
        return larger;
    }

    /** A node is about to leave the list: what is still to be copied begins before it. */
    void onLeaveList(final int node) {
        if (cursor == node) {
            cursor = from.writtenBefore(node);
        }
    }

    boolean isDone() {
        return cursor == EvictionIndex.NONE && nextNode >= from.nodes();
    }

    /**
     * Goes on copying.
     *
     * @param most nodes to look at.
     * @return nodes looked at.
     */
    int copy(final int most) {
        int looked = 0;
        for (; looked < most && cursor != EvictionIndex.NONE; looked++) {
            larger.addOldest(from.hash(cursor), from.expiresAtMs(cursor));
            cursor = from.writtenBefore(cursor);
        }
        for (; looked < most && nextNode < from.nodes(); looked++) {
            larger.addExpiring(from, nextNode++);
        }
        return looked;
    }
}
