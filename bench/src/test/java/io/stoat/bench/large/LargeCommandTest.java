package io.stoat.bench.large;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.result.ComparisonResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LargeCommandTest {
    @TempDir private Path dir;

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
                run(
                        "--entries",
                        "20000",
                        "--seconds",
                        "0.1",
                        "--peers",
                        "chronicle-bytes",
                        "--out=" + dir);
        final ComparisonResult result =
                ComparisonResult.read(dir.resolve(ComparisonOptions.RESULT));
        assertEquals(result.met() ? 0 : 1, exitCode, text.toString());
        assertTrue(text.toString().contains("20000 entries sound"), text.toString());
        assertTrue(text.toString().contains("0 missing"), text.toString());
        assertEquals(1, result.rows().size(), text.toString());
        assertTrue(result.rows().get(0).ratio() > 0, text.toString());
        for (final String name :
                List.of("loaded in", "an entry on disk", "in place", "opened after SIGKILL in")) {
            assertTrue(figure(result, "stoat", name) > 0, name);
        }
        assertTrue(figure(result, "chronicle-bytes", "loaded in") > 0, text.toString());
    }

    private static double figure(
            final ComparisonResult result, final String of, final String name) {
        return result.figures().stream()
                .filter(figure -> figure.of().equals(of) && figure.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
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
