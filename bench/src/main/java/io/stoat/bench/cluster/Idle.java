package io.stoat.bench.cluster;

import io.stoat.replication.PromptIdleStrategy;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What threads do that have nothing to do. */
enum Idle {
    /** Yield a few times, then sleep up to 100 us, promptly: the members' default. */
    PROMPT,
    /** As that one, with sleeps as late as the system likes. */
    BACKOFF,
    /** Yield: the least latency with fewer cores than threads. */
    YIELD,
    /** Spin: needs a core a thread. */
    SPIN;

    IdleStrategy strategy() {
        return switch (this) {
            case PROMPT -> new PromptIdleStrategy(1, 4, 100_000);
            case BACKOFF -> new BackoffIdleStrategy(1, 4, 1_000, 100_000);
            case YIELD -> YieldingIdleStrategy.INSTANCE;
            case SPIN -> BusySpinIdleStrategy.INSTANCE;
        };
    }
}
