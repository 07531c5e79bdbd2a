package io.stoat.replication;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.EpochClock;

/**
 * Notices that a member gives no signs of life any more, for a reader that looks often: the clock
 * is asked only when the member's heartbeat is the one of the look before, and then more and more
 * rarely, so that it is noticed within twice the time that it lasts. One thread; allocates nothing.
 */
final class SilenceWatch {
    /** Age at which a heartbeat is a member's last one, ms: the member gives one every 10 ms. */
    static final long SILENT_AFTER_MS = TimeUnit.SECONDS.toMillis(1);

    private final EpochClock clock;
    private long heartbeatMs;
    private long looks;
    private boolean isSilent;

    SilenceWatch(final EpochClock clock) {
        this.clock = clock;
    }

    /** Whether the member was closed, or its heartbeat is old, or of another clock. */
    boolean isSilent(final MemberStatus status) {
        final long latestMs = status.heartbeatMs();
        if (latestMs != heartbeatMs) {
            heartbeatMs = latestMs;
            looks = 0;
            isSilent = false;
        } else if (isSilent || (++looks & looks - 1) == 0) {
            isSilent = Math.abs(clock.time() - latestMs) > SILENT_AFTER_MS;
        }
        return isSilent || status.isClosed();
    }
}
