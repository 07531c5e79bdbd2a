package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GuessLimitTest {
    private static final long START_NS = Long.MAX_VALUE - 100;
    private static final long END_NS = START_NS + GuessLimit.INTERVAL_NS;

    private final GuessLimit limit = new GuessLimit();

    private void fail(final String source, final int times) {
        for (int i = 0; i < times; i++) {
            assertTrue(limit.mayGuess(source, START_NS));
            limit.failed(source, START_NS);
        }
    }

    @Test
    void shouldExamineOnlySoManyOfASourceUntilTheIntervalIsOver() {
        fail("a", GuessLimit.PER_SOURCE);
        assertFalse(limit.mayGuess("a", START_NS));
        assertTrue(limit.mayGuess("b", START_NS));
        assertFalse(limit.mayGuess("a", END_NS - 1));
        assertTrue(limit.mayGuess("a", END_NS));
    }

    @Test
    void shouldExamineOnlySoManyOfAllSourcesTogether() {
        for (int i = 0; i < GuessLimit.IN_ALL; i++) {
            fail("source " + i, 1);
        }
        assertFalse(limit.mayGuess("another", START_NS));
        assertTrue(limit.mayGuess("another", END_NS));
    }

    @Test
    void shouldNotLimitIpc() {
        fail(GuessLimit.IPC, 10 * GuessLimit.IN_ALL);
        assertTrue(limit.mayGuess(GuessLimit.IPC, START_NS));
        assertTrue(limit.mayGuess("a", START_NS));
    }

    @Test
    void shouldNotLimitWhoGuessesNothing() {
        for (int i = 0; i < 10 * GuessLimit.IN_ALL; i++) {
            assertTrue(limit.mayGuess("a", START_NS));
        }
    }
}
