package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.util.Arrays;

/**
 * Chooses what a shard evicts, once entries or bytes pass the high-water mark. Bytes are counted by
 * length, not by where entries lie, so that replicas agree. Owner's thread.
 */
final class ShardEvictor {
    /** Most entries evicted for one entry written: bounds a put. */
    static final int MAX_VICTIMS = 8;

    private final ShardStorage storage;
    private final EvictionIndex index;
    private final long mostEntries;
    private final long mostBytes;
    private boolean stale = true;
    private EvictionIndexCopy copy;

    ShardEvictor(final ShardStorage storage, final Eviction eviction, final int highWaterPercent) {
        this(
                storage,
                new EvictionIndex(eviction, storage.control().get(CAPACITY_ENTRIES_OFFSET)),
                highWaterPercent);
        refresh();
    }

    private ShardEvictor(
            final ShardStorage storage, final EvictionIndex index, final int highWaterPercent) {
        this.storage = storage;
        this.index = index;
        final long capacity = storage.control().get(CAPACITY_ENTRIES_OFFSET);
        mostEntries =
                Math.max(
                        1,
                        capacity / 100 * highWaterPercent
                                + capacity % 100 * highWaterPercent / 100);
        mostBytes =
                (long) (storage.control().get(CAPACITY_BYTES_OFFSET) / 100.0 * highWaterPercent);
    }

    /**
     * From here on the order is copied, for a larger shard.
     *
     * @param larger empty, with room for that shard's entries.
     */
    void beginGrowth(final EvictionIndex larger) {
        copy = new EvictionIndexCopy(index, larger);
    }

    /** Forgets the copy. */
    void abandonGrowth() {
        index.copyTo(null);
        copy = null;
    }

    /**
     * Goes on copying the order.
     *
     * @param most entries to look at: bounds the work.
     * @return entries looked at.
     */
    int copyOrder(final int most) {
        return copy.copy(most);
    }

    boolean isOrderCopied() {
        return copy.isDone();
    }

    /** For the larger shard, once the order is copied and the content is the same. */
    ShardEvictor grown(final ShardStorage larger, final int highWaterPercent) {
        final ShardEvictor grown = new ShardEvictor(larger, copy.larger(), highWaterPercent);
        grown.stale = stale;
        return grown;
    }

    /** Whether so many more entries and bytes would pass the mark. */
    boolean isOver(final int entries, final long bytes) {
        return storage.entryCount() + entries > mostEntries
                || storage.entryBytes() + bytes > mostBytes;
    }

    /**
     * Makes the finder show the entry to evict, never the one of the given hash; false when there
     * is none.
     */
    boolean showVictim(final long exceptHash) {
        refresh();
        while (true) {
            final int node = index.first(exceptHash);
            if (node == EvictionIndex.NONE) {
                return false;
            }
            final long hash = index.hash(node);
            if (EntryWalk.showByHash(storage.finder(), hash) == EntryFinder.FOUND) {
                return true;
            }
            index.onRemove(hash);
        }
    }

    void onWrite(final long hash, final long expiresAtMs, final boolean isNew) {
        if (!stale) {
            index.onWrite(hash, expiresAtMs, isNew);
        }
    }

    void onRemove(final long hash) {
        if (!stale) {
            index.onRemove(hash);
        }
    }

    /** Entries get versions of their own: the order is found anew when it is needed next. */
    void onRestore() {
        stale = true;
    }

    void onClear() {
        index.clear();
        stale = false;
    }

    private void refresh() {
        if (stale) {
            stale = false;
            rebuild();
        }
    }

    /** Enters all entries in the order of their versions, those of one batch by hash. */
    private void rebuild() {
        index.clear();
        final int count = (int) storage.entryCount();
        final long[] sorted = new long[count];
        final int[] next = {0};
        EntryWalk.run(
                storage.finder(),
                storage.segments(),
                (entry, segment) ->
                        sorted[next[0]++] = ValueDescriptor.version(entry.valueAddress()));
        Arrays.sort(sorted);
        final long[] hashes = new long[count];
        final long[] expiries = new long[count];
        final boolean[] taken = new boolean[count];
        EntryWalk.run(
                storage.finder(),
                storage.segments(),
                (entry, segment) -> {
                    final long version = ValueDescriptor.version(entry.valueAddress());
                    int place = lowest(sorted, version);
                    while (taken[place]) {
                        place++;
                    }
                    taken[place] = true;
                    hashes[place] = XxHash64.hash(null, entry.keyAddress(), entry.keyLength(), 0L);
                    expiries[place] = ValueDescriptor.expiresAtMs(entry.valueAddress());
                });
        for (int from = 0, to = 0; from < count; from = to) {
            for (to = from + 1; to < count && sorted[to] == sorted[from]; ) {
                to++;
            }
            sortByHash(hashes, expiries, from, to);
            for (int i = from; i < to; i++) {
                index.onWrite(hashes[i], expiries[i], true);
            }
        }
    }

    private static int lowest(final long[] sorted, final long version) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            final int middle = low + high >>> 1;
            if (sorted[middle] < version) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Few entries have one version: those that a batch wrote. */
    private static void sortByHash(
            final long[] hashes, final long[] expiries, final int from, final int to) {
        for (int i = from + 1; i < to; i++) {
            final long hash = hashes[i];
            final long expiry = expiries[i];
            int at = i;
            for (; at > from && Long.compareUnsigned(hashes[at - 1], hash) > 0; at--) {
                hashes[at] = hashes[at - 1];
                expiries[at] = expiries[at - 1];
            }
            hashes[at] = hash;
            expiries[at] = expiry;
        }
    }
}
