package io.stoat.affinity;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** Agrona's idle strategies for the kinds of a plan. */
public final class IdleStrategies {
    /**
     * Longest sleep of {@link IdleKind#BACKOFF} that is asked for, ns: what a lone request may wait
     * for an agent that is not pinned. The kernel's timer slack, 50 us by default, comes on top.
     */
    public static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final long MAX_SPINS = 50;
    private static final long MAX_YIELDS = 50;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);

    private IdleStrategies() {}

    /**
     * @param kind from a {@link PlannedThread}.
     * @return a strategy for one thread: it has state, so it must not be shared.
     */
    public static IdleStrategy create(final IdleKind kind) {
        switch (kind) {
            case BUSY_SPIN:
                return new BusySpinIdleStrategy();
            case YIELD:
                return new YieldingIdleStrategy();
            default:
                return new BackoffIdleStrategy(MAX_SPINS, MAX_YIELDS, MIN_PARK_NS, MAX_PARK_NS);
        }
    }
}
