package io.stoat.affinity;

import java.util.List;

/**
 * One thread as another process sees it in {@link ThreadFigures}.
 *
 * @param roles that it runs, by name.
 * @param cpu that it is pinned to, or -1.
 * @param refused whether the host refused to pin it, so that it runs anywhere.
 * @param idle what it does without work.
 * @param thresholdNs a longer duty cycle is counted, ns.
 * @param overThreshold number of longer duty cycles.
 * @param maxCycleNs longest duty cycle since the start, ns.
 * @param recentMaxCycleNs longest duty cycle of the last half to whole minute, ns.
 * @param busyNs time of the duty cycles that did some work, ns.
 * @param elapsedNs time of all duty cycles, ns; 0 when the thread has not run yet.
 */
public record ThreadFigure(
        List<String> roles,
        int cpu,
        boolean refused,
        IdleKind idle,
        long thresholdNs,
        long overThreshold,
        long maxCycleNs,
        long recentMaxCycleNs,
        long busyNs,
        long elapsedNs) {
    /**
     * @return share of the time in duty cycles that did some work, 0 to 100.
     */
    public double busyPercent() {
        return elapsedNs <= 0 ? 0 : Math.min(100, 100.0 * busyNs / elapsedNs);
    }
}
