package io.stoat.bench.rig;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A stretch of a run with one loop.
 *
 * @param loop when operations are sent.
 * @param rate of all clients together, operations a second; 0 when a share is given.
 * @param share of the throughput that the run's last closed or window phase reached; 0 when a rate
 *     is given.
 * @param window most operations in flight of each client.
 * @param pace factor of a replay: 2 is twice as fast as recorded.
 * @param durationMs ms; of each probe of a search.
 * @param p99BoundNs highest P99 that a search accepts, ns.
 */
public record Phase(
        Loop loop,
        double rate,
        double share,
        int window,
        double pace,
        long durationMs,
        long p99BoundNs) {
    /** Most operations that a client can have in flight. */
    public static final int MAX_WINDOW = 4096;

    /** Refuses what makes no phase. */
    public Phase {
        if (durationMs < 1 || window < 1 || window > MAX_WINDOW) {
            throw new IllegalArgumentException(
                    "durationMs="
                            + durationMs
                            + ", window="
                            + window
                            + ": use 1 or more, and at most "
                            + MAX_WINDOW
                            + " operations in flight");
        }
        if (loop == Loop.OPEN && !(rate > 0) && !(share > 0)) {
            throw new IllegalArgumentException("an open loop needs a rate of more than 0: " + rate);
        }
        if (loop == Loop.REPLAY && !(pace > 0)) {
            throw new IllegalArgumentException("a replay needs a pace of more than 0: " + pace);
        }
        if (loop == Loop.SEARCH && p99BoundNs < 1) {
            throw new IllegalArgumentException("a search needs a bound of the P99: " + p99BoundNs);
        }
    }

    /**
     * @param durationMs of the phase.
     * @return one operation after the other.
     */
    public static Phase closed(final long durationMs) {
        return new Phase(Loop.CLOSED, 0, 0, 1, 0, durationMs, 0);
    }

    /**
     * @param window operations in flight of each client.
     * @param durationMs of the phase.
     * @return a window kept full.
     */
    public static Phase window(final int window, final long durationMs) {
        return new Phase(Loop.WINDOW, 0, 0, window, 0, durationMs, 0);
    }

    /**
     * @param rate of all clients together, operations a second.
     * @param durationMs of the phase.
     * @return an open loop.
     */
    public static Phase open(final double rate, final long durationMs) {
        return new Phase(Loop.OPEN, rate, 0, MAX_WINDOW, 0, durationMs, 0);
    }

    /**
     * @param share of the throughput that the last closed or window phase reached.
     * @param durationMs of the phase.
     * @return an open loop.
     */
    public static Phase openAtShare(final double share, final long durationMs) {
        return new Phase(Loop.OPEN, 0, share, MAX_WINDOW, 0, durationMs, 0);
    }

    /**
     * @param pace factor of the recorded pace.
     * @param durationMs of the phase.
     * @return a replay.
     */
    public static Phase replay(final double pace, final long durationMs) {
        return new Phase(Loop.REPLAY, 0, 0, MAX_WINDOW, pace, durationMs, 0);
    }

    /**
     * @param p99BoundNs highest P99 that is accepted, ns.
     * @param probeMs length of each probe, ms.
     * @return a search for the highest rate.
     */
    public static Phase search(final long p99BoundNs, final long probeMs) {
        return new Phase(Loop.SEARCH, 0, 0, MAX_WINDOW, 0, probeMs, p99BoundNs);
    }

    /**
     * @param newDurationMs instead of its own.
     * @return the same phase, so long.
     */
    Phase lasting(final long newDurationMs) {
        return new Phase(loop, rate, share, window, pace, newDurationMs, p99BoundNs);
    }

    /**
     * @return whether its load follows the target and not the clock: it can be stopped meanwhile.
     */
    boolean isPatient() {
        return loop == Loop.CLOSED || loop == Loop.WINDOW;
    }

    /**
     * @return what tells it from other phases of its run, for people.
     */
    public String label() {
        return switch (loop) {
            case CLOSED -> "closed";
            case WINDOW -> "window " + window;
            case OPEN ->
                    rate > 0
                            ? String.format(Locale.ROOT, "open %,.0f/s", rate)
                            : String.format(Locale.ROOT, "open %.0f%%", share * 100);
            case REPLAY -> String.format(Locale.ROOT, "replay x%s", number(pace));
            case SEARCH ->
                    String.format(Locale.ROOT, "search p99<%s us", number(p99BoundNs / 1000.0));
        };
    }

    private static String number(final double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("loop", loop.label());
        map.put("rate", rate);
        map.put("share", share);
        map.put("window", window);
        map.put("pace", pace);
        map.put("durationMs", durationMs);
        map.put("p99BoundNs", p99BoundNs);
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the phase.
     */
    public static Phase of(final Map<String, ?> map) {
        return new Phase(
                Loop.of((String) map.get("loop")),
                ((Number) map.get("rate")).doubleValue(),
                ((Number) map.get("share")).doubleValue(),
                ((Number) map.get("window")).intValue(),
                ((Number) map.get("pace")).doubleValue(),
                ((Number) map.get("durationMs")).longValue(),
                ((Number) map.get("p99BoundNs")).longValue());
    }
}
