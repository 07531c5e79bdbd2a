package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReconnectBackoffTest {
    private static final long NOW_NS = Long.MAX_VALUE - 5;

    private final ReconnectBackoff backoff = new ReconnectBackoff(10, 35);

    private void shouldWait(final long delayNs) {
        backoff.failed(NOW_NS);
        assertFalse(backoff.isDue(NOW_NS + delayNs - 1));
        assertTrue(backoff.isDue(NOW_NS + delayNs));
    }

    @Test
    void shouldWaitTwiceAsLongAfterEachAttemptInVainUpToTheBound() {
        assertTrue(backoff.isDue(NOW_NS));
        shouldWait(10);
        shouldWait(20);
        shouldWait(35);
        shouldWait(35);
    }

    @Test
    void shouldBeginAnewAfterSuccess() {
        shouldWait(10);
        shouldWait(20);
        backoff.succeeded();
        assertTrue(backoff.isDue(NOW_NS));
        shouldWait(10);
    }
}
