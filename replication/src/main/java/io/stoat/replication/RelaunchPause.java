package io.stoat.replication;

import java.util.concurrent.TimeUnit;

/**
 * How long a member that ended by itself, or did not start, waits until it is launched again: twice
 * as long each time, up to a bound, until it has run for a while. One thread.
 */
final class RelaunchPause {
    /** After an end that is the first one for long. */
    static final long FIRST_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** However often it happens. */
    static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(5);

    /** A member that ran for so long has nothing to do with what ended it before. */
    static final long STABLE_NS = TimeUnit.SECONDS.toNanos(30);

    private long nextNs = FIRST_NS;

    /**
     * @param ranNs how long the member ran, ns; 0: it did not start.
     * @return the pause from now on, ns.
     */
    long after(final long ranNs) {
        if (ranNs > STABLE_NS) {
            nextNs = FIRST_NS;
        }
        final long pauseNs = nextNs;
        nextNs = Math.min(2 * pauseNs, LONGEST_NS);
        return pauseNs;
    }
}
