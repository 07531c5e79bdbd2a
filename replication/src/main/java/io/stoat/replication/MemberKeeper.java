package io.stoat.replication;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.CloseHelper;

/**
 * Keeps one member running until it is closed: when the member ends by itself, because it stepped
 * down or hit an error, it is closed and launched again, which resumes it, rebuilds it, or fetches
 * what it lacks from the others.
 */
public final class MemberKeeper implements AutoCloseable {
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 5_000;
    private static final long STABLE_NS = TimeUnit.SECONDS.toNanos(30);

    private final Supplier<MemberContext> contexts;
    private final Consumer<String> news;
    private final Object monitor = new Object();
    private final Thread thread;
    private ReplicatedMember member;
    private boolean isTerminated;
    private boolean isClosing;

    private MemberKeeper(final Supplier<MemberContext> contexts, final Consumer<String> news) {
        this.contexts = contexts;
        this.news = news;
        thread = new Thread(this::keep, "stoat-member-keeper");
    }

    /**
     * Launches the member and keeps it running.
     *
     * @param contexts makes the settings of each launch; {@link MemberContext#onTerminated} is the
     *     keeper's.
     * @param news told, by the keeper's thread, in a line why the member is launched again.
     * @return the keeper.
     * @throws ReplicationException when the first launch fails.
     */
    public static MemberKeeper keep(
            final Supplier<MemberContext> contexts, final Consumer<String> news) {
        final MemberKeeper keeper = new MemberKeeper(contexts, news);
        keeper.member = keeper.launch();
        keeper.thread.start();
        return keeper;
    }

    private ReplicatedMember launch() {
        return ReplicatedMember.launch(contexts.get().onTerminated(this::onTerminated));
    }

    private void onTerminated() {
        synchronized (monitor) {
            isTerminated = true;
            monitor.notifyAll();
        }
    }

    private void keep() {
        long pauseMs = FIRST_PAUSE_MS;
        while (awaitEnd()) {
            final long endedNs = System.nanoTime();
            CloseHelper.quietClose(member);
            member = null;
            while (member == null && pause(pauseMs)) {
                try {
                    member = launch();
                    news.accept("the member is running again");
                } catch (final RuntimeException ex) {
                    news.accept(
                            "the member does not start, another try follows: " + ex.getMessage());
                    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
                }
            }
            if (System.nanoTime() - endedNs > STABLE_NS) {
                pauseMs = FIRST_PAUSE_MS;
            }
        }
        CloseHelper.quietClose(member);
    }

    /** True: the member ended by itself; false: the keeper is being closed. */
    private boolean awaitEnd() {
        synchronized (monitor) {
            while (!isTerminated && !isClosing) {
                try {
                    monitor.wait();
                } catch (final InterruptedException ex) {
                    isClosing = true;
                }
            }
            isTerminated = false;
            return !isClosing;
        }
    }

    private boolean pause(final long pauseMs) {
        synchronized (monitor) {
            if (!isClosing) {
                try {
                    monitor.wait(pauseMs);
                } catch (final InterruptedException ex) {
                    isClosing = true;
                }
            }
            isTerminated = false;
            return !isClosing;
        }
    }

    /**
     * @param config of the cluster.
     * @param group of the member.
     * @param number of the member.
     * @return directory of the member's media driver, for clients of the same host.
     */
    public static Path aeronDirectory(
            final ClusterConfig config, final int group, final int number) {
        return io.stoat.transport.AeronDirectories.forDataDir(config.memberDir(group, number));
    }

    /** Stops the member cleanly. */
    @Override
    public void close() {
        synchronized (monitor) {
            isClosing = true;
            monitor.notifyAll();
        }
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
