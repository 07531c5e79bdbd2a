package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.gate.GateRecording;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The rehearsal as a command, with the committed recording. */
class GateRehearsalCommandTest {
    private static final Path RECORDING = Path.of("../docs/results/gate-aa.json");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path dir;

    private int rehearse(final String... args) {
        return new CommandLine(new GateRehearsalCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldPlantASlowDownAndKeepThePairs() {
        final Path kept = dir.resolve("results/kept.json");
        final String file = RECORDING.toString();
        final int code =
                rehearse(file, file, "--trials=5", "--exchange", "--plant=10000", "--keep=" + kept);
        assertEquals(0, code, err.toString());
        assertTrue(out.toString().contains("slowed down by 10000.0 %"), out.toString());
        assertTrue(out.toString().contains("NOT PASSED       5, 100.0 %"), out.toString());
        assertEquals(
                2 * GateRecording.read(RECORDING).results().size(),
                GateRecording.read(kept).results().size());
    }

    @Test
    void shouldRefuseWhatIsNoRecording() {
        assertEquals(2, rehearse(RECORDING.toString(), "--plant=-1"));
        assertEquals(2, rehearse("../docs/results/peers.json"));
        assertTrue(err.toString().contains("no runs of two builds are there"), err.toString());
    }
}
