package io.stoat.ops.chaos;

import io.aeron.cluster.service.ClusterClock;
import java.util.concurrent.TimeUnit;

/**
 * A member's clock that jumps when {@link MemberControls} say so, as one does that an operator or a
 * time server sets. Used by a process whose system property {@code aeron.cluster.clock} names this
 * class.
 */
public final class JumpingClock implements ClusterClock {
    private final MemberControls controls = MemberControls.ofThisProcess();

    /** Made by Aeron Cluster. */
    public JumpingClock() {}

    @Override
    public long time() {
        return System.currentTimeMillis() + controls.jumpMs();
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
