package io.stoat.bench.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.workload.Operation;
import org.junit.jupiter.api.Test;

/** Answers count later by a part of what they took; the clock is the test's. */
class DelayedSessionTest {
    private static final int WINDOW = 4;
    private static final double PART = 0.1;

    private final InFlight inFlight = new InFlight(WINDOW, 8, false);
    private final Operation operation = new Operation(8, 8);
    private final Scripted scripted = new Scripted();
    private long nowNs = 1_000;

    /** Answers when it is told to. */
    private static final class Scripted implements Session {
        private Completions completions;
        private boolean closed;

        @Override
        public boolean offer(final Operation operation, final int slot) {
            return true;
        }

        @Override
        public int poll() {
            return 0;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private DelayedSession session(final double part) {
        return new DelayedSession(
                inFlight,
                part,
                () -> nowNs,
                completions -> {
                    scripted.completions = completions;
                    return scripted;
                });
    }

    private int send(final Session session) {
        final int slot = inFlight.add(operation, nowNs);
        session.offer(operation, slot);
        return slot;
    }

    private void answer(final int slot) {
        scripted.completions.complete(slot, Outcome.OK);
    }

    @Test
    void shouldCountAnAnswerLaterByAPartOfWhatItTook() {
        final Session session = session(PART);
        final int slot = send(session);
        nowNs += 100;
        answer(slot);
        nowNs += 9;
        assertEquals(0, session.poll());
        assertEquals(1, inFlight.size());
        nowNs += 1;
        assertEquals(1, session.poll());
        assertEquals(0, inFlight.size());
        assertEquals(1, inFlight.tally().ok);
        assertEquals(0, session.poll());
    }

    @Test
    void shouldCountAtOnceWithAPartOfNothing() {
        final Session session = session(0);
        final int slot = send(session);
        nowNs += 100;
        answer(slot);
        assertEquals(0, inFlight.size());
    }

    @Test
    void shouldDelayEachOfAFullWindowByItsOwnTimeAgainAndAgain() {
        final Session session = session(PART);
        for (int round = 0; round < 3; round++) {
            final int[] slots = new int[WINDOW];
            for (int i = 0; i < WINDOW; i++) {
                slots[i] = send(session);
                nowNs += 100;
            }
            for (final int slot : slots) {
                answer(slot);
            }
            // the first one took 400 ns, the last one 100
            for (int left = WINDOW - 1; left >= 0; left--) {
                nowNs += 9;
                assertEquals(0, session.poll());
                nowNs += 1;
                assertEquals(1, session.poll());
                assertEquals(left, inFlight.size());
            }
        }
    }

    @Test
    void shouldKeepWhatAnAnswerSaid() {
        final Session session = session(PART);
        final int slot = send(session);
        scripted.completions.complete(slot, Outcome.WRONG);
        session.poll();
        assertEquals(1, inFlight.tally().wrong);
    }

    @Test
    void shouldLeaveASessionAloneThatNobodyWantsSlowed() {
        assertSame(scripted, DelayedSession.slowed(inFlight, null, completions -> scripted));
        final Session slowed = DelayedSession.slowed(inFlight, "10", completions -> scripted);
        assertInstanceOf(DelayedSession.class, slowed);
        slowed.close();
        assertTrue(scripted.closed);
    }
}
