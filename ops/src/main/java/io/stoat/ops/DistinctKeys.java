package io.stoat.ops;

import io.stoat.store.XxHash64;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/**
 * Counts distinct keys in bounded memory, by a 64-bit hash each: exactly, but for one collision in
 * some ten million files, up to a limit beyond which it says only that there are more. One thread.
 */
final class DistinctKeys {
    /** 1 M keys take up to 32 MB. */
    static final int LIMIT = 1_000_000;

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
        final long hash = XxHash64.hash(key, 0, key.capacity());
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
}
