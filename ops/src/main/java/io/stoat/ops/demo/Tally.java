package io.stoat.ops.demo;

import io.stoat.store.Status;
import io.stoat.transport.TransportStatus;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a process of the demo has done in one way: answered operations, those that were answered
 * wrongly, and those without an answer, which say nothing about what is stored. One thread.
 */
final class Tally {
    private final String name;
    private final Histogram latencies = RoleReport.newHistogram();
    private final Map<String, Long> unanswered = new TreeMap<>();
    private long answered;
    private long wrong;

    /**
     * @param name of the way, a word.
     */
    Tally(final String name) {
        this.name = name;
    }

    /**
     * Counts an operation.
     *
     * @param result a length or a status.
     * @param isSound whether an answered one got what it should.
     * @param elapsedNs how long it took.
     */
    void count(final int result, final boolean isSound, final long elapsedNs) {
        latencies.recordValue(
                Math.max(1, Math.min(elapsedNs, latencies.getHighestTrackableValue())));
        if (isUnanswered(result)) {
            unanswered.merge(TransportStatus.nameOf(result), 1L, Long::sum);
            return;
        }
        answered++;
        wrong += isSound ? 0 : 1;
    }

    /** Whether a result tells nothing of what is stored: no owner, no connection, no time. */
    static boolean isUnanswered(final int result) {
        return result == Status.OWNER_GONE
                || result == Status.CLOSED
                || result <= TransportStatus.TIMED_OUT;
    }

    /** Begins anew; what was wrong or without an answer stays counted. */
    void restart() {
        answered = 0;
        latencies.reset();
    }

    String name() {
        return name;
    }

    Histogram latencies() {
        return latencies;
    }

    /**
     * @param elapsedMs since the first operation that is counted, ms.
     */
    TallyFigures figures(final long elapsedMs) {
        return new TallyFigures(
                name,
                answered,
                Math.max(1, elapsedMs),
                wrong,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                Map.copyOf(unanswered));
    }
}
