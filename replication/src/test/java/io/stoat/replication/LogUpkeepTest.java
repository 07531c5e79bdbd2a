package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static io.stoat.replication.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with a write-ahead log: what it keeps on the disk follows from what it has to keep. */
class LogUpkeepTest {
    static final long SEGMENT = 4 << 20;
    private static final long SNAPSHOT_BYTES = 2 << 20;
    private static final int ROUNDS = 4;

    /** A load that goes on: so many bytes of log every so often. */
    private static final long STEP_BYTES = 256 << 10;

    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long STEPS = 200;

    /** What comes while a due snapshot is noticed, taken, reported and purged before. */
    private static final long REACTION_BYTES = STEPS * STEP_BYTES / 3;

    private static final long MOST_LOG_BYTES = SNAPSHOT_BYTES + 2 * SEGMENT + REACTION_BYTES;

    @TempDir Path dir;

    @Test
    void shouldBoundTheDiskUseOfALogThatGrows() {
        try (TestCluster cluster =
                new TestCluster(dir, 1, "snapshot-log-bytes=" + SNAPSHOT_BYTES).startAll()) {
            cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                for (int round = 1; round <= ROUNDS; round++) {
                    writeUntil(cluster, client, round * SEGMENT);
                    awaitUpkeep(cluster);
                }
                assertTrue(cluster.status(0).logStartPosition() >= (ROUNDS - 3) * SEGMENT);
            }
            recordLikeASnapshot(cluster);
            final long files = recordings().size();
            cluster.stop(0);
            cluster.start(0);
            cluster.awaitLeader();
            cluster.await("end of the recording", () -> recordings().size() < files);
            awaitUpkeep(cluster);
            try (ReplicatedClient client = cluster.client()) {
                assertEquals("value", get(client, "last"));
            }
        }
    }

    @Test
    void shouldBoundTheDiskUseWhileWritingGoesOn() {
        try (TestCluster cluster =
                        new TestCluster(dir, 1, "snapshot-log-bytes=" + SNAPSHOT_BYTES).startAll();
                ReplicatedClient client = cluster.client()) {
            cluster.awaitLeader();
            long mostBytes = 0;
            long mostFiles = 0;
            final long startNs = System.nanoTime();
            for (int step = 1; step <= STEPS; step++) {
                writeUntil(cluster, client, step * STEP_BYTES);
                mostBytes = Math.max(mostBytes, logLength(cluster.status(0)));
                mostFiles = Math.max(mostFiles, recordings().size());
                while (System.nanoTime() - startNs < step * STEP_NS) {
                    client.poll();
                    Thread.onSpinWait();
                }
            }
            assertTrue(mostBytes <= MOST_LOG_BYTES, mostBytes + " bytes of log");
            // one snapshot more is being taken, and one being removed
            final long snapshots = LogUpkeep.SNAPSHOTS_KEPT + 2L;
            final long mostAllowed =
                    MOST_LOG_BYTES / SEGMENT + 2 + snapshots * LogUpkeep.RECORDINGS_PER_SNAPSHOT;
            assertTrue(mostFiles <= mostAllowed, mostFiles + " files");
            assertTrue(cluster.status(0).appliedPosition() > MOST_LOG_BYTES + SEGMENT);
        }
    }

    @Test
    void shouldTakeASnapshotWheneverItsTimeHasPassed() {
        try (TestCluster cluster =
                new TestCluster(dir, 1, "snapshot-log-bytes=0", "snapshot-interval-ms=500")
                        .startAll()) {
            cluster.awaitLeader();
            long position = 0;
            for (int i = 0; i < 3; i++) {
                final long before = position;
                cluster.await(
                        "snapshot after " + before,
                        () -> cluster.status(0).snapshotPosition() > before);
                position = cluster.status(0).snapshotPosition();
            }
        }
    }

    /**
     * Once nobody writes, the log reaches back to the last snapshot, and the files are those of
     * that log and of the snapshots that are kept: the same number in every round.
     */
    private void awaitUpkeep(final TestCluster cluster) {
        cluster.await(
                "purge of the log",
                () -> logLength(cluster.status(0)) < SNAPSHOT_BYTES + 2 * SEGMENT);
        cluster.await(
                "purge of the snapshots: " + recordings(),
                () -> recordings().size() <= mostRecordings(cluster.status(0)));
    }

    private static long logLength(final MemberStatus status) {
        return status.appliedPosition() - status.logStartPosition();
    }

    private static long mostRecordings(final MemberStatus status) {
        final long logSegments =
                status.appliedPosition() / SEGMENT - status.logStartPosition() / SEGMENT + 1;
        return logSegments + (long) LogUpkeep.SNAPSHOTS_KEPT * LogUpkeep.RECORDINGS_PER_SNAPSHOT;
    }

    /** A recording that no recording log knows: what the end of a process in a snapshot leaves. */
    private static void recordLikeASnapshot(final TestCluster cluster) {
        final String channel = "aeron:ipc?alias=cut-off";
        final int stream = ConsensusModule.Configuration.SNAPSHOT_STREAM_ID_DEFAULT;
        final AeronArchive.Context context =
                new AeronArchive.Context()
                        .aeronDirectoryName(cluster.member(0).aeronDirectory().toString())
                        .controlRequestChannel("aeron:ipc?term-length=64k")
                        .controlResponseChannel("aeron:ipc?term-length=64k")
                        .controlRequestStreamId(MemberContext.ARCHIVE_STREAM_ID)
                        .controlResponseStreamId(MemberContext.ARCHIVE_STREAM_ID + 1);
        try (AeronArchive archive = AeronArchive.connect(context);
                ExclusivePublication publication =
                        archive.addRecordedExclusivePublication(channel, stream)) {
            cluster.await("an offer", () -> publication.offer(bytes("half a snapshot")) > 0);
            cluster.await(
                    "the recording",
                    () ->
                            archive.findLastMatchingRecording(
                                            0, "alias=cut-off", stream, publication.sessionId())
                                    >= 0);
        }
    }

    /** Names of the files that hold recordings, those being removed included. */
    private List<String> recordings() {
        try (Stream<Path> files = Files.list(dir.resolve("g0-m0/log"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(".rec"))
                    .toList();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Writes a little at least, and goes on until the log has reached a position. */
    static void writeUntil(
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
}
