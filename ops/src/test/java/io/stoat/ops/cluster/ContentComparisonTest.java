package io.stoat.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ContentSum;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ContentComparisonTest {
    private final SortedMap<Integer, Supplier<ContentSum>> members = new TreeMap<>();
    private final SortedMap<Integer, Supplier<ContentSum>> others = new TreeMap<>();
    private long patienceNs = TimeUnit.SECONDS.toNanos(30);
    private long asked;

    private ContentSum ask() {
        asked++;
        return sum(asked);
    }

    private static ContentSum sum(final long position) {
        return new ContentSum(position, 7 * position, 3);
    }

    private ContentComparison.Result compare() {
        return new ContentComparison(members, others, patienceNs, this::ask).compare();
    }

    @Test
    void shouldNotTakeTheChecksumOfALaterPositionForADifference() {
        members.put(0, () -> sum(asked));
        // another verify asked after the first question: its checksum is of other content
        members.put(1, () -> sum(asked == 1 ? 2 : asked));
        final ContentComparison.Result result = compare();
        assertEquals(2, asked);
        assertTrue(result.isSame(), result.toString());
    }

    @Test
    void shouldGiveUpWhenItIsOvertakenEachTime() {
        members.put(1, () -> sum(asked + 1));
        assertTrue(
                assertThrows(CommandFailure.class, this::compare)
                        .getMessage()
                        .contains("no other verify"));
    }

    @Test
    void shouldFindADifferenceAtTheSamePosition() {
        members.put(0, () -> sum(asked));
        members.put(2, () -> new ContentSum(asked, 1, 3));
        final ContentComparison.Result result = compare();
        assertFalse(result.isSame());
        assertTrue(result.isSame(0));
        assertFalse(result.isSame(2));
    }

    @Test
    void shouldCompareMembersOfOtherHostsOnceTheyHaveReported() {
        final int[] looks = new int[1];
        members.put(0, () -> sum(asked));
        others.put(1, () -> ++looks[0] < 3 ? sum(0) : sum(asked));
        others.put(2, () -> looks[0] < 3 ? sum(0) : new ContentSum(asked, 1, 3));
        final ContentComparison.Result result = compare();
        assertTrue(result.isSame(1));
        assertFalse(result.isSame(2));
        assertEquals(List.of(), result.missing(0, 3));
    }

    @Test
    void shouldLeaveOutAMemberOfAnotherHostThatDoesNotReport() {
        patienceNs = 0;
        members.put(0, () -> sum(asked));
        others.put(1, () -> sum(asked));
        others.put(2, () -> sum(0));
        final ContentComparison.Result result = compare();
        assertTrue(result.isSame());
        assertEquals(2, result.compared(0));
        assertEquals(List.of(2), result.missing(0, 3));
    }

    @Test
    void shouldAskAgainWhenTheReportOfAnotherHostIsOfALaterQuestion() {
        members.put(0, () -> sum(asked));
        others.put(1, () -> sum(asked == 1 ? 2 : asked));
        assertTrue(compare().isSame());
        assertEquals(2, asked);
    }

    @Test
    void shouldCountTheLeaderOnceWhereverItRuns() {
        members.put(1, () -> sum(asked));
        final ContentComparison.Result result = compare();
        assertEquals(1, result.compared(1));
        assertEquals(List.of(0, 2), result.missing(1, 3));
        assertEquals(2, result.compared(0));
        assertEquals(List.of(2), result.missing(0, 3));
    }
}
