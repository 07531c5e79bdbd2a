package io.stoat.bench.echo;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Lets a node's thread sleep while it is not its turn to be measured, so that a node that waits
 * takes no core from another, and is as warm as before when it goes on. A sleeping thread still
 * does a duty cycle every few milliseconds, which keeps its connections alive.
 */
final class PausableIdle implements IdleStrategy {
    private static final long NAP_NS = 5_000_000;

    private final AtomicBoolean paused;
    private final IdleStrategy delegate;

    PausableIdle(final AtomicBoolean paused, final IdleStrategy delegate) {
        this.paused = paused;
        this.delegate = delegate;
    }

    @Override
    public void idle(final int workCount) {
        if (paused.get()) {
            LockSupport.parkNanos(NAP_NS);
        } else {
            delegate.idle(workCount);
        }
    }

    @Override
    public void idle() {
        idle(0);
    }

    @Override
    public void reset() {
        delegate.reset();
    }
}
