package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RelaunchPauseTest {
    private final RelaunchPause pause = new RelaunchPause();

    @Test
    void shouldGrowUpToABoundWhileTheMemberEndsAgainAndAgain() {
        long last = 0;
        for (int end = 0; end < 5; end++) {
            final long next = pause.after(RelaunchPause.STABLE_NS / 2);
            assertTrue(next > last, next + " after " + last);
            last = next;
        }
        for (int end = 0; end < 100; end++) {
            last = pause.after(0);
        }
        assertEquals(RelaunchPause.LONGEST_NS, last);
    }

    @Test
    void shouldBeShortAgainAfterAMemberThatRanForAWhile() {
        assertEquals(RelaunchPause.FIRST_NS, pause.after(0));
        pause.after(0);
        assertEquals(RelaunchPause.FIRST_NS, pause.after(RelaunchPause.STABLE_NS + 1));
        assertEquals(2 * RelaunchPause.FIRST_NS, pause.after(0));
    }
}
