package io.stoat.store;

import java.util.Arrays;

/**
 * The order in which a shard's entries would be evicted. Entries that never expire, and under
 * {@link Eviction#OLDEST_WRITE} all, are in a list from the oldest write to the newest: a write
 * moves its entry to the end. Under {@link Eviction#SOONEST_EXPIRY} entries that expire are in a
 * heap by expiry, then by the key's hash. All in arrays made at the start, 40 bytes an entry of
 * capacity; entries are told apart by the hash of their key. Owner's thread.
 */
final class EvictionIndex {
    static final int NONE = -1;

    private static final int ARITY = 4;
    private static final int IN_LIST = -1;
    private static final int IN_NEITHER = -2;

    private final boolean byExpiry;
    private final long[] hashes;
    private final long[] expiries;
    private final int[] previous;
    private final int[] following;
    private final int[] heapPlaces;
    private final int[] heap;
    private final int[] table;
    private final int tableMask;
    private int heapSize;
    private int oldest = NONE;
    private int newest = NONE;
    private int free = NONE;
    private int used;
    private EvictionIndexCopy copy;

    EvictionIndex(final Eviction eviction, final long capacityEntries) {
        requireCapacity(capacityEntries);
        byExpiry = eviction == Eviction.SOONEST_EXPIRY;
        final int capacity = (int) capacityEntries;
        hashes = new long[capacity];
        expiries = new long[capacity];
        previous = new int[capacity];
        following = new int[capacity];
        heapPlaces = new int[capacity];
        heap = new int[byExpiry ? capacity : 0];
        tableMask = tableLength(capacity) - 1;
        table = new int[tableMask + 1];
        clear();
    }

    private static void requireCapacity(final long capacityEntries) {
        if (capacityEntries > 1 << 28) {
            throw new StoreException(
                    "eviction is for at most "
                            + (1 << 28)
                            + " entries a shard: use more shards than entries="
                            + capacityEntries
                            + " a shard needs");
        }
    }

    private static int tableLength(final int capacity) {
        return Integer.highestOneBit(Math.max(4, capacity)) << 2;
    }

    void clear() {
        Arrays.fill(table, NONE);
        heapSize = 0;
        oldest = NONE;
        newest = NONE;
        free = NONE;
        used = 0;
        if (copy != null) {
            copy.restart();
        }
    }

    /**
     * From here on changes go to a copy, too, as far as it has come.
     *
     * @param newCopy the copy, or null for none.
     */
    void copyTo(final EvictionIndexCopy newCopy) {
        copy = newCopy;
    }

    /** Takes note of a write: of a new entry, or of one that is there. */
    void onWrite(final long hash, final long expiresAtMs, final boolean isNew) {
        if (copy != null) {
            copy.larger().onWrite(hash, expiresAtMs, false);
        }
        int node = isNew ? NONE : nodeOf(hash);
        if (node == NONE) {
            node = take();
            hashes[node] = hash;
            enter(hash, node);
        } else if (heapPlaces[node] != IN_LIST && expiries[node] == expiresAtMs) {
            return;
        } else {
            leave(node);
        }
        expiries[node] = expiresAtMs;
        if (byExpiry && expiresAtMs != 0) {
            heap[heapSize] = node;
            heapPlaces[node] = heapSize;
            siftUp(heapSize++);
        } else {
            append(node);
        }
    }

    /** Takes note that an entry is gone. */
    void onRemove(final long hash) {
        if (copy != null) {
            copy.larger().onRemove(hash);
        }
        final int node = nodeOf(hash);
        if (node != NONE) {
            leave(node);
            drop(hash, node);
            heapPlaces[node] = IN_NEITHER;
            following[node] = free;
            free = node;
        }
    }

    /** Enters what is in the list, unless it is there, before all others: the oldest write. */
    void addOldest(final long hash, final long expiresAtMs) {
        if (nodeOf(hash) != NONE) {
            return;
        }
        final int node = take();
        hashes[node] = hash;
        enter(hash, node);
        expiries[node] = expiresAtMs;
        heapPlaces[node] = IN_LIST;
        previous[node] = NONE;
        following[node] = oldest;
        if (oldest == NONE) {
            newest = node;
        } else {
            previous[oldest] = node;
        }
        oldest = node;
    }

    /** Enters an entry that another index has in its heap, unless it is there. */
    void addExpiring(final EvictionIndex other, final int node) {
        if (other.isExpiring(node) && nodeOf(other.hashes[node]) == NONE) {
            onWrite(other.hashes[node], other.expiries[node], true);
        }
    }

    private boolean isExpiring(final int node) {
        return heapPlaces[node] >= 0;
    }

    /** Nodes that were ever in use, all below this number. */
    int nodes() {
        return used;
    }

    /** The newest write of the list, or {@link #NONE}. */
    int newestInList() {
        return newest;
    }

    /** What was written before a node of the list, or {@link #NONE}. */
    int writtenBefore(final int node) {
        return previous[node];
    }

    /**
     * The entry to evict first, but not the one of this hash.
     *
     * @return a node for {@link #hash}, or {@link #NONE}.
     */
    int first(final long exceptHash) {
        if (heapSize > 0) {
            if (hashes[heap[0]] != exceptHash) {
                return heap[0];
            }
            int best = NONE;
            for (int child = 1; child <= ARITY && child < heapSize; child++) {
                if (best == NONE || isBefore(heap[child], heap[best])) {
                    best = child;
                }
            }
            if (best != NONE) {
                return heap[best];
            }
        }
        return oldest != NONE && hashes[oldest] == exceptHash ? following[oldest] : oldest;
    }

    /** When a node's entry expires. */
    long expiresAtMs(final int node) {
        return expiries[node];
    }

    /** Hash of the key of a node. */
    long hash(final int node) {
        return hashes[node];
    }

    private int take() {
        if (free != NONE) {
            final int node = free;
            free = following[node];
            return node;
        }
        return used++;
    }

    private void leave(final int node) {
        final int place = heapPlaces[node];
        if (place == IN_LIST) {
            unlink(node);
            return;
        }
        final int last = heap[--heapSize];
        if (last != node) {
            heap[place] = last;
            heapPlaces[last] = place;
            siftDown(place);
            siftUp(heapPlaces[last]);
        }
    }

    private void append(final int node) {
        heapPlaces[node] = IN_LIST;
        previous[node] = newest;
        following[node] = NONE;
        if (newest == NONE) {
            oldest = node;
        } else {
            following[newest] = node;
        }
        newest = node;
    }

    private void unlink(final int node) {
        if (copy != null) {
            copy.onLeaveList(node);
        }
        final int before = previous[node];
        final int after = following[node];
        if (before == NONE) {
            oldest = after;
        } else {
            following[before] = after;
        }
        if (after == NONE) {
            newest = before;
        } else {
            previous[after] = before;
        }
    }

    private boolean isBefore(final int a, final int b) {
        return expiries[a] != expiries[b]
                ? expiries[a] < expiries[b]
                : Long.compareUnsigned(hashes[a], hashes[b]) < 0;
    }

    private void siftUp(final int from) {
        final int node = heap[from];
        int place = from;
        while (place > 0) {
            final int parent = (place - 1) / ARITY;
            if (!isBefore(node, heap[parent])) {
                break;
            }
            heap[place] = heap[parent];
            heapPlaces[heap[place]] = place;
            place = parent;
        }
        heap[place] = node;
        heapPlaces[node] = place;
    }

    private void siftDown(final int from) {
        final int node = heap[from];
        int place = from;
        while (true) {
            final int firstChild = place * ARITY + 1;
            int best = NONE;
            for (int child = firstChild; child < firstChild + ARITY && child < heapSize; child++) {
                if (best == NONE || isBefore(heap[child], heap[best])) {
                    best = child;
                }
            }
            if (best == NONE || !isBefore(heap[best], node)) {
                break;
            }
            heap[place] = heap[best];
            heapPlaces[heap[place]] = place;
            place = best;
        }
        heap[place] = node;
        heapPlaces[node] = place;
    }

    /** High bits: the low ones are alike within a segment, the highest within a shard. */
    private int home(final long hash) {
        return (int) (hash * 0x9E3779B97F4A7C15L >>> 32) & tableMask;
    }

    private int nodeOf(final long hash) {
        for (int i = home(hash); table[i] != NONE; i = i + 1 & tableMask) {
            if (hashes[table[i]] == hash) {
                return table[i];
            }
        }
        return NONE;
    }

    private void enter(final long hash, final int node) {
        int i = home(hash);
        while (table[i] != NONE) {
            i = i + 1 & tableMask;
        }
        table[i] = node;
    }

    /** Linear probing without tombstones: what follows moves up. */
    private void drop(final long hash, final int node) {
        int hole = home(hash);
        while (table[hole] != node) {
            hole = hole + 1 & tableMask;
        }
        for (int i = hole + 1 & tableMask; table[i] != NONE; i = i + 1 & tableMask) {
            final int wanted = home(hashes[table[i]]);
            if ((i - wanted & tableMask) >= (i - hole & tableMask)) {
                table[hole] = table[i];
                hole = i;
            }
        }
        table[hole] = NONE;
    }
}
