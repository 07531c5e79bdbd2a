package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class RateSearchTest {
    /** A queue with one server: latency grows without bound towards its capacity. */
    private static PhaseResult queue(final double rate, final double capacity) {
        final Histogram histogram = new Histogram(3);
        final double load = rate / capacity;
        histogram.recordValue(load < 1 ? (long) (10_000 / (1 - load)) : 1_000_000_000L);
        final long unsent = load < 1 ? 0 : 1_000;
        return new PhaseResult(
                "open",
                "open",
                rate,
                0,
                1_000_000_000L,
                1_000,
                1_000,
                1_000,
                0,
                unsent,
                null,
                Map.of(PhaseResult.ALL, LatencySummary.of(histogram)),
                null,
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void shouldFindTheHighestRateThatMeetsTheBound() {
        // 10 us / (1 - load) <= 40 us: up to 75 % of the capacity
        final PhaseResult found =
                new RateSearch(40_000, rate -> queue(rate, 100_000)).run(100_000, "search");
        assertTrue(found.rate() > 75_000 * 0.95 && found.rate() <= 75_000, "" + found.rate());
        assertTrue(found.probes().size() <= RateSearch.MAX_PROBES);
        assertEquals("search", found.loop());
    }

    @Test
    void shouldSayThatNoRateMeetsTheBound() {
        final PhaseResult found =
                new RateSearch(5_000, rate -> queue(rate, 100_000)).run(100_000, "search");
        assertEquals(0, found.rate());
        assertTrue(found.probes().stream().allMatch(probe -> probe[2] == 0));
    }

    @Test
    void shouldNotAcceptARateThatSaturates() {
        final PhaseResult found =
                new RateSearch(2_000_000_000L, rate -> queue(rate, 50_000)).run(100_000, "search");
        assertTrue(found.rate() > 45_000 && found.rate() < 50_000, "" + found.rate());
    }

    @Test
    void shouldFindARateFarAboveWhatAClosedLoopReached() {
        // ten requests in flight, of which a closed loop has one
        final PhaseResult found =
                new RateSearch(40_000, rate -> queue(rate, 1_000_000)).run(100_000, "search");
        assertTrue(found.rate() > 750_000 * 0.95 && found.rate() <= 750_000, "" + found.rate());
        assertTrue(
                found.probes().stream().anyMatch(probe -> probe[0] > 750_000 && probe[2] == 0),
                "a rate above it was probed and refused");
    }

    @Test
    void shouldEndWhenNoRateIsRefused() {
        final PhaseResult found =
                new RateSearch(40_000, rate -> queue(rate, 1e15)).run(100_000, "search");
        assertEquals(RateSearch.MAX_PROBES, found.probes().size());
        assertEquals(80_000 * Math.pow(2, RateSearch.MAX_PROBES - 1), found.rate(), 1);
    }
}
