package io.stoat.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Between the write agents, which say what they changed, and the read agent that tells subscribers.
 * While nobody subscribes, a write agent does no more than one load a duty cycle.
 *
 * <p>Every subscription starts a new epoch. A write agent takes notice of it between two commands
 * and acknowledges it with a release store; whoever sees that acknowledgement sees the positions of
 * all commands before it, and finds all commands after it in the ring.
 */
final class ChangeLog {
    private final AtomicLong epoch = new AtomicLong();
    private final ChangeRing[] rings;
    private volatile int subscribers;

    ChangeLog(final int writers, final int capacity) {
        rings = new ChangeRing[writers];
        for (int i = 0; i < writers; i++) {
            rings[i] = new ChangeRing(this, capacity);
        }
    }

    ChangeRing ring(final int writer) {
        return rings[writer];
    }

    int ringCount() {
        return rings.length;
    }

    long epoch() {
        return epoch.get();
    }

    boolean isWatched() {
        return subscribers > 0;
    }

    /** Read agent's thread: how many subscribe now; returns the epoch to wait for. */
    long subscribers(final int count) {
        subscribers = count;
        return epoch.incrementAndGet();
    }

    boolean isAcknowledged(final long wanted) {
        for (final ChangeRing ring : rings) {
            if (ring.acknowledgedEpoch() < wanted) {
                return false;
            }
        }
        return true;
    }
}
