package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RatioTest {
    @Test
    void shouldTakeTheMedianOfRatiosWithinRounds() {
        // round 2 was noisy for both, round 3 for the baseline alone
        final double[] contender = {10, 40, 10};
        final double[] baseline = {40, 160, 400};
        assertEquals(0.25, Ratio.median(contender, baseline), 1e-12);
        assertEquals(1.5, Median.of(2, 1), 1e-12);
    }
}
