package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.ops.CommandFailure;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberControlsTest {
    @TempDir Path dir;

    @Test
    void shouldLeaveAMemberAloneAtFirst() {
        try (MemberControls controls = MemberControls.at(dir.resolve("controls"))) {
            assertEquals(0, controls.jumpMs());
            assertEquals(0, controls.lostPercent());
            assertEquals(0, controls.latePercent());
        }
    }

    @Test
    void shouldTellTheMemberWhatIsSetAndTheRunWhatIsCounted() {
        try (MemberControls run = MemberControls.at(dir.resolve("controls"));
                MemberControls member = MemberControls.at(dir.resolve("controls"))) {
            run.jump(-7);
            run.unruly(42, 5, 10, 20);
            assertEquals(-7, member.jumpMs());
            assertEquals(42, member.seed());
            assertEquals(5, member.lostPercent());
            assertEquals(10, member.latePercent());
            assertEquals(20, member.lateMs());
            member.countReceived(true, false);
            member.countReceived(false, true);
            member.countReceived(false, false);
            member.countSent(true);
            member.countSent(false);
            assertEquals(new MemberControls.LinkCounts(3, 1, 1, 2, 1), run.counts());
        }
    }

    @Test
    void shouldKeepTheCountsOfALinkThatIsCalmAndCountAnewWhenItIsUnrulyAgain() {
        try (MemberControls controls = MemberControls.at(dir.resolve("controls"))) {
            controls.unruly(1, 5, 10, 20);
            controls.countSent(true);
            controls.calm();
            assertEquals(0, controls.lostPercent());
            assertEquals(0, controls.latePercent());
            assertEquals(1, controls.counts().sentLost());
            controls.unruly(2, 5, 10, 20);
            assertEquals(new MemberControls.LinkCounts(0, 0, 0, 0, 0), controls.counts());
        }
    }

    @Test
    void shouldMoveTheClockOfAMemberWhileItRuns() {
        final long hourMs = TimeUnit.HOURS.toMillis(1);
        System.setProperty(MemberControls.FILE, dir.resolve("controls").toString());
        try (MemberControls controls = MemberControls.at(dir.resolve("controls"))) {
            final JumpingClock clock = new JumpingClock();
            assertEquals(0, hoursOff(clock));
            controls.jump(-hourMs);
            assertEquals(-1, hoursOff(clock));
            controls.jump(0);
            assertEquals(0, hoursOff(clock));
        } finally {
            System.clearProperty(MemberControls.FILE);
        }
    }

    private static long hoursOff(final JumpingClock clock) {
        return Math.round((clock.time() - System.currentTimeMillis()) / 3_600_000.0);
    }

    @Test
    void shouldNameTheSettingThatAMemberLacks() {
        final CommandFailure failure =
                assertThrows(CommandFailure.class, MemberControls::ofThisProcess);
        assertTrue(failure.getMessage().contains("-Dstoat.chaos.controls=FILE"));
    }
}
