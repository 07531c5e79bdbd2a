package io.stoat.transport;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bounds how many wrong tokens of one source, and of all sources together, are looked at in a
 * second: from then on what comes from it is not examined until the second is over. Right tokens
 * count for nothing; who shares the address of a guesser may have to try again, though. IPC has no
 * limit: who can write into the node's memory is its own user, who can read the token's file. One
 * agent's thread.
 */
final class GuessLimit {
    /** Wrong tokens of a source that are examined in an interval. */
    static final int PER_SOURCE = 16;

    /** Wrong tokens of all sources that are examined in an interval; bounds the memory, too. */
    static final int IN_ALL = 256;

    /** The source that is not limited. */
    static final String IPC = "";

    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final Map<String, int[]> failures = new HashMap<>();
    private int all;
    private long intervalEndNs;

    /** Whether another token of this source is to be examined. */
    boolean mayGuess(final String source, final long nowNs) {
        if (source.equals(IPC)) {
            return true;
        }
        if (all > 0 && nowNs - intervalEndNs >= 0) {
            failures.clear();
            all = 0;
        }
        if (all >= IN_ALL) {
            return false;
        }
        final int[] count = failures.get(source);
        return count == null || count[0] < PER_SOURCE;
    }

    /** A token of this source was wrong. */
    void failed(final String source, final long nowNs) {
        if (source.equals(IPC)) {
            return;
        }
        if (all == 0) {
            intervalEndNs = nowNs + INTERVAL_NS;
        }
        all++;
        failures.computeIfAbsent(source, key -> new int[1])[0]++;
    }
}
