package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.transport.AeronDirectories;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command as a person uses it: a node in a process of its own, words in, output and exit code
 * out.
 */
@Timeout(180)
class CommandTest {
    @TempDir Path dir;

    private String output;

    /** Runs a command in this JVM and keeps what it printed, errors included. */
    private int stoat(final Object... words) {
        final PrintStream out = System.out;
        final PrintStream err = System.err;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        System.setOut(capture);
        System.setErr(capture);
        try {
            return StoatMain.execute(
                    IntStream.range(0, words.length)
                            .mapToObj(i -> words[i].toString())
                            .toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
            output = bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private void expect(final int exitCode, final String words, final Object... command) {
        final int actual = stoat(command);
        assertEquals(exitCode, actual, output);
        assertTrue(output.contains(words), "expected '" + words + "' in: " + output);
        assertFalse(output.contains("\tat "), "a stack trace: " + output);
    }

    static String freeEndpoint() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private static String text(final int length) {
        return IntStream.range(0, length).mapToObj(i -> "x").collect(Collectors.joining());
    }

    @Test
    void shouldWorkThroughTheDay() throws Exception {
        final Path data = dir.resolve("data");
        final String endpoint = freeEndpoint();
        final Path csv = Files.writeString(dir.resolve("t.csv"), "Time,Price\n09:30,1\n09:31,2\n");
        final Path ragged =
                Files.writeString(dir.resolve("r.csv"), "Time,Price\n09:32,1\n09:33\n09:34,1\n");
        try (StoatProcess node =
                StoatProcess.node(
                        "--data-dir",
                        data,
                        "--endpoint",
                        endpoint,
                        "--entries",
                        8,
                        "--shards",
                        1,
                        "--value-size",
                        64)) {
            assertTrue(node.output().contains(endpoint), node.output());
            expect(0, "version 1", "put", "AMZN", "223.82", "--data-dir", data);
            expect(0, "223.82", "get", "AMZN", "--data-dir", data);
            expect(0, "223.82", "get", "AMZN", "--endpoint", endpoint);
            expect(0, "version 2", "put", "AMZN", "224", "--if-version", 1, "--endpoint", endpoint);
            expect(1, "at version 2", "put", "AMZN", "225", "--if-version", 1, "--data-dir", data);
            expect(1, "exists already", "put", "AMZN", "225", "--if-absent", "--data-dir", data);
            expect(0, "version 3", "put", "SOON", "1", "--ttl", "1h", "--data-dir", data);
            expect(0, "expires", "get", "SOON", "--data-dir", data, "--long");
            final String local = output;
            expect(0, "version 3", "get", "SOON", "--endpoint", endpoint, "--long");
            assertEquals(local, output, "the expiry over UDP is that in shared memory");
            expect(0, "version 2", "get", "AMZN", "--endpoint", endpoint, "--long");
            assertFalse(output.contains("expires"), output);
            expect(3, "'NONE' not found", "get", "NONE", "--data-dir", data);
            expect(3, "'NONE' not found", "get", "NONE", "--endpoint", endpoint);
            expect(3, "'NONE' not found", "remove", "NONE", "--data-dir", data);
            keepsWhatHasAnotherVersion("--data-dir", data);
            keepsWhatHasAnotherVersion("--endpoint", endpoint);
            expect(
                    0,
                    "removed version 2",
                    "remove",
                    "AMZN",
                    "--if-version",
                    2,
                    "--endpoint",
                    endpoint);
            expect(
                    0,
                    "loaded 2 rows",
                    "load",
                    csv,
                    "--key",
                    "time",
                    "--prefix",
                    "T:",
                    "--data-dir",
                    data);
            expect(0, "{\"Time\":\"09:31\",\"Price\":\"2\"}", "get", "T:09:31", "--data-dir", data);
            final Path repeated = dir.resolve("again.csv");
            Files.writeString(repeated, "Time,Price\nA,1\nB,2\nA,3\n");
            expect(
                    0,
                    "loaded 3 rows, 2 distinct keys: of rows with one key the last stays",
                    "load",
                    repeated,
                    "--key",
                    "Time",
                    "--data-dir",
                    data);
            expect(0, "\"Price\":\"3\"", "get", "A", "--data-dir", data);
            for (final String bad : new String[] {"", text(1025)}) {
                final Path keys = dir.resolve("keys.csv");
                Files.writeString(keys, "Time,Price\nC,1\n" + bad + ",2\n");
                expect(
                        1,
                        "keys.csv row 2, column 'Time': the key has " + bad.length() + " bytes",
                        "load",
                        keys,
                        "--key",
                        "Time",
                        "--data-dir",
                        data);
                expect(3, "'C' not found", "get", "C", "--data-dir", data);
            }
            expect(1, "r.csv line 3", "load", ragged, "--key", "Time", "--data-dir", data);
            expect(1, "no column 'Nope'", "load", csv, "--key", "Nope", "--data-dir", data);
            expect(
                    1,
                    "does not exist",
                    "load",
                    dir.resolve("none.csv"),
                    "--key",
                    "Time",
                    "--data-dir",
                    data);
            expect(2, "0 bytes", "put", "", "v", "--data-dir", data);
            expect(2, "1025 bytes", "put", text(1025), "v", "--data-dir", data);
            expect(1, "longer than the store's maximum", "put", "K", text(65), "--data-dir", data);
            expect(
                    1,
                    "longer than the store's maximum",
                    "put",
                    "K",
                    text(65),
                    "--endpoint",
                    endpoint);
            expect(0, "alive", "stat", "--data-dir", data);
            expect(0, "malformed messages 0, ", "stat", "--data-dir", data);
            expect(0, "\"refusedSessions\" : 0", "stat", "--data-dir", data, "--json");
            expect(0, "\"ownerPid\" : " + node.pid(), "stat", "--data-dir", data, "--json");
            for (int i = 0; i < 8; i++) {
                stoat("put", "fill" + i, i, "--data-dir", data);
            }
            expect(1, "the store is full", "put", "one-more", "v", "--data-dir", data);
            expect(0, "09:30", "get", "T:09:30", "--data-dir", data, "--long");
            expect(
                    1,
                    "pid " + node.pid(),
                    "node",
                    "--data-dir",
                    data,
                    "--endpoint",
                    freeEndpoint());
            expect(1, endpoint, "node", "--data-dir", dir.resolve("other"), "--endpoint", endpoint);
            node.terminate();
            assertEquals(0, node.await(), node.output());
            assertTrue(node.output().contains("stoat node closed"), node.output());
        }
        assertFalse(Files.exists(AeronDirectories.forDataDir(data)));
        expect(0, "closed cleanly", "stat", "--data-dir", data);
    }

    /** AMZN is at version 2. */
    private void keepsWhatHasAnotherVersion(final String option, final Object place) {
        for (final int wrong : new int[] {0, 1, 3}) {
            expect(
                    1,
                    "at version 2, not the expected one",
                    "remove",
                    "AMZN",
                    "--if-version",
                    wrong,
                    option,
                    place);
        }
        expect(0, "224", "get", "AMZN", option, place);
    }

    @Test
    void shouldCountScanVerifyAndRoundTripAnExport() throws Exception {
        final Path data = dir.resolve("data");
        final Path dump = dir.resolve("dump.stoat");
        try (StoatProcess node =
                StoatProcess.node(
                        "--data-dir", data, "--endpoint", freeEndpoint(), "--value-size", 64)) {
            expect(0, "1", "add", "fills", "--data-dir", data);
            expect(0, "-9", "add", "fills", "--data-dir", data, "--", "-10");
            for (int i = 0; i < 20; i++) {
                expect(0, "version", "put", "AMZN:" + i, "line\n" + i, "--data-dir", data);
            }
            expect(0, "version", "put", "LATE", "x", "--ttl", "1h", "--data-dir", data);
            expect(0, "version", "touch", "LATE", "--ttl", "2h", "--data-dir", data);
            expect(3, "not found", "touch", "NONE", "--data-dir", data);
            expect(1, "not a counter", "add", "LATE", "--data-dir", data);

            expect(0, "AMZN:7\tline\\n7", "scan", "AMZN:", "--data-dir", data);
            assertEquals(20, output.lines().count(), output);
            expect(0, "AMZN:", "scan", "AMZN:", "--limit", 3, "--data-dir", data);
            assertEquals(3, output.lines().count(), output);
            expect(0, "22 entries sound, 0 damaged", "verify", "--data-dir", data);
            expect(0, "exported 22 entries", "export", dump, "--data-dir", data);
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
        expect(0, "22 entries sound, 0 damaged", "verify", data);
        final Path copy = dir.resolve("copy");
        final byte[] sound = Files.readAllBytes(dump);
        try (StoatProcess node =
                StoatProcess.node("--data-dir", copy, "--endpoint", freeEndpoint())) {
            Files.write(dump, java.util.Arrays.copyOf(sound, sound.length - 30));
            expect(1, "cut off", "import", dump, "--data-dir", copy);
            final byte[] flipped = sound.clone();
            flipped[sound.length / 2] ^= 4;
            Files.write(dump, flipped);
            expect(1, "damaged", "import", dump, "--data-dir", copy);
            expect(1, "no file of stoat export", "import", writeText(), "--data-dir", copy);
            expect(0, "0 entries sound", "verify", "--data-dir", copy);
            Files.write(dump, sound);
            expect(0, "imported 22 entries", "import", dump, "--data-dir", copy);
            expect(0, "line\\n7", "scan", "AMZN:7", "--data-dir", copy);
            expect(0, "-8", "add", "fills", "--data-dir", copy);
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
    }

    private Path writeText() throws IOException {
        return Files.writeString(dir.resolve("text"), "certainly no dump");
    }

    @Test
    void shouldNameWhatItFindsOnTheHost() {
        final int exitCode = stoat("doctor", "--data-dir", dir);
        assertTrue(exitCode == 0 || exitCode == 1, output);
        assertEquals(
                exitCode == 1, output.lines().anyMatch(line -> line.startsWith("FAIL")), output);
        assertTrue(output.contains("/dev/shm"), output);
    }

    @Test
    void shouldServeAgainAfterAKill() throws Exception {
        final Path data = dir.resolve("data");
        try (StoatProcess node =
                StoatProcess.node("--data-dir", data, "--endpoint", freeEndpoint())) {
            expect(0, "version 1", "put", "AMZN", "223.82", "--data-dir", data);
            node.kill();
        }
        try (StoatProcess node =
                StoatProcess.node("--data-dir", data, "--endpoint", freeEndpoint())) {
            expect(0, "223.82", "get", "AMZN", "--data-dir", data);
            expect(0, "version 2", "put", "AMZN", "224", "--if-version", 1, "--data-dir", data);
            node.terminate();
            assertEquals(0, node.await(), node.output());
        }
    }

    @Test
    void shouldFailTheDemoWhenItsInputIsBad() throws Exception {
        final Path csv = Files.writeString(dir.resolve("t.csv"), "Time,Price\n09:30:00,1\n");
        expect(1, "no column 'Volume'", "demo", "--input", csv);
        final Path words =
                Files.writeString(dir.resolve("w.csv"), "Time,Price,Volume\n09:30:00,cheap,1\n");
        expect(1, "w.csv row 1", "demo", "--input", words);
        expect(2, "--seconds=0.0", "demo", "--seconds", "0");
        expect(2, "--symbols=0", "demo", "--symbols", "0");
    }

    @Test
    void shouldRefuseDirectoriesThatAreNotWhole() throws Exception {
        expect(1, "does not exist", "get", "K", "--data-dir", dir.resolve("none"));
        final Path foreign = Files.createDirectory(dir.resolve("foreign"));
        Files.writeString(foreign.resolve("notes.txt"), "mine");
        expect(1, "not a Stoat data directory", "get", "K", "--data-dir", foreign);
        expect(1, "not empty", "node", "--data-dir", foreign, "--endpoint", freeEndpoint());
        assertEquals("mine", Files.readString(foreign.resolve("notes.txt")));

        final Path data = dir.resolve("data");
        Store.open(new StoreContext().dataDir(data).shardCount(1).entries(100)).close();
        final Path map = data.resolve("shard-000.map");
        final long length = Files.size(map);
        setLength(map, length / 2);
        expect(1, "truncated", "get", "K", "--data-dir", data);
        expect(1, "truncated", "node", "--data-dir", data, "--endpoint", freeEndpoint());
        setInt(data.resolve("store.mark"), 0);
        expect(1, "not ready", "get", "K", "--data-dir", data);
        setInt(data.resolve("store.mark"), 99);
        expect(1, "layout version", "stat", "--data-dir", data);
        expect(1, "layout version", "node", "--data-dir", data, "--endpoint", freeEndpoint());
        expect(
                1,
                "too small",
                "node",
                "--data-dir",
                dir.resolve("huge"),
                "--entries",
                1L << 39,
                "--endpoint",
                freeEndpoint());
    }

    private static void setLength(final Path file, final long length) throws IOException {
        try (RandomAccessFile raf = new RandomAccessFile(file.toFile(), "rw")) {
            raf.setLength(length);
        }
    }

    private static void setInt(final Path file, final int value) throws IOException {
        try (RandomAccessFile raf = new RandomAccessFile(file.toFile(), "rw")) {
            raf.writeInt(Integer.reverseBytes(value));
        }
    }

    @Test
    void shouldHelpAndRefuseWrongWords() {
        expect(2, "Unknown option", "get", "K", "--nope");
        expect(2, "Missing required parameter", "get");
        expect(2, "mutually exclusive", "get", "K", "--data-dir", "a", "--endpoint", "127.0.0.1:1");
        expect(2, "5 lightyears", "put", "K", "V", "--ttl", "5 lightyears");
        expect(2, "Usage", new Object[0]);
        expect(0, "chronicle-map", "version");
        for (final String command :
                new String[] {
                    "demo", "node", "get", "put", "remove", "load", "stat", "version", "bench"
                }) {
            expect(0, "Usage: stoat " + command, command, "--help");
        }
        expect(1, "127.0.0.1:1", "get", "K", "--endpoint", "127.0.0.1:1");
        expect(1, "loopback", "get", "K", "--endpoint", "192.0.2.1:7480");
        expect(1, "HOST:PORT", "get", "K", "--endpoint", "nowhere");
    }
}
