package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * A short run of {@code stoat chaos}: real processes, a seed, and the checker's verdict. Faults
 * that need root are left out without it; the command prints why.
 */
class ChaosTest {
    private static final List<String> FAULTS =
            List.of(
                    "KILL_LEADER",
                    "PARTITION_LEADER",
                    "KILL_IN_SNAPSHOT",
                    "UNRULY_LINK",
                    "KILL_ALL",
                    "FULL_DISK",
                    "KILL_IN_REPLAY",
                    "LEADER_UNHEARD",
                    "WIPE_FOLLOWER");

    @Test
    void shouldStayLinearizableWhateverFails() {
        final StringWriter said = new StringWriter();
        final int exit =
                new CommandLine(new ChaosCommand())
                        .setOut(new PrintWriter(said, true))
                        .setErr(new PrintWriter(said, true))
                        .execute(
                                "--seed",
                                "20261124",
                                "--minutes",
                                System.getProperty("stoat.chaos.minutes", "1.1"),
                                "--turns",
                                String.valueOf(FAULTS.size()),
                                "--clients",
                                "2",
                                "--faults",
                                String.join(",", FAULTS));
        System.out.println(said);
        assertEquals(0, exit, said.toString());
        assertTrue(said.toString().contains("linearizable; members alike"), said.toString());
        if (said.toString().contains("KILL_IN_SNAPSHOT (")) {
            assertTrue(
                    said.toString().contains("was killed in the copy of the snapshot at "),
                    said.toString());
        }
    }
}
