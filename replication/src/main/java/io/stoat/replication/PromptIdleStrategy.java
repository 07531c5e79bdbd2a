package io.stoat.replication;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Spins, yields a few times, then parks for longer and longer, up to a bound; and has the kernel
 * keep to it: Linux may end a thread's sleep 50 us late, unless the thread says that it wants less.
 * A message that passes a dozen threads which share cores waits for as many of these sleeps.
 *
 * <p>For one thread, which it tells apart by its first {@link #idle()}: that one asks the kernel,
 * once, for itself alone. Where that is not possible it is a {@link BackoffIdleStrategy}. Idling
 * allocates nothing after that.
 */
public final class PromptIdleStrategy implements IdleStrategy {
    /** Name of the strategy, as Agrona's have one. */
    public static final String ALIAS = "prompt";

    private static final Path SELF = Path.of("/proc/thread-self");
    private static final String SLACK_NS = "1000";

    private final BackoffIdleStrategy backoff;
    private boolean hasAsked;

    /**
     * Makes a strategy for one thread.
     *
     * @param maxSpins turns that spin first.
     * @param maxYields turns that yield then.
     * @param maxParkNs longest sleep after that, ns.
     */
    public PromptIdleStrategy(final long maxSpins, final long maxYields, final long maxParkNs) {
        backoff = new BackoffIdleStrategy(maxSpins, maxYields, 1_000, maxParkNs);
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            backoff.reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (!hasAsked) {
            hasAsked = true;
            ask();
        }
        backoff.idle();
    }

    @Override
    public void reset() {
        backoff.reset();
    }

    @Override
    public String alias() {
        return ALIAS;
    }

    /** The file of a thread takes only what the thread itself writes. */
    private static void ask() {
        try {
            final Path thread = Files.readSymbolicLink(SELF).getFileName();
            Files.writeString(
                    Path.of("/proc", thread.toString(), "timerslack_ns"),
                    SLACK_NS,
                    StandardOpenOption.WRITE);
        } catch (final IOException | UnsupportedOperationException | SecurityException notHere) {
            // no Linux, or one that does not let it: sleeps are as long as they were
        }
    }
}
