package io.stoat.bench.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one phase of a run measured.
 *
 * @param label of the phase, such as {@code closed}.
 * @param loop of the phase.
 * @param rate at which operations were to be sent, a second; 0 when the loop sets none.
 * @param startedAtMs ms since the epoch.
 * @param durationNs from the first intended send to the last answer.
 * @param sent operations.
 * @param received answers.
 * @param ok reads that found their value, and acknowledged writes.
 * @param misses reads that found nothing.
 * @param unsent operations whose time came, but that the loop was too late for.
 * @param problem why the phase FAILED, or null.
 * @param latencies by kind of operation, and {@link #ALL}; from the intended send time.
 * @param delays how much later than intended operations were sent; null when the loop sets no time.
 * @param series for each interval its end in s since the start, count, p50, p99 and maximum in ns.
 * @param events marks on the series.
 * @param probes of a search: rate, P99 and 1 when it was accepted, else 0.
 */
public record PhaseResult(
        String label,
        String loop,
        double rate,
        long startedAtMs,
        long durationNs,
        long sent,
        long received,
        long ok,
        long misses,
        long unsent,
        String problem,
        Map<String, LatencySummary> latencies,
        LatencySummary delays,
        List<double[]> series,
        List<Event> events,
        List<double[]> probes) {
    /** Name of the summary over all kinds of operations. */
    public static final String ALL = "all";

    /** Mark of the first write that was due after a kill and acknowledged. */
    public static final String FIRST_WRITE = "first acknowledged write";

    /** Share of the intended operations that may remain unsent before a loop counts as too fast. */
    private static final double SATURATION_SHARE = 0.01;

    /**
     * A mark on the time series.
     *
     * @param seconds since the phase's start.
     * @param name of what happened.
     */
    public record Event(double seconds, String name) {}

    /**
     * @return answers a second.
     */
    public double throughput() {
        return durationNs == 0 ? 0 : received * 1e9 / durationNs;
    }

    /**
     * @return whether the target could not keep up with the rate.
     */
    public boolean isSaturated() {
        return unsent > (sent + unsent) * SATURATION_SHARE;
    }

    /**
     * @return latencies of all operations.
     */
    public LatencySummary all() {
        return latencies.get(ALL);
    }

    /**
     * @param found probes of the search.
     * @param newLabel of the phase.
     * @return this result as that of a search.
     */
    public PhaseResult withProbes(final List<double[]> found, final String newLabel) {
        return with(newLabel, "search", rate, durationNs, latencies, delays, series, found);
    }

    /**
     * @return this result as that of a loop that sets no rate.
     */
    public PhaseResult withoutRate() {
        return with(label, loop, 0, durationNs, latencies, delays, series, probes);
    }

    private PhaseResult with(
            final String newLabel,
            final String newLoop,
            final double newRate,
            final long newDurationNs,
            final Map<String, LatencySummary> newLatencies,
            final LatencySummary newDelays,
            final List<double[]> newSeries,
            final List<double[]> newProbes) {
        return new PhaseResult(
                newLabel,
                newLoop,
                newRate,
                startedAtMs,
                newDurationNs,
                sent,
                received,
                ok,
                misses,
                unsent,
                problem,
                newLatencies,
                newDelays,
                newSeries,
                events,
                newProbes);
    }

    /**
     * @param sides that took turns.
     * @return this result, its duration without the turns of the others.
     */
    PhaseResult ofOneSide(final int sides) {
        return with(label, loop, rate, durationNs / sides, latencies, delays, series, probes);
    }

    /** This result as that of operations that take longer; as many a second where a rate is set. */
    PhaseResult slowed(final double part) {
        final Map<String, LatencySummary> slower = new LinkedHashMap<>();
        latencies.forEach((kind, summary) -> slower.put(kind, summary.slowed(part)));
        return with(
                label,
                loop,
                rate,
                rate > 0 ? durationNs : Math.round(durationNs * (1 + part)),
                slower,
                delays,
                series,
                probes);
    }

    PhaseResult slim() {
        return with(
                label,
                loop,
                rate,
                durationNs,
                Map.of(ALL, all().withoutCurve()),
                null,
                List.of(),
                List.of());
    }

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("label", label);
        map.put("loop", loop);
        map.put("rate", rate);
        map.put("startedAtMs", startedAtMs);
        map.put("durationNs", durationNs);
        map.put("throughput", Math.round(throughput() * 10) / 10.0);
        map.put("sent", sent);
        map.put("received", received);
        map.put("ok", ok);
        map.put("misses", misses);
        map.put("unsent", unsent);
        map.put("saturated", isSaturated());
        map.put("problem", problem);
        final Map<String, Object> byKind = new LinkedHashMap<>();
        latencies.forEach((kind, summary) -> byKind.put(kind, summary.toMap()));
        map.put("latencyNs", byKind);
        map.put("delayNs", delays == null ? null : delays.toMap());
        map.put("series", series);
        map.put(
                "events",
                events.stream()
                        .map(event -> Map.of("seconds", event.seconds(), "name", event.name()))
                        .toList());
        map.put("probes", probes);
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the result.
     */
    @SuppressWarnings("unchecked")
    public static PhaseResult of(final Map<String, ?> map) {
        final Map<String, LatencySummary> byKind = new LinkedHashMap<>();
        ((Map<String, Map<String, ?>>) map.get("latencyNs"))
                .forEach((kind, summary) -> byKind.put(kind, LatencySummary.of(summary)));
        final Map<String, ?> delays = (Map<String, ?>) map.get("delayNs");
        final List<Event> events = new ArrayList<>();
        for (final Map<String, ?> event : (List<Map<String, ?>>) map.get("events")) {
            events.add(
                    new Event(
                            ((Number) event.get("seconds")).doubleValue(),
                            (String) event.get("name")));
        }
        return new PhaseResult(
                (String) map.get("label"),
                (String) map.get("loop"),
                ((Number) map.get("rate")).doubleValue(),
                number(map, "startedAtMs"),
                number(map, "durationNs"),
                number(map, "sent"),
                number(map, "received"),
                number(map, "ok"),
                number(map, "misses"),
                number(map, "unsent"),
                (String) map.get("problem"),
                byKind,
                delays == null ? null : LatencySummary.of(delays),
                rows(map.get("series")),
                events,
                rows(map.get("probes")));
    }

    private static long number(final Map<String, ?> map, final String name) {
        return ((Number) map.get(name)).longValue();
    }

    private static List<double[]> rows(final Object value) {
        final List<double[]> rows = new ArrayList<>();
        for (final Object row : (List<?>) value) {
            rows.add(
                    ((List<?>) row)
                            .stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray());
        }
        return rows;
    }
}
