package io.stoat.bench.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.affinity.Topology;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The commands with real processes, as short as they can be; figures mean nothing then. */
@Timeout(240)
class EchoCommandTest {
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
                        "--yield");
        final String text = output.toString();
        assertTrue(exitCode == 0 || exitCode == 1, exitCode + ": " + text);
        final String redis =
                RedisProcess.isInstalled()
                        ? "polled socket / UDP"
                        : "Redis: not measured, redis-server is not installed";
        for (final String words :
                List.of(
                        "warm after 2",
                        "UDP",
                        "IPC",
                        "one a message",
                        "bare echo as shipped (mtu 1,408)",
                        "routing saves",
                        redis)) {
            assertTrue(text.contains(words), text);
        }
    }

    @Test
    void shouldMeasureReadsBesideABurstOfWritesAndSayWhereThreadsRun() {
        final boolean possible = Topology.read().usable().size() > 1;
        final int exitCode =
                execute(new BurstCommand(), "--rounds", "1", "--warm-up", "2", "--millis", "50");
        final String text = output.toString();
        if (!possible) {
            assertEquals(2, exitCode, text);
            assertTrue(text.contains("needs two CPUs"), text);
            return;
        }
        assertTrue(exitCode == 0 || exitCode == 1, exitCode + ": " + text);
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

    @Test
    void shouldRefuseWhatMakesNoSense() {
        assertEquals(2, execute(new EchoCommand(), "--rounds", "0"));
        assertEquals(2, execute(new BurstCommand(), "--rate", "0"));
        assertTrue(output.toString().contains("--rate from 1 to"), output.toString());
    }
}
