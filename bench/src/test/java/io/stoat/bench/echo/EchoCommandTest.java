package io.stoat.bench.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.affinity.Topology;
import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.result.ComparisonResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands with real processes, as short as they can be; figures mean nothing then. */
@Timeout(240)
class EchoCommandTest {
    @TempDir private Path dir;

    private final StringWriter output = new StringWriter();

    private int execute(final Object command, final String... words) {
        final CommandLine line = new CommandLine(command);
        line.setOut(new PrintWriter(output));
        line.setErr(new PrintWriter(output));
        return line.execute(words);
    }

    @Test
    void shouldMeasureNodesOfItsOwnAndCheckEveryAnswer() {
        // 1 when a bound is missed, which a busy host does
        final int exitCode =
                execute(
                        new EchoCommand(),
                        "--rounds",
                        "1",
                        "--warm-up",
                        "2",
                        "--millis",
                        "30",
                        "--yield",
                        "--out=" + dir);
        final String text = output.toString();
        assertTrue(exitCode == 0 || exitCode == 1, exitCode + ": " + text);
        final String redis =
                RedisProcess.isInstalled()
                        ? "polled socket / UDP"
                        : "Redis: not measured, redis-server is not installed";
        final ComparisonResult result = result();
        assertEquals(result.met() ? 0 : 1, exitCode, text);
        assertTrue(
                result.command().startsWith("echo --rounds 1 --warm-up 2 --millis 30"),
                result.command());
        assertTrue(result.environment().containsKey("flags"), text);
        assertRow(result, "UDP", "round trip p50");
        assertRow(result, "IPC", "batched");
        assertRow(result, "put over IPC: what routing saves", "round trip p50");
        for (final String words :
                List.of(
                        "warm after 2",
                        "UDP",
                        "IPC",
                        "one a message",
                        "bare echo as shipped (mtu 1,408)",
                        "routing saves",
                        "results  " + dir,
                        redis)) {
            assertTrue(text.contains(words), text);
        }
    }

    @Test
    void shouldMeasureReadsBesideABurstOfWritesAndSayWhereThreadsRun() {
        final boolean possible = Topology.read().usable().size() > 1;
        final int exitCode =
                execute(
                        new BurstCommand(),
                        "--rounds",
                        "1",
                        "--warm-up",
                        "2",
                        "--millis",
                        "50",
                        "--out=" + dir);
        final String text = output.toString();
        if (!possible) {
            assertEquals(2, exitCode, text);
            assertTrue(text.contains("needs two CPUs"), text);
            return;
        }
        assertTrue(exitCode == 0 || exitCode == 1, exitCode + ": " + text);
        final ComparisonResult result = result();
        assertEquals(result.met() ? 0 : 1, exitCode, text);
        assertRow(result, "reads and writes on separate threads", "get p99");
        assertRow(result, "in a burst", "get p99");
        assertEquals(2, result.figures().size(), text);
        assertTrue(result.figures().stream().allMatch(figure -> figure.value() > 0), text);
        for (final String words :
                List.of(
                        "warm after 2",
                        "on separate threads",
                        "on one thread",
                        "puts/s",
                        "driver+read-0",
                        "ratio")) {
            assertTrue(text.contains(words), text);
        }
    }

    private ComparisonResult result() {
        return ComparisonResult.read(dir.resolve(ComparisonOptions.RESULT));
    }

    private void assertRow(final ComparisonResult result, final String section, final String what) {
        assertEquals(
                1,
                result.rows().stream()
                        .filter(row -> row.section().equals(section) && row.what().equals(what))
                        .filter(row -> row.base() > 0 && row.compared() > 0 && row.ratio() > 0)
                        .count(),
                output.toString());
    }

    @Test
    void shouldRefuseADirectoryThatCannotBeBeforeItMeasures() throws Exception {
        final Path file = Files.createFile(dir.resolve("file"));
        assertEquals(2, execute(new EchoCommand(), "--out=" + file.resolve("results")));
        assertTrue(output.toString().contains("--out=" + file), output.toString());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, execute(new EchoCommand(), "--rounds", "0"));
        assertEquals(2, execute(new BurstCommand(), "--rate", "0"));
        assertTrue(output.toString().contains("--rate from 1 to"), output.toString());
    }
}
