package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.replication.ClusterConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the plain node, on a node with a write-ahead log whose keys are in two groups.
 */
class ClusterTargetTest {
    @TempDir Path dir;
    private final StoatWords stoat = new StoatWords();

    @Test
    void shouldPutGetAndRemoveThroughTheLogAsThroughANode() throws Exception {
        final Path file = dir.resolve(MemberOptions.WAL_FILE);
        Files.write(
                file,
                List.of(
                        "dir=" + dir,
                        "port=" + freePort(),
                        "groups=2",
                        "shards=2",
                        "entries=1000",
                        "value-size=64",
                        "term-length=262144",
                        "heartbeat-timeout-ms=5000"));
        try (StoatProcess node = StoatProcess.node("--wal", "--data-dir", dir)) {
            throughTheClustersFile(file);
            throughTheDirectory();
            loads();
            node.terminate();
            assertEquals(0, node.await(), node.output());
            assertTrue(node.output().contains("stoat node closed"), node.output());
        }
        stoat.expect(1, "no node serves", "put", "k", "v", "--data-dir", dir);
        stoat.expect(0, "value-0", "get", "key-0", "--data-dir", dir);
        stoat.expect(1, "nothing was sent", "put", "k", "v", "--cluster", file);
    }

    private void throughTheClustersFile(final Path file) {
        for (int i = 0; i < 4; i++) {
            stoat.expect(0, "version", "put", "key-" + i, "value-" + i, "--cluster", file);
            stoat.expect(0, "value-" + i, "get", "key-" + i, "--cluster", file);
        }
        stoat.expect(1, "exists", "put", "key-1", "x", "--if-absent", "--cluster", file);
        stoat.expect(
                1, "not the expected", "put", "key-1", "x", "--if-version", 1, "--cluster", file);
        for (final long wrong : new long[] {0, Long.MAX_VALUE}) {
            stoat.expect(
                    1,
                    "not the expected one",
                    "remove",
                    "key-1",
                    "--if-version",
                    wrong,
                    "--cluster",
                    file);
        }
        stoat.expect(0, "value-1", "get", "key-1", "--cluster", file);
        stoat.expect(0, "expiry is not told", "get", "key-1", "--long", "--cluster", file);
        stoat.expect(3, "not found", "get", "nobody", "--cluster", file);
        stoat.expect(0, "42", "add", "sum", 42, "--cluster", file);
        stoat.expect(0, "the same on 1 of 1 members", "cluster", "verify", "--cluster", file);
        stoat.expect(0, "group 1: 0", "cluster", "leader", "--cluster", file);
    }

    private void throughTheDirectory() {
        stoat.expect(0, "value-3", "get", "key-3", "--data-dir", dir);
        stoat.expect(0, "removed version", "remove", "key-3", "--data-dir", dir);
        stoat.expect(3, "not found", "get", "key-3", "--data-dir", dir);
        stoat.expect(3, "not found", "remove", "key-3", "--data-dir", dir);
    }

    private void loads() throws IOException {
        final Path rows = dir.resolve("rows.csv");
        Files.writeString(rows, "Time,Price\n10:00,1\n10:01,2\n");
        stoat.expect(0, "loaded 2 rows", "load", rows, "--key", "Time", "--data-dir", dir);
        stoat.expect(0, "\"Price\":\"2\"", "get", "10:01", "--data-dir", dir);
        loadsMoreThanAreInFlight(rows);
        tellsWhichRowsFailed(rows);
    }

    /** Messages of many rows, more than the windows of both groups hold; the last of a key wins. */
    private void loadsMoreThanAreInFlight(final Path rows) throws IOException {
        final StringBuilder text = new StringBuilder("K,V\n");
        for (int row = 0; row < 20_000; row++) {
            text.append("m").append(row % 500).append(',').append(row).append('\n');
        }
        Files.writeString(rows, text);
        stoat.expect(0, "loaded 20000 rows", "load", rows, "--key", "K", "--data-dir", dir);
        stoat.expect(0, "\"V\":\"19500\"", "get", "m0", "--data-dir", dir);
        stoat.expect(0, "\"V\":\"19999\"", "get", "m499", "--data-dir", dir);
        final Path dump = dir.resolve("all.stoat");
        stoat.expect(0, "exported", "export", dump, "--data-dir", dir);
        stoat.expect(0, "removed", "remove", "m7", "--data-dir", dir);
        stoat.expect(0, "imported", "import", dump, "--data-dir", dir);
        stoat.expect(0, "\"V\":\"19507\"", "get", "m7", "--data-dir", dir);
    }

    private void tellsWhichRowsFailed(final Path rows) throws IOException {
        Files.writeString(rows, "K,V\na,1\nb," + "x".repeat(100) + "\nc,3\n");
        stoat.expect(
                1,
                "rows.csv row 2: the value of key 'b'",
                "load",
                rows,
                "--key",
                "K",
                "--data-dir",
                dir);
        assertTrue(stoat.output().contains("2 rows were loaded; nothing after 3"), stoat.output());
        stoat.expect(0, "\"V\":\"1\"", "get", "a", "--data-dir", dir);
        stoat.expect(3, "not found", "get", "b", "--data-dir", dir);
    }

    /** First of the ports of two groups' only member. */
    static int freePort() {
        while (true) {
            final int first = ThreadLocalRandom.current().nextInt(1_100, 3_100) * 10;
            if (areFree(first) && areFree(first + ClusterConfig.PORTS_PER_GROUP)) {
                return first;
            }
        }
    }

    private static boolean areFree(final int first) {
        for (int port = first; port < first + ClusterConfig.PORTS_PER_MEMBER; port++) {
            try (DatagramSocket socket = new DatagramSocket(null)) {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (final SocketException taken) {
                return false;
            }
        }
        return true;
    }
}
