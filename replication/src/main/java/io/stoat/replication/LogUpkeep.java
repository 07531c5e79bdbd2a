package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.RecordingLog;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.CloseHelper;
import org.agrona.collections.LongHashSet;

/**
 * Keeps the disk use of a member bounded: purges the log before a snapshot that this member and a
 * quorum have, and all snapshots but the last two.
 */
final class LogUpkeep implements AutoCloseable {
    private static final int SNAPSHOTS_KEPT = 2;
    private static final int SERVICE_ID = 0;

    private final MemberContext context;
    private final RecordingLog recordingLog;
    private final AeronArchive archive;
    private final LongHashSet purged = new LongHashSet();
    private long logStart;
    private long snapshotPosition;

    LogUpkeep(
            final MemberContext context,
            final MemberDirectories directories,
            final AeronArchive.Context archiveContext) {
        this.context = context;
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
    }

    private static boolean isSnapshot(final RecordingLog.Entry entry, final int serviceId) {
        return entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT
                && entry.isValid
                && entry.serviceId == serviceId;
    }

    /** A snapshot counts once the consensus module has its part, too. */
    private boolean isWhole(final long position) {
        return recordingLog.entries().stream()
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
        final List<RecordingLog.Entry> entries = recordingLog.entries();
        final LongStream old =
                entries.stream()
                        .filter(entry -> entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT)
                        .filter(entry -> entry.logPosition < keptFrom)
                        .mapToLong(entry -> entry.recordingId);
        old.filter(purged::add).forEach(this::purgeRecording);
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
