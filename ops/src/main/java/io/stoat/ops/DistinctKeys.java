package io.stoat.ops;

import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/**
 * Counts distinct keys in bounded memory, by a 64-bit hash each: exactly, but for one collision in
 * some ten million files, up to a limit beyond which it says only that there are more. One thread.
 */
final class DistinctKeys {
    /** 1 M keys take up to 32 MB. */
    static final int LIMIT = 1_000_000;

    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private final LongHashSet hashes = new LongHashSet();
    private final int limit;
    private boolean isBeyondLimit;

    DistinctKeys() {
        this(LIMIT);
    }

    /**
     * @param limit most keys to tell apart.
     */
    DistinctKeys(final int limit) {
        this.limit = limit;
    }

    void add(final DirectBuffer key) {
        final long hash = hash(key);
        if (hashes.size() < limit) {
            hashes.add(hash);
        } else {
            isBeyondLimit |= !hashes.contains(hash);
        }
    }

    /**
     * @param rows that were given, each with one key.
     * @return for a person: how many keys, and what became of rows with the same.
     */
    String describe(final long rows) {
        if (isBeyondLimit) {
            return "more than " + limit + " distinct keys";
        }
        final String keys =
                hashes.size() == 1 ? "1 distinct key" : hashes.size() + " distinct keys";
        return hashes.size() == rows ? keys : keys + ": of rows with one key the last stays";
    }

    /** FNV-1a, its bits spread by the finish of MurmurHash3. */
    private static long hash(final DirectBuffer key) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < key.capacity(); i++) {
            hash = (hash ^ key.getByte(i) & 0xFF) * FNV_PRIME;
        }
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }
}
