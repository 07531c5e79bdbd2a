package io.stoat.ops;

import static io.stoat.ops.CommandTest.freeEndpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that asks for a token, and somebody who watches it. */
@Timeout(180)
class WatchCommandTest {
    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    private Path tokenFile(final String name, final String token) throws IOException {
        final Path file = dir.resolve(name);
        Files.writeString(file, token);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void shouldPrintChangesToWhoBringsTheToken() throws Exception {
        final Path token = tokenFile("token", "0123456789abcdef");
        final Path wrong = tokenFile("wrong", "fedcba9876543210");
        final Path data = dir.resolve("data");
        final String endpoint = freeEndpoint();
        try (StoatProcess node =
                        StoatProcess.node(
                                "--data-dir",
                                data,
                                "--endpoint",
                                endpoint,
                                "--entries",
                                100,
                                "--token-file",
                                token);
                StoatProcess watch =
                        StoatProcess.start(
                                "watch",
                                "a",
                                "--timeout",
                                60,
                                "--limit",
                                5,
                                "--endpoint",
                                endpoint,
                                "--token-file",
                                token)) {
            watch.awaitLine(WatchCommand.WATCHING);
            stoat.expect(ExitCode.FAILED, "token", "put", "a1", "x", "--data-dir", data);
            stoat.expect(
                    ExitCode.FAILED,
                    "token",
                    "put",
                    "a1",
                    "x",
                    "--data-dir",
                    data,
                    "--token-file",
                    wrong);
            stoat.expect(0, "", "put", "a1", "x\ty", "--data-dir", data, "--token-file", token);
            stoat.expect(0, "", "put", "b1", "z", "--data-dir", data, "--token-file", token);
            stoat.expect(0, "", "remove", "a1", "--endpoint", endpoint, "--token-file", token);
            stoat.expect(0, "", "add", "a2", "7", "--endpoint", endpoint, "--token-file", token);
            assertTrue(watch.awaitLine("put").endsWith("\ta1\tx\\ty"));
            assertTrue(watch.awaitLine("remove").endsWith("\ta1"));
            assertTrue(watch.awaitLine("put").contains("\ta2\t"));
            stoat.expect(
                    0,
                    "",
                    "put",
                    "a3",
                    "short",
                    "--ttl",
                    "1ms",
                    "--data-dir",
                    data,
                    "--token-file",
                    token);
            assertTrue(watch.awaitLine("put").endsWith("\ta3\tshort"));
            assertTrue(watch.awaitLine("expire").contains("\ta3\t"));
            assertEquals(0, watch.await());
        }
    }
}
