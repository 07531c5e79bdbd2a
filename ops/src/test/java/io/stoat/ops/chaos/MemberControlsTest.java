package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
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
}
