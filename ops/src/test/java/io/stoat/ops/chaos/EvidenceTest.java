package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What counts as a fault that struck, and what does not. */
class EvidenceTest {
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final long NOW_MS = 1_800_000_000_000L;

    private static MemberView leader(final int member, final long term) {
        return new MemberView(member, true, term, 500, NOW_MS, NOW_MS, 0, 0);
    }

    private static MemberView follower(final long applied, final long replayedFrom) {
        return new MemberView(1, false, 4, applied, NOW_MS, NOW_MS, replayedFrom, 0);
    }

    @Test
    void shouldStrikeALeaderOnlyIfItLedUntilItsEnd() {
        assertTrue(Evidence.killed(leader(0, 3), false, true).struck());
        assertFalse(Evidence.killed(leader(0, 3), true, true).struck());
        assertFalse(Evidence.killed(follower(1, 0), false, true).struck());
        assertTrue(Evidence.killed(follower(1, 0), false, false).struck());
    }

    @Test
    void shouldStrikeAPausedMemberOnlyIfItGaveNoSignOfLife() {
        final MemberView stopped = follower(100, 0);
        final MemberView alive = new MemberView(1, false, 4, 100, NOW_MS, NOW_MS + 900, 0, 0);
        assertTrue(Evidence.stoodStill(stopped, stopped, 1_000).struck());
        assertFalse(Evidence.stoodStill(stopped, alive, 1_000).struck());
        assertFalse(Evidence.stoodStill(stopped, follower(101, 0), 1_000).struck());
    }

    @Test
    void shouldStrikeALeaderThatIsReplacedOnlyByALaterTerm() {
        assertTrue(Evidence.replaced(leader(0, 3), leader(2, 4)).struck());
        assertFalse(Evidence.replaced(leader(0, 3), leader(0, 3)).struck());
        assertFalse(Evidence.replaced(leader(0, 3), null).struck());
        assertFalse(Evidence.replaced(follower(1, 0), leader(2, 5)).struck());
    }

    @Test
    void shouldStrikeACutOffFollowerOnlyIfItStandsWhileTheLogGrows() {
        final MemberView before = follower(100, 0);
        final MemberView leaderBefore = leader(0, 4);
        final MemberView leaderAfter = new MemberView(0, true, 4, 900, NOW_MS, NOW_MS, 0, 0);
        assertTrue(Evidence.cutOff(before, before, leaderBefore, leaderAfter).struck());
        assertFalse(Evidence.cutOff(before, follower(101, 0), leaderBefore, leaderAfter).struck());
        assertFalse(Evidence.cutOff(before, before, leaderBefore, leaderBefore).struck());
    }

    @Test
    void shouldStrikeAReplayOnlyBetweenItsEnds() {
        assertTrue(Evidence.inReplay(follower(301, 300), 900).struck());
        assertFalse(Evidence.inReplay(follower(300, 300), 900).struck(), "nothing replayed yet");
        assertFalse(Evidence.inReplay(follower(900, 300), 900).struck(), "all replayed");
        assertFalse(Evidence.inReplay(follower(0, 0), 900).struck(), "not even started");
    }

    @Test
    void shouldStrikeASnapshotOnlyInItsCopy() {
        final MemberView inCopy = new MemberView(1, false, 4, 1, NOW_MS, NOW_MS, 0, 77);
        assertTrue(Evidence.inSnapshot(inCopy).struck());
        assertFalse(Evidence.inSnapshot(follower(1, 0)).struck());
    }

    @Test
    void shouldStrikeAClockOnlyOfALeaderWhoseLogFollowsIt() {
        final MemberView led = leader(0, 3);
        for (final long jumpMs : new long[] {HOUR_MS, -HOUR_MS}) {
            assertTrue(Evidence.clockJumped(led, jumpMs, NOW_MS + jumpMs, NOW_MS + 40).struck());
            assertFalse(Evidence.clockJumped(led, jumpMs, NOW_MS, NOW_MS + 40).struck());
            assertFalse(Evidence.clockJumped(led, jumpMs, NOW_MS - jumpMs, NOW_MS).struck());
            assertFalse(
                    Evidence.clockJumped(follower(1, 0), jumpMs, NOW_MS + jumpMs, NOW_MS).struck());
        }
    }

    @Test
    void shouldStrikeALinkOnlyIfItLostBothWaysAndDelayed() {
        assertTrue(unruly(9, 1, 1, 9, 1));
        assertFalse(unruly(9, 0, 1, 9, 1));
        assertFalse(unruly(9, 1, 0, 9, 1));
        assertFalse(unruly(9, 1, 1, 9, 0));
        assertEquals(
                "struck: member 1 (leader): of 9 datagrams received 2 lost and 3 late, of 8 sent 4 lost",
                Evidence.unruly(1, "leader", new MemberControls.LinkCounts(9, 2, 3, 8, 4))
                        .toString());
    }

    private static boolean unruly(
            final long received,
            final long receivedLost,
            final long receivedLate,
            final long sent,
            final long sentLost) {
        return Evidence.unruly(
                        1,
                        "follower",
                        new MemberControls.LinkCounts(
                                received, receivedLost, receivedLate, sent, sentLost))
                .struck();
    }

    @Test
    void shouldStrikeADiskOnlyIfTheMemberSawIt() {
        final String fault =
                "member 1: leads\n"
                        + "group 0 member 1: java.lang.InternalError: a fault occurred in an unsafe memory access"
                        + " operation\n";
        assertEquals(
                "struck: member 1 said: group 0 member 1: java.lang.InternalError: a fault occurred in an unsafe"
                        + " memory access operation",
                Evidence.diskFull(1, fault, true).toString());
        assertTrue(
                Evidence.diskFull(1, "java.io.IOException: No space left on device", true)
                        .struck());
        assertTrue(Evidence.diskFull(1, "", false).struck(), "it ended");
        assertFalse(Evidence.diskFull(1, "", true).struck());
        assertFalse(Evidence.diskFull(1, "the member of group 0 is running again", true).struck());
    }

    @Test
    void shouldStrikeAWipedMemberOnlyIfNothingIsLeft() {
        assertTrue(Evidence.wiped(1, true).struck());
        assertFalse(Evidence.wiped(1, false).struck());
    }

    @Test
    void shouldStrikeAllOnlyIfEachIsStruck() {
        final Evidence yes = Evidence.wiped(1, true);
        final Evidence no = Evidence.wiped(2, false);
        assertTrue(Evidence.all(List.of(yes, yes)).struck());
        assertFalse(Evidence.all(List.of(yes, no)).struck());
        assertEquals(
                "did not strike: member 1 has no file any more; member 2 still has files",
                Evidence.all(List.of(yes, no)).toString());
    }
}
