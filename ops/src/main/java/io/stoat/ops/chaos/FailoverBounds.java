package io.stoat.ops.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a fail-over may take with the shipped settings. */
final class FailoverBounds {
    /** Half of the outages are no longer, ms. */
    static final long P50_MS = 1_000;

    /** None is longer, ms. */
    static final long MAX_MS = 2_000;

    private FailoverBounds() {}

    /** The p50 of outages; of an even number the upper of the two in the middle. */
    static long p50(final long[] outagesMs) {
        final long[] sorted = outagesMs.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /**
     * Which bounds a run broke, each with its figure; empty when it kept them all.
     *
     * @param outagesMs from each kill to the next acknowledged write, ms.
     * @param elections that pauses of a healthy leader caused.
     */
    static List<String> broken(final long[] outagesMs, final int elections) {
        final List<String> broken = new ArrayList<>();
        final long p50 = p50(outagesMs);
        final long max = Arrays.stream(outagesMs).max().orElseThrow();
        if (p50 > P50_MS) {
            broken.add("p50 " + p50 + " ms is more than " + P50_MS + " ms");
        }
        if (max > MAX_MS) {
            broken.add("max " + max + " ms is more than " + MAX_MS + " ms");
        }
        if (elections > 0) {
            broken.add(elections + " elections of a paused leader's successor, none is allowed");
        }
        return broken;
    }
}
