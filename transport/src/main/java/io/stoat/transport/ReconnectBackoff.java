package io.stoat.transport;

/** When the next attempt to connect is due: after each one in vain twice as late, up to a bound. */
final class ReconnectBackoff {
    private final long minNs;
    private final long maxNs;
    private long delayNs;
    private long notBeforeNs;
    private boolean waiting;

    ReconnectBackoff(final long minNs, final long maxNs) {
        this.minNs = minNs;
        this.maxNs = maxNs;
        delayNs = minNs;
    }

    boolean isDue(final long nowNs) {
        return !waiting || nowNs - notBeforeNs >= 0;
    }

    void failed(final long nowNs) {
        waiting = true;
        notBeforeNs = nowNs + delayNs;
        delayNs = Math.min(maxNs, delayNs * 2);
    }

    void succeeded() {
        waiting = false;
        delayNs = minNs;
    }
}
