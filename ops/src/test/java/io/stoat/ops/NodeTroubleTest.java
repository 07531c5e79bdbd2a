package io.stoat.ops;

import static io.stoat.ops.CommandTest.freeEndpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoat.transport.AeronDirectories;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a person meets who is in a hurry and starts a node: each trouble says what to do. */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class NodeTroubleTest {
    private static final int BLOCK_BYTES = 64 * 1024;

    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    @Test
    void shouldSayInOneGlanceWhichWordsAreWrong() throws IOException {
        stoat.expect(ExitCode.USAGE, "Unmatched argument at index 1: 'extra'", "node", "extra");
        stoat.expect(ExitCode.USAGE, "see stoat node --help", "node", "--entries");
        assertTrue(stoat.output().lines().count() <= 3, stoat.output());
        for (final String endpoint :
                List.of("nowhere", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", ":7480")) {
            stoat.expect(
                    ExitCode.USAGE,
                    "--endpoint=" + endpoint + ": must be HOST:PORT",
                    "node",
                    "--data-dir",
                    dir.resolve("data"),
                    "--endpoint",
                    endpoint);
        }
        stoat.expect(
                ExitCode.FAILED,
                "--endpoint=0.0.0.0:",
                "node",
                "--data-dir",
                dir.resolve("data"),
                "--endpoint",
                "0.0.0.0:" + port(freeEndpoint()));
        assertTrue(stoat.output().contains("give --token-file FILE"), stoat.output());
        stoat.expect(
                ExitCode.FAILED,
                "the host is not known",
                "node",
                "--data-dir",
                dir.resolve("data"),
                "--endpoint",
                "no-such-host.invalid:7480");
        assertFalse(Files.exists(dir.resolve("data")));
    }

    private static String port(final String endpoint) {
        return endpoint.substring(endpoint.indexOf(':') + 1);
    }

    @Test
    void shouldNameWhoHasThePortAndTheDirectoryBeforeMakingAnything() throws Exception {
        final String endpoint = freeEndpoint();
        final Path data = dir.resolve("data");
        try (StoatProcess node =
                StoatProcess.node("--data-dir", data, "--endpoint", endpoint, "--entries", 100)) {
            stoat.expect(
                    ExitCode.FAILED,
                    "ss -ulpn 'sport = :" + port(endpoint) + "'",
                    "node",
                    "--data-dir",
                    dir.resolve("other"),
                    "--endpoint",
                    endpoint);
            assertFalse(Files.exists(dir.resolve("other")));
            stoat.expect(
                    ExitCode.FAILED,
                    "owned by the live process pid " + node.pid(),
                    "node",
                    "--data-dir",
                    data,
                    "--endpoint",
                    freeEndpoint());
            node.terminate();
            node.await();
        }
        stoat.expect(
                ExitCode.FAILED,
                "not this host's",
                "node",
                "--data-dir",
                dir.resolve("other"),
                "--endpoint",
                "192.0.2.1:7480");
        stoat.expect(
                ExitCode.FAILED,
                "value-size=300 contradicts",
                "node",
                "--data-dir",
                data,
                "--endpoint",
                freeEndpoint(),
                "--value-size",
                300);
        stoat.expect(
                ExitCode.FAILED, "was stopped; start one", "put", "K", "V", "--data-dir", data);
        stoat.expect(
                ExitCode.FAILED,
                "does not exist",
                "put",
                "K",
                "V",
                "--data-dir",
                dir.resolve("no"));
    }

    @Test
    void shouldTellThatANodeWasKilledAndStartAgainOnWhatItLeft() throws Exception {
        final Path data = dir.resolve("data");
        final String endpoint = freeEndpoint();
        try (StoatProcess node =
                StoatProcess.node("--data-dir", data, "--endpoint", endpoint, "--entries", 100)) {
            stoat.expect(0, "version 1", "put", "K", "V", "--data-dir", data);
            node.kill();
            awaitStat(data, "NO HEARTBEAT");
            stoat.expect(
                    ExitCode.FAILED,
                    "pid " + node.pid() + ", is gone without having closed it; start one",
                    "put",
                    "K",
                    "W",
                    "--data-dir",
                    data);
            stoat.expect(0, "V", "get", "K", "--data-dir", data);
            assertTrue(stoat.output().contains("shows no heartbeat"), stoat.output());
        }
        // the same port and the same media driver directory, which the killed one left
        assertTrue(Files.exists(AeronDirectories.forDataDir(data)));
        try (StoatProcess node =
                StoatProcess.node("--data-dir", data, "--endpoint", endpoint, "--entries", 100)) {
            stoat.expect(0, "version 2", "put", "K", "W", "--endpoint", endpoint);
            node.terminate();
            node.await();
        }
        assertFalse(Files.exists(AeronDirectories.forDataDir(data)));
    }

    private void awaitStat(final Path data, final String words) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        do {
            stoat.run("stat", "--data-dir", data);
            assertTrue(System.nanoTime() < deadlineNs, stoat.output());
        } while (!stoat.output().contains(words));
    }

    @Test
    void shouldNotAdviseToThrowDataAwayWhenTheDiskIsFull() throws Exception {
        final Path disk = Files.createDirectory(dir.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk.toString()) == 0,
                "not allowed to mount a small disk");
        try {
            final Path data = disk.resolve("data");
            stoat.expect(
                    ExitCode.FAILED,
                    "too small",
                    "node",
                    "--data-dir",
                    data,
                    "--endpoint",
                    freeEndpoint());
            assertTrue(stoat.output().contains("or value-size=256"), stoat.output());
            try (StoatProcess node =
                    StoatProcess.node(
                            "--data-dir", data, "--endpoint", freeEndpoint(), "--entries", 2_000)) {
                fill(disk.resolve("fill"));
                stoat.expect(0, "version 1", "put", "K", "V", "--data-dir", data);
                node.kill();
            }
            stoat.expect(
                    ExitCode.FAILED,
                    "nothing is lost",
                    "node",
                    "--data-dir",
                    data,
                    "--endpoint",
                    freeEndpoint());
            Files.delete(disk.resolve("fill"));
            try (StoatProcess node =
                    StoatProcess.node("--data-dir", data, "--endpoint", freeEndpoint())) {
                stoat.expect(0, "V", "get", "K", "--data-dir", data);
                node.terminate();
                node.await();
            }
        } finally {
            assertEquals(0, run("umount", "-l", disk.toString()));
        }
    }

    private static void fill(final Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            final byte[] block = new byte[BLOCK_BYTES];
            while (true) {
                out.write(block);
            }
        } catch (final IOException full) {
            assertTrue(Files.exists(file), full.toString());
        }
    }

    private static int run(final String... words) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        return process.exitValue();
    }
}
