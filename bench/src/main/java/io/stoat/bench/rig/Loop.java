package io.stoat.bench.rig;

import java.util.Locale;

/** When the next operation is sent. */
public enum Loop {
    /** When the one before was answered. Latency is service time: no queue can form. */
    CLOSED,
    /** While fewer than a window of operations are in flight. */
    WINDOW,
    /** At a fixed rate, whatever the answers do; latency counts from the intended time. */
    OPEN,
    /** As recorded, times a factor; latency counts from the intended time. */
    REPLAY,
    /** Open loops at several rates: finds the highest one that meets a bound of the P99. */
    SEARCH;

    /**
     * @return the name in commands and results.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param label of a loop.
     * @return the loop.
     */
    public static Loop of(final String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    boolean isTimed() {
        return this == OPEN || this == REPLAY;
    }
}
