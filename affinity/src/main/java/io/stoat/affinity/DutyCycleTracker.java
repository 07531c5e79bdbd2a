package io.stoat.affinity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.NanoClock;

/**
 * Measures the duty cycles of one agent, each from its start to the start of the next: its work,
 * its idling, and whatever else took the core away meanwhile. So the threshold of an agent that
 * backs off must lie above its longest sleep.
 *
 * <p>The agent's thread measures, at the price of one reading of the clock a cycle and no
 * allocation. Any thread may read the figures. They are stored with release and loaded with acquire
 * order, the maximum before the count: whoever reads the count first and the maximum next gets a
 * maximum that covers every cycle counted.
 */
public final class DutyCycleTracker {
    private static final VarHandle MAX_CYCLE_NS;
    private static final VarHandle OVER_THRESHOLD;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            MAX_CYCLE_NS = lookup.findVarHandle(DutyCycleTracker.class, "maxCycleNs", long.class);
            OVER_THRESHOLD =
                    lookup.findVarHandle(DutyCycleTracker.class, "overThreshold", long.class);
        } catch (final ReflectiveOperationException ex) {
            throw new ExceptionInInitializerError(ex);
        }
    }

    private final NanoClock clock;
    private final long thresholdNs;
    private long cycleStartNs;
    private long maxCycleNs;
    private long overThreshold;

    /**
     * @param clock to measure with.
     * @param thresholdNs a longer cycle is counted.
     */
    public DutyCycleTracker(final NanoClock clock, final long thresholdNs) {
        if (thresholdNs < 0) {
            throw new IllegalArgumentException("thresholdNs must be 0 or more: " + thresholdNs);
        }
        this.clock = clock;
        this.thresholdNs = thresholdNs;
    }

    /** Begins the first cycle. Agent's thread. */
    public void start() {
        cycleStartNs = clock.nanoTime();
    }

    /** Ends a cycle and begins the next. Agent's thread. */
    public void nextCycle() {
        final long nowNs = clock.nanoTime();
        final long cycleNs = nowNs - cycleStartNs;
        cycleStartNs = nowNs;
        if (cycleNs > maxCycleNs) {
            MAX_CYCLE_NS.setRelease(this, cycleNs);
        }
        if (cycleNs > thresholdNs) {
            OVER_THRESHOLD.setRelease(this, overThreshold + 1);
        }
    }

    /**
     * @return longest cycle since the start, in ns; 0 before the first has ended. Any thread;
     *     acquire.
     */
    public long maxCycleNs() {
        return (long) MAX_CYCLE_NS.getAcquire(this);
    }

    /**
     * @return number of cycles that took longer than the threshold. Any thread; acquire.
     */
    public long overThreshold() {
        return (long) OVER_THRESHOLD.getAcquire(this);
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
