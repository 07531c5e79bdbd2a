package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    /** Its compilers take the whole of some rounds, and nothing of those that follow. */
    private static final class Compiled implements WarmUp.Subject<RuntimeException> {
        private final int busyRounds;
        private long compiledMs;
        private int round;

        Compiled(final int busyRounds) {
            this.busyRounds = busyRounds;
        }

        @Override
        public void round(final int number) {
            assertEquals(round + 1, number);
            round = number;
            if (round <= busyRounds) {
                compiledMs += TimeUnit.HOURS.toMillis(1);
            }
        }

        @Override
        public long compiledMs() {
            return compiledMs;
        }
    }

    @Test
    void shouldGoOnUntilTheCompilersAreIdle() {
        assertEquals(6, WarmUp.of(new Compiled(5), 20, 0.01).rounds());
    }

    @Test
    void shouldEndAfterTheMostRoundsAndSaySo() {
        final WarmUp warmUp = WarmUp.of(new Compiled(Integer.MAX_VALUE), 3, 0.01);
        assertEquals(3, warmUp.rounds());
        assertTrue(warmUp.toString().startsWith("warm after 3 rounds"), warmUp.toString());
    }

    @Test
    void shouldTakeTwoRoundsAtLeast() {
        assertEquals(2, WarmUp.of(new Compiled(0), 20, 0.01).rounds());
    }

    @Test
    void shouldTellWhatThisJvmCompiled() {
        assertTrue(WarmUp.compiledMs() > 0);
    }
}
