package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RequestWindowTest {
    private static final long FIRST = (7L << 40) + 2;

    private final RequestWindow window = new RequestWindow(4, FIRST);

    private long add(final byte kind, final long deadlineNs) {
        final long sequence = window.add(kind);
        window.date(deadlineNs);
        return sequence;
    }

    @Test
    void shouldMoveOnOnlyOverWhatWasAnswered() {
        for (int i = 0; i < 4; i++) {
            assertFalse(window.isFull());
            assertEquals(FIRST + i, add(RequestWindow.WRITE, i));
        }
        assertTrue(window.isFull());
        assertTrue(window.complete(FIRST + 1));
        assertTrue(window.isFull());
        assertTrue(window.complete(FIRST));
        assertEquals(2, window.length());
        assertEquals(FIRST + 2, window.first());
        assertEquals(FIRST + 4, add(RequestWindow.READ, 4));
        assertEquals(3, window.length());
    }

    @Test
    void shouldTakeAnAnswerOnce() {
        add(RequestWindow.READ, 0);
        add(RequestWindow.READ, 0);
        assertFalse(window.complete(FIRST + 2));
        assertFalse(window.complete(FIRST - 1));
        assertTrue(window.complete(FIRST + 1));
        assertFalse(window.complete(FIRST + 1));
        assertTrue(window.complete(FIRST));
        assertFalse(window.complete(FIRST));
        assertTrue(window.isEmpty());
    }

    @Test
    void shouldTellKindAndLatenessOfTheOldest() {
        add(RequestWindow.READ, Long.MAX_VALUE);
        add(RequestWindow.WRITE, Long.MIN_VALUE + 10);
        assertTrue(window.isFirstRead());
        assertFalse(window.isFirstLate(Long.MAX_VALUE));
        assertTrue(window.isFirstLate(Long.MIN_VALUE));
        window.removeFirst();
        assertFalse(window.isFirstRead());
        assertFalse(window.isFirstLate(Long.MIN_VALUE));
        window.removeFirst();
        assertTrue(window.isEmpty());
    }

    @Test
    void shouldNotBeLateBeforeItHasADeadline() {
        window.add(RequestWindow.READ);
        assertFalse(window.isFirstLate(Long.MAX_VALUE));
        window.date(10);
        assertFalse(window.isFirstLate(10));
        assertTrue(window.isFirstLate(11));
        window.add(RequestWindow.READ);
        window.date(20);
        assertTrue(window.isFirstLate(11));
        window.removeFirst();
        assertFalse(window.isFirstLate(11));
        assertTrue(window.isFirstLate(21));
        window.removeLast();
        window.add(RequestWindow.WRITE);
        assertFalse(window.isFirstLate(21));
    }

    @Test
    void shouldTakeTheNewestBack() {
        add(RequestWindow.WRITE, 0);
        add(RequestWindow.WRITE, 0);
        window.removeLast();
        assertEquals(FIRST + 1, window.next());
        assertFalse(window.complete(FIRST + 1));
        assertEquals(1, window.length());
    }
}
