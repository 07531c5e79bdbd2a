package io.stoat.bench.large;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

class LargeCommandTest {
    private final StringWriter text = new StringWriter();

    private int run(final String... arguments) {
        final CommandLine command = new CommandLine(new LargeCommand());
        command.setOut(new PrintWriter(text, true));
        command.setErr(new PrintWriter(text, true));
        return command.execute(arguments);
    }

    /** Whether a bound is met is nothing that a test on a busy host may decide. */
    @Test
    @Timeout(600)
    void shouldLoadKillAndReopenAStoreBesideItsPeer() {
        final int exitCode =
                run("--entries", "20000", "--seconds", "0.1", "--peers", "chronicle-bytes");
        assertTrue(exitCode == 0 || text.toString().contains("MISSED"), text.toString());
        assertTrue(text.toString().contains("stoat: loaded in "), text.toString());
        assertTrue(text.toString().contains("bytes an entry on disk"), text.toString());
        assertTrue(text.toString().contains("20000 entries sound"), text.toString());
        assertTrue(text.toString().contains("0 missing"), text.toString());
        assertTrue(text.toString().contains("chronicle-bytes: loaded in "), text.toString());
    }

    @Test
    void shouldRefuseWhatMemoryHasNoRoomFor() {
        assertEquals(1, run("--entries", "1000000000000"));
        assertTrue(text.toString().contains("lower --entries"), text.toString());
    }

    @Test
    void shouldNameTheOptionThatCannotBe() {
        assertEquals(2, run("--entries", "0"));
        assertTrue(text.toString().contains("--entries=0 must be 1 or more"), text.toString());
        assertEquals(2, run("--seconds", "-1"));
        assertTrue(text.toString().contains("--seconds=-1.0 must be"), text.toString());
    }
}
