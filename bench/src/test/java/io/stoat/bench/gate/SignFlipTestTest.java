package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SignFlipTestTest {
    @Test
    void shouldCountChoicesOfSigns() {
        assertEquals(1 / 16.0, SignFlipTest.probability(new double[] {1, 1, 1, 1}), 1e-12);
        // all right, or one of four wrong
        assertEquals(5 / 16.0, SignFlipTest.probability(new double[] {1, 1, 1, -1}), 1e-12);
        assertEquals(1, SignFlipTest.probability(new double[] {-1, -1, -1, -1}), 1e-12);
        assertEquals(1, SignFlipTest.probability(new double[] {0, 0, 0}), 1e-12);
        assertEquals(1 / 2.0, SignFlipTest.probability(new double[] {0, 0, 0, 3}), 1e-12);
    }

    @Test
    void shouldNotLetOneForkDecide() {
        assertEquals(
                SignFlipTest.probability(new double[] {1, 1, 1, 1, 1, -1}),
                SignFlipTest.probability(new double[] {1, 1, 1, 1, 1, -50}),
                1e-12);
    }

    @Test
    void shouldGiveNoMoreFalseAlarmsThanItsLevel() {
        final Random random = new Random(3);
        int alarms = 0;
        for (int trial = 0; trial < 4_000; trial++) {
            final double[] differences = random.doubles(10, -1, 1).map(d -> d * d * d).toArray();
            alarms += SignFlipTest.probability(differences) <= 0.05 ? 1 : 0;
        }
        assertTrue(alarms <= 4_000 * 0.06 && alarms >= 4_000 * 0.03, alarms + " alarms");
    }
}
