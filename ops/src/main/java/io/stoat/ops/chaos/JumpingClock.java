package io.stoat.ops.chaos;

import io.aeron.cluster.service.ClusterClock;
import java.util.concurrent.TimeUnit;

/**
 * A member's clock that jumps once, as one does that an operator or a time server sets. Used by a
 * process whose system property {@code aeron.cluster.clock} names this class; {@value #DELAY_MS}
 * and {@value #JUMP_MS} say when after the start, and by how much.
 */
public final class JumpingClock implements ClusterClock {
    static final String DELAY_MS = "stoat.chaos.clock.delay.ms";
    static final String JUMP_MS = "stoat.chaos.clock.jump.ms";

    private final long jumpAtNs =
            System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.getLong(DELAY_MS, 0));
    private final long jumpMs = Long.getLong(JUMP_MS, 0);

    /** Made by Aeron Cluster. */
    public JumpingClock() {}

    @Override
    public long time() {
        return System.currentTimeMillis() + (System.nanoTime() - jumpAtNs < 0 ? 0 : jumpMs);
    }

    @Override
    public long timeMillis() {
        return time();
    }

    @Override
    public long timeMicros() {
        return TimeUnit.MILLISECONDS.toMicros(time());
    }

    @Override
    public long timeNanos() {
        return TimeUnit.MILLISECONDS.toNanos(time());
    }

    @Override
    public long convertToNanos(final long time) {
        return TimeUnit.MILLISECONDS.toNanos(time);
    }
}
