package io.stoat.bench.rig;

import java.util.concurrent.TimeUnit;

/**
 * Lets the processes of one side run while those of the others are stopped, in short turns, so that
 * all sides meet the same host: what disturbs it for seconds falls on each of them. A process that
 * leaves runs on. Any thread.
 */
public final class Turns implements AutoCloseable {
    private final Sides sides;
    private final int count;
    private final Thread thread;

    /**
     * @param count of sides.
     * @param turnMs length of a turn, ms.
     */
    public Turns(final int count, final long turnMs) {
        this.count = count;
        sides = new Sides(count);
        thread = new Thread(() -> takeTurns(turnMs), "turns");
        thread.setDaemon(true);
        thread.start();
    }

    private void takeTurns(final long turnMs) {
        try {
            for (int active = 1 % count; sides.give(active); active = (active + 1) % count) {
                TimeUnit.MILLISECONDS.sleep(turnMs);
            }
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * @param side of the process.
     * @param pid of it: from now on it runs in turns.
     */
    void join(final int side, final long pid) {
        sides.join(side, pid);
    }

    /**
     * @param side of the process.
     * @param pid of it: from now on it always runs.
     */
    void leave(final int side, final long pid) {
        sides.leave(side, pid);
    }

    /** Ends the turns; every process runs. */
    @Override
    public void close() {
        sides.close();
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
