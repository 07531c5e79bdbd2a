package io.stoat.affinity;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Measures the duty cycles of one agent, each from its start to the start of the next: its work,
 * its idling, and whatever else took the core away meanwhile. So the threshold of an agent that
 * backs off must lie above its longest sleep.
 *
 * <p>The agent's thread measures, at the price of one reading of the clock a cycle and no
 * allocation. Any thread may read the figures; those of a {@link ThreadFigures} file any process.
 * They are stored with release and loaded with acquire order, the maximum before the count: whoever
 * reads the count first and the maximum next gets a maximum that covers every cycle counted.
 */
public final class DutyCycleTracker {
    /** Offsets of the figures from the tracker's own; {@link ThreadFigures} has the diagram. */
    static final int ELAPSED_OFFSET = 0;

    static final int BUSY_OFFSET = 8;
    static final int MAX_OFFSET = 16;
    static final int OVER_THRESHOLD_OFFSET = 24;
    static final int RECENT_MAX_OFFSET = 32;
    static final int FORMER_MAX_OFFSET = 40;
    static final int LENGTH = 48;

    /** How long a maximum counts as recent: at least so long, at most twice. */
    static final long RECENT_NS = TimeUnit.SECONDS.toNanos(30);

    private final NanoClock clock;
    private final long thresholdNs;
    private final AtomicBuffer figures;
    private final int offset;
    private long cycleStartNs;
    private long recentStartNs;
    private long elapsedNs;
    private long busyNs;
    private long maxCycleNs;
    private long recentMaxNs;
    private long overThreshold;

    /**
     * @param clock to measure with.
     * @param thresholdNs a longer cycle is counted.
     */
    public DutyCycleTracker(final NanoClock clock, final long thresholdNs) {
        this(clock, thresholdNs, new UnsafeBuffer(ByteBuffer.allocateDirect(LENGTH)), 0);
    }

    DutyCycleTracker(
            final NanoClock clock,
            final long thresholdNs,
            final AtomicBuffer figures,
            final int offset) {
        if (thresholdNs < 0) {
            throw new IllegalArgumentException("thresholdNs must be 0 or more: " + thresholdNs);
        }
        this.clock = clock;
        this.thresholdNs = thresholdNs;
        this.figures = figures;
        this.offset = offset;
    }

    /** Begins the first cycle. Agent's thread. */
    public void start() {
        cycleStartNs = clock.nanoTime();
        recentStartNs = cycleStartNs;
    }

    /**
     * Ends a cycle and begins the next. Agent's thread.
     *
     * @param workCount what the cycle that ends has done, 0 for nothing.
     */
    public void nextCycle(final int workCount) {
        final long nowNs = clock.nanoTime();
        final long cycleNs = nowNs - cycleStartNs;
        cycleStartNs = nowNs;
        if (cycleNs > maxCycleNs) {
            maxCycleNs = cycleNs;
            figures.putLongRelease(offset + MAX_OFFSET, cycleNs);
        }
        if (nowNs - recentStartNs > RECENT_NS) {
            figures.putLongRelease(offset + FORMER_MAX_OFFSET, recentMaxNs);
            recentStartNs = nowNs;
            recentMaxNs = -1;
        }
        if (cycleNs > recentMaxNs) {
            recentMaxNs = cycleNs;
            figures.putLongRelease(offset + RECENT_MAX_OFFSET, cycleNs);
        }
        if (cycleNs > thresholdNs) {
            figures.putLongRelease(offset + OVER_THRESHOLD_OFFSET, ++overThreshold);
        }
        elapsedNs += cycleNs;
        figures.putLongRelease(offset + ELAPSED_OFFSET, elapsedNs);
        if (workCount > 0) {
            busyNs += cycleNs;
            figures.putLongRelease(offset + BUSY_OFFSET, busyNs);
        }
    }

    /**
     * @return longest cycle since the start, in ns; 0 before the first has ended. Any thread;
     *     acquire.
     */
    public long maxCycleNs() {
        return figures.getLongAcquire(offset + MAX_OFFSET);
    }

    /**
     * @return longest cycle of the last half to whole minute, in ns. Any thread; acquire.
     */
    public long recentMaxCycleNs() {
        return Math.max(
                figures.getLongAcquire(offset + RECENT_MAX_OFFSET),
                figures.getLongAcquire(offset + FORMER_MAX_OFFSET));
    }

    /**
     * @return number of cycles that took longer than the threshold. Any thread; acquire.
     */
    public long overThreshold() {
        return figures.getLongAcquire(offset + OVER_THRESHOLD_OFFSET);
    }

    /**
     * @return time of all cycles that have ended, in ns. Any thread; acquire.
     */
    public long elapsedNs() {
        return figures.getLongAcquire(offset + ELAPSED_OFFSET);
    }

    /**
     * @return time of the cycles that have ended and did some work, in ns. Any thread; acquire.
     */
    public long busyNs() {
        return figures.getLongAcquire(offset + BUSY_OFFSET);
    }

    /**
     * @return a longer cycle is counted, in ns.
     */
    public long thresholdNs() {
        return thresholdNs;
    }

    @Override
    public String toString() {
        final long count = overThreshold();
        return "maxCycleNs="
                + maxCycleNs()
                + " overThreshold="
                + count
                + " thresholdNs="
                + thresholdNs;
    }
}
