package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.RecordingLog;
import io.aeron.cluster.service.ClusteredServiceContainer;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.agrona.CloseHelper;
import org.agrona.collections.LongHashSet;

/**
 * Keeps the disk use of a member bounded: purges the log before a snapshot that this member and a
 * quorum have, all snapshots but the last {@value #SNAPSHOTS_KEPT}, and what is left of those that
 * were cut off by the end of a process before.
 *
 * <p>What stays: the segments of the log from the purge point to its end, and for each snapshot
 * that is kept or being taken the segments of its {@value #RECORDINGS_PER_SNAPSHOT} recordings.
 */
final class LogUpkeep implements AutoCloseable {
    /** Whole snapshots that stay. */
    static final int SNAPSHOTS_KEPT = 2;

    /** The service's and the consensus module's. */
    static final int RECORDINGS_PER_SNAPSHOT = 2;

    private static final int SERVICE_ID = 0;

    private final MemberContext context;
    private final RecordingLog recordingLog;
    private final AeronArchive archive;
    private final long launchedMs;
    private final SnapshotProgress progress;
    private final LongHashSet purged = new LongHashSet();
    private boolean isSwept;
    private long logStart;
    private long snapshotPosition;

    LogUpkeep(
            final MemberContext context,
            final MemberDirectories directories,
            final AeronArchive.Context archiveContext,
            final long launchedMs,
            final SnapshotProgress progress) {
        this.progress = progress;
        this.context = context;
        this.launchedMs = launchedMs;
        recordingLog = new RecordingLog(directories.clusterDir().toFile(), false);
        archive = AeronArchive.connect(archiveContext);
    }

    /**
     * Purges what may go.
     *
     * @param quorumPosition of which a quorum has a snapshot; 0 = none.
     */
    void run(final long quorumPosition) {
        recordingLog.reload();
        if (!isSwept) {
            sweepCutOffSnapshots();
            isSwept = true;
        }
        final long[] positions =
                recordingLog.entries().stream()
                        .filter(entry -> isSnapshot(entry, SERVICE_ID))
                        .mapToLong(entry -> entry.logPosition)
                        .filter(this::isWhole)
                        .sorted()
                        .distinct()
                        .toArray();
        snapshotPosition = positions.length == 0 ? 0 : positions[positions.length - 1];
        purgeLog(Math.min(snapshotPosition, quorumPosition));
        if (positions.length > SNAPSHOTS_KEPT) {
            purgeSnapshots(positions[positions.length - SNAPSHOTS_KEPT]);
        }
        purgeIncompleteSnapshots();
    }

    private static boolean isSnapshot(final RecordingLog.Entry entry, final int serviceId) {
        return entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT
                && entry.isValid
                && entry.serviceId == serviceId;
    }

    /** A snapshot counts once its entries are copied and the consensus module has its part. */
    private boolean isWhole(final long position) {
        return !progress.isIncomplete(position)
                && recordingLog.entries().stream()
                        .anyMatch(
                                entry ->
                                        isSnapshot(entry, ConsensusModule.Configuration.SERVICE_ID)
                                                && entry.logPosition == position);
    }

    private void purgeLog(final long position) {
        final long recordingId = recordingLog.findLastTermRecordingId();
        if (recordingId < 0) {
            return;
        }
        logStart = archive.getStartPosition(recordingId);
        final long base =
                AeronArchive.segmentFileBasePosition(
                        logStart, position, context.config().termLength(), context.segmentLength());
        if (base > logStart) {
            archive.purgeSegments(recordingId, base);
            logStart = base;
        }
    }

    private void purgeSnapshots(final long keptFrom) {
        purgeRecordings(entry -> entry.logPosition < keptFrom);
    }

    /** Those that a later one has made useless. */
    private void purgeIncompleteSnapshots() {
        purgeRecordings(
                entry ->
                        entry.logPosition < snapshotPosition
                                && (!entry.isValid || progress.isIncomplete(entry.logPosition)));
    }

    private void purgeRecordings(final Predicate<RecordingLog.Entry> condition) {
        final List<RecordingLog.Entry> entries = recordingLog.entries();
        final LongStream old =
                entries.stream()
                        .filter(entry -> entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT)
                        .filter(condition)
                        .mapToLong(entry -> entry.recordingId);
        old.filter(purged::add).forEach(this::purgeRecording);
    }

    /** A recording of a process before that the recording log does not know: nobody ever will. */
    private void sweepCutOffSnapshots() {
        final LongHashSet known = new LongHashSet();
        recordingLog.entries().forEach(entry -> known.add(entry.recordingId));
        Recording.list(archive, Integer.MAX_VALUE).stream()
                .filter(recording -> isOfSnapshots(recording.streamId()))
                .filter(recording -> recording.startMs() < launchedMs)
                .mapToLong(Recording::id)
                .filter(id -> !known.contains(id))
                .forEach(this::purgeRecording);
    }

    private static boolean isOfSnapshots(final int streamId) {
        return streamId == ConsensusModule.Configuration.SNAPSHOT_STREAM_ID_DEFAULT
                || streamId == ClusteredServiceContainer.Configuration.SNAPSHOT_STREAM_ID_DEFAULT;
    }

    private void purgeRecording(final long recordingId) {
        try {
            archive.purgeRecording(recordingId);
        } catch (final ArchiveException ex) {
            if (ex.errorCode() != ArchiveException.UNKNOWN_RECORDING) {
                purged.remove(recordingId);
                throw ex;
            }
        }
    }

    /** First position of the log on the disk. */
    long logStart() {
        return logStart;
    }

    /** Position of the last whole snapshot, 0 for none. */
    long snapshotPosition() {
        return snapshotPosition;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(recordingLog, archive);
    }
}
