package io.stoat.bench.rig;

import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.Latency;
import io.stoat.bench.target.Tally;
import io.stoat.bench.workload.OperationKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Gathers what the clients record during one phase: totals, time series and the log. */
final class Measurement {
    private final Phase phase;
    private final double rate;
    private final List<LoadLoop> loops;
    private final HistogramLogWriter log;
    private final Histogram[] totals = new Histogram[OperationKind.count()];
    private final Histogram delays = new Histogram(Latency.HIGHEST_NS, Latency.DIGITS);
    private final Histogram interval = new Histogram(Latency.HIGHEST_NS, Latency.DIGITS);

    /** Handed back to the recorders at each sample, so that sampling leaves little garbage. */
    private final Histogram[][] parts;

    private final Histogram[] delayParts;
    private final List<double[]> series = new ArrayList<>();
    private final long startedAtMs;
    private final long startNs;
    private long intervalStartNs;
    private long sampledNs;

    /**
     * @param log to write intervals to, or null.
     */
    Measurement(
            final Phase phase,
            final double rate,
            final List<LoadLoop> loops,
            final HistogramLogWriter log,
            final long startNs) {
        this.phase = phase;
        this.rate = rate;
        this.loops = loops;
        this.log = log;
        this.startNs = startNs;
        parts = new Histogram[loops.size()][OperationKind.count()];
        delayParts = new Histogram[loops.size()];
        intervalStartNs = startNs;
        sampledNs = startNs;
        startedAtMs = System.currentTimeMillis() + (startNs - System.nanoTime()) / 1_000_000;
        for (int i = 0; i < totals.length; i++) {
            totals[i] = new Histogram(Latency.HIGHEST_NS, Latency.DIGITS);
        }
    }

    /** Forgets what was recorded so far; no client may be running. */
    static void reset(final List<LoadLoop> loops) {
        for (final LoadLoop loop : loops) {
            loop.inFlight().tally().clear();
            loop.delays().reset();
            for (final var recorder : loop.inFlight().recorders()) {
                recorder.reset();
            }
        }
    }

    /** Takes in what was recorded since the last sample, when that is long enough ago. */
    void sampleAfter(final long intervalMs) {
        if (System.nanoTime() - sampledNs >= intervalMs * 1_000_000) {
            sample();
        }
    }

    /** Takes in what was recorded since the last sample. */
    void sample() {
        final long nowNs = System.nanoTime();
        sampledNs = nowNs;
        interval.reset();
        for (int kind = 0; kind < totals.length; kind++) {
            Histogram ofKind = null;
            for (int i = 0; i < loops.size(); i++) {
                final Histogram part =
                        loops.get(i)
                                .inFlight()
                                .recorders()[kind]
                                .getIntervalHistogram(parts[i][kind]);
                parts[i][kind] = part;
                if (part.getTotalCount() > 0) {
                    totals[kind].add(part);
                    interval.add(part);
                    if (ofKind == null) {
                        ofKind = part;
                    } else {
                        ofKind.add(part);
                    }
                }
            }
            write(kind, ofKind, nowNs);
        }
        for (int i = 0; i < loops.size(); i++) {
            delayParts[i] = loops.get(i).delays().getIntervalHistogram(delayParts[i]);
            delays.add(delayParts[i]);
        }
        if (interval.getTotalCount() > 0) {
            series.add(
                    new double[] {
                        Math.round((nowNs - startNs) / 1e6) / 1e3,
                        interval.getTotalCount() * 1e9 / Math.max(1, nowNs - intervalStartNs),
                        interval.getValueAtPercentile(50),
                        interval.getValueAtPercentile(99),
                        interval.getMaxValue()
                    });
        }
        intervalStartNs = nowNs;
    }

    private void write(final int kind, final Histogram histogram, final long nowNs) {
        if (log != null && histogram != null) {
            histogram.setTag(OperationKind.of(kind).label());
            histogram.setStartTimeStamp(startedAtMs + (intervalStartNs - startNs) / 1_000_000);
            histogram.setEndTimeStamp(startedAtMs + (nowNs - startNs) / 1_000_000);
            log.outputIntervalHistogram(histogram);
        }
    }

    /** The result, after the clients have ended. */
    PhaseResult result(final List<PhaseResult.Event> events) {
        sample();
        final Tally tally = new Tally();
        long unsent = 0;
        long endNs = startNs;
        for (final LoadLoop loop : loops) {
            tally.add(loop.inFlight().tally());
            unsent += loop.unsent();
            endNs = Math.max(endNs, loop.endedNs());
        }
        final Map<String, LatencySummary> latencies = new LinkedHashMap<>();
        final Histogram all = new Histogram(Latency.HIGHEST_NS, Latency.DIGITS);
        for (int kind = 0; kind < totals.length; kind++) {
            if (totals[kind].getTotalCount() > 0) {
                all.add(totals[kind]);
                latencies.put(OperationKind.of(kind).label(), LatencySummary.of(totals[kind]));
            }
        }
        latencies.put(PhaseResult.ALL, LatencySummary.of(all));
        String problem = tally.problem();
        if (problem == null && all.getTotalCount() != tally.received()) {
            problem =
                    "recorded "
                            + all.getTotalCount()
                            + " latencies of "
                            + tally.received()
                            + " answers";
        }
        return new PhaseResult(
                phase.label(),
                phase.loop().label(),
                rate,
                startedAtMs,
                endNs - startNs,
                tally.sent(),
                tally.received(),
                tally.ok(),
                tally.misses(),
                unsent,
                problem,
                latencies,
                phase.loop().isTimed() ? LatencySummary.of(delays) : null,
                series,
                events,
                List.of());
    }
}
