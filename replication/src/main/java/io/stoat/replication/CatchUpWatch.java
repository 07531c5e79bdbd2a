package io.stoat.replication;

import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;

/**
 * Ends a member that cannot catch up with the leader. A follower whose recorded log stopped growing
 * (its disk was full, say) and whose leader has purged its own log beyond that point asks for what
 * is gone again and again: Aeron Cluster repeats the election for ever. A member that is launched
 * again compares the logs, and fetches snapshot and log instead. Consensus module's thread only.
 */
final class CatchUpWatch implements ErrorHandler {
    /** Part of what {@code io.aeron.cluster.Election} says when a catch-up does not begin. */
    static final String FAILURE = "failed to join catchup log";

    static final int FAILURES = 3;
    static final long WITHIN_NS = TimeUnit.SECONDS.toNanos(60);

    private final ErrorHandler delegate;
    private final Runnable onStuck;
    private final NanoClock clock;
    private long firstNs;
    private int failures;

    CatchUpWatch(final ErrorHandler delegate, final Runnable onStuck, final NanoClock clock) {
        this.delegate = delegate;
        this.onStuck = onStuck;
        this.clock = clock;
    }

    @Override
    public void onError(final Throwable throwable) {
        delegate.onError(throwable);
        final String message = throwable.getMessage();
        if (message == null || !message.contains(FAILURE)) {
            return;
        }
        final long nowNs = clock.nanoTime();
        if (failures == 0 || nowNs - firstNs > WITHIN_NS) {
            firstNs = nowNs;
            failures = 0;
        }
        if (++failures == FAILURES) {
            failures = 0;
            delegate.onError(
                    new ReplicationException(
                            "the leader no longer has the log that this member lacks: the member"
                                    + " ends, to be launched again and to fetch what it lacks"));
            onStuck.run();
        }
    }
}
