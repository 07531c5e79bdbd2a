package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static io.stoat.replication.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a write-ahead log under constant load: its disk use stays bounded. */
class LogUpkeepTest {
    private static final long SEGMENT = 4 << 20;
    private static final long SNAPSHOT_BYTES = 2 << 20;

    @TempDir Path dir;

    @Test
    void shouldBoundTheDiskUseOfALogThatGrows() {
        try (TestCluster cluster =
                new TestCluster(dir, 1, "snapshot-log-bytes=" + SNAPSHOT_BYTES).startAll()) {
            cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                long mostBytes = 0;
                for (int round = 1; round <= 8; round++) {
                    writeUntil(cluster, client, round * SEGMENT);
                    final long expected = (round - 1) * SEGMENT;
                    cluster.await(
                            "purge of the log up to " + expected,
                            () -> {
                                // the next snapshot becomes due with what is written
                                writeUntil(cluster, client, 0);
                                return cluster.status(0).logStartPosition() >= expected;
                            });
                    mostBytes = Math.max(mostBytes, bytesBelow(dir.resolve("g0-m0/log")));
                }
                // three segments of log, and three snapshots with their first segments
                assertTrue(mostBytes < 10 * SEGMENT, mostBytes + " bytes");
            }
            cluster.stop(0);
            cluster.start(0);
            cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                assertEquals("value", get(client, "last"));
            }
        }
    }

    /** Writes a little at least, and goes on until the log has reached a position. */
    private static void writeUntil(
            final TestCluster cluster, final ReplicatedClient client, final long position) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        do {
            for (int message = 0; message < 32; message++) {
                final CommandEncoder commands = client.commands();
                for (int i = 0; i < 32; i++) {
                    key.putLong(0, i);
                    commands.put(PutMode.ALWAYS, key, 0, 8, value, 0, 64, 0, false, 0);
                }
                client.send();
            }
            client.drain();
        } while (cluster.status(0).appliedPosition() < position);
        TestCluster.put(client, "last", "value");
        assertEquals(5, client.get(bytes("last"), 0, 4, value, 0, 64));
    }

    private static long bytesBelow(final Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).mapToLong(LogUpkeepTest::size).sum();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static long size(final Path file) {
        try {
            return Files.size(file);
        } catch (final NoSuchFileException purged) {
            return 0;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
