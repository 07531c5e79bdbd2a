package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;

class IdleStrategiesTest {
    @Test
    void shouldMakeTheStrategyOfTheKind() {
        assertEquals(
                BusySpinIdleStrategy.class, IdleStrategies.create(IdleKind.BUSY_SPIN).getClass());
        assertEquals(YieldingIdleStrategy.class, IdleStrategies.create(IdleKind.YIELD).getClass());
        assertEquals(BackoffIdleStrategy.class, IdleStrategies.create(IdleKind.BACKOFF).getClass());
    }

    @Test
    void shouldMakeOneForEachThread() {
        assertNotSame(
                IdleStrategies.create(IdleKind.BACKOFF), IdleStrategies.create(IdleKind.BACKOFF));
    }
}
