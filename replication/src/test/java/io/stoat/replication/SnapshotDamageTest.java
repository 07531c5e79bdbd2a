package io.stoat.replication;

import static io.stoat.replication.DeterminismTest.assertSameContent;
import static io.stoat.replication.MemberRestartTest.snapshot;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.cluster.RecordingLog;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot that has its end mark, but not what was written into it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SnapshotDamageTest {
    private static final long SEGMENT = 4 << 20;
    private static final byte[] MARKED = "marked-value".getBytes(StandardCharsets.UTF_8);

    private static final int TURNED = 3;
    private static final int LENGTH = 4_000;
    private static final String[] SETTINGS = {"entries=200", "value-size=" + LENGTH};

    @TempDir Path dir;

    @Test
    void shouldStartFromTheSnapshotBeforeAndRefuseWithoutOne() throws IOException {
        try (TestCluster cluster = new TestCluster(dir, 1, SETTINGS).startAll()) {
            cluster.awaitLeader();
            final long first;
            final long second;
            try (ReplicatedClient client = cluster.client()) {
                writeTo(cluster, client, SEGMENT + 1);
                first = snapshot(cluster, 0);
                put(client, "since", "the first");
                second = snapshot(cluster, 0);
                put(client, "since", "the second");
                cluster.await("purge", () -> cluster.status(0).logStartPosition() >= SEGMENT);
            }
            crash(cluster, 0);
            damage(cluster, 0, second);
            cluster.start(0);
            cluster.awaitLeader();
            assertEquals(first, cluster.status(0).replayedFromPosition(), cluster.errors());
            assertTrue(cluster.errors().contains("at position " + second), cluster.errors());
            assertTrue(cluster.errors().contains("its checksum differs"), cluster.errors());
            assertHolds(cluster);
            // taken again when its place in the log was replayed
            cluster.await("snapshot", () -> cluster.status(0).snapshotPosition() >= second);

            crash(cluster, 0);
            damage(cluster, 0, second);
            damage(cluster, 0, first);
            refuses(cluster, first);
            refuses(cluster, first);
            // the same again: what was changed is as it was
            damage(cluster, 0, first);
            cluster.start(0);
            cluster.awaitLeader();
            assertEquals(first, cluster.status(0).replayedFromPosition(), cluster.errors());
            assertHolds(cluster);
        }
    }

    private static void refuses(final TestCluster cluster, final long first) throws IOException {
        final ReplicationException refusal =
                assertThrows(ReplicationException.class, () -> cluster.start(0));
        cluster.stop(0);
        final String message = refusal.getMessage();
        final long recordingId = recordingId(cluster, 0, first);
        assertTrue(message.contains("log/" + recordingId + "-*.rec"), message);
        assertTrue(message.contains("backup"), message);
        assertTrue(message.contains(cluster.config().memberDir(0, 0).toString()), message);
    }

    private static void assertHolds(final TestCluster cluster) {
        try (ReplicatedClient client = cluster.client()) {
            assertEquals("the second", get(client, "since"));
            assertEquals("marked-value", get(client, "marked"));
            client.contentChecksum();
            assertEquals(34, client.entries());
        }
    }

    @Test
    void shouldFetchFromTheOthersWhenNoSnapshotIsWhole() throws IOException {
        try (TestCluster cluster = new TestCluster(dir, 3, SETTINGS).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            writeTo(cluster, client, SEGMENT + 1);
            final long position = snapshot(cluster, leader);
            cluster.await("purge", () -> cluster.status(follower).logStartPosition() >= SEGMENT);
            crash(cluster, follower);
            damage(cluster, follower, position);
            final byte[] bad = Files.readAllBytes(recording(cluster, follower, position));
            put(client, "since", "the crash");
            final Path replaced =
                    cluster.config().memberDir(0, follower).resolve("log-replaced/log");
            cluster.start(follower);
            assertTrue(cluster.errors().contains("fetches both from the leader"), cluster.errors());
            cluster.awaitApplied(follower, client.position());
            assertSameContent(cluster, client);
            assertEquals(position, cluster.status(follower).replayedFromPosition());
            cluster.await("end of the bad one", () -> !Files.exists(replaced));
            assertFalse(
                    Arrays.equals(bad, Files.readAllBytes(recording(cluster, follower, position))));
        }
    }

    /** A few keys, again and again, until the log has reached a position. */
    private static void writeTo(
            final TestCluster cluster, final ReplicatedClient client, final long position) {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[LENGTH]);
        put(client, "marked", new String(MARKED, StandardCharsets.UTF_8));
        while (client.position() < position) {
            for (int i = 0; i < 32; i++) {
                final CommandEncoder commands = client.commands();
                for (int j = 0; j < 7; j++) {
                    key.putLong(0, i);
                    commands.put(PutMode.ALWAYS, key, 0, 8, value, 0, LENGTH, 0, false, 0);
                }
                client.send();
            }
            client.drain();
            put(client, "since", "the first");
        }
        for (int member = 0; member < cluster.config().members(); member++) {
            cluster.awaitApplied(member, client.position());
        }
    }

    /** What a crash leaves: shards of whatever position, and no word of a clean stop. */
    private static void crash(final TestCluster cluster, final int member) throws IOException {
        cluster.stop(member);
        Files.delete(cluster.config().memberDir(0, member).resolve(ResumePoint.FILE_NAME));
    }

    /** Turns a bit of one entry's value; done twice it is as before. */
    private static void damage(
            final TestCluster cluster, final int member, final long snapshotPosition)
            throws IOException {
        final Path file = recording(cluster, member, snapshotPosition);
        final byte[] bytes = Files.readAllBytes(file);
        int at = 0;
        while (!isMarked(bytes, at)) {
            at++;
        }
        bytes[at + TURNED] ^= 1;
        // the file is the same one, and as long
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    private static boolean isMarked(final byte[] bytes, final int at) {
        final int rest = TURNED + 1;
        return Arrays.equals(bytes, at, at + TURNED, MARKED, 0, TURNED)
                && Arrays.equals(bytes, at + rest, at + MARKED.length, MARKED, rest, MARKED.length);
    }

    private static Path recording(
            final TestCluster cluster, final int member, final long snapshotPosition)
            throws IOException {
        final Path log = cluster.config().memberDir(0, member).resolve("log");
        final String glob = recordingId(cluster, member, snapshotPosition) + "-*.rec";
        try (DirectoryStream<Path> files = Files.newDirectoryStream(log, glob)) {
            return files.iterator().next();
        }
    }

    private static long recordingId(
            final TestCluster cluster, final int member, final long snapshotPosition) {
        final Path clusterDir = cluster.config().memberDir(0, member).resolve("cluster");
        try (RecordingLog recordingLog = new RecordingLog(clusterDir.toFile(), false)) {
            final List<RecordingLog.Entry> entries = recordingLog.entries();
            return entries.stream()
                    .filter(entry -> entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT)
                    .filter(entry -> entry.isValid && entry.serviceId == 0)
                    .filter(entry -> entry.logPosition == snapshotPosition)
                    .findFirst()
                    .orElseThrow()
                    .recordingId;
        }
    }
}
