package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.cluster.RecordingLog;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.SnapshotEndDecoder;
import java.io.File;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BitUtil;

/**
 * Finds out, before the consensus module starts, whether the newest snapshot was completed: whether
 * its recording ends with the end mark. One that does not is what a process leaves that ended while
 * entries were copied; the recording log's entry is made invalid, so that the member starts from
 * the snapshot before and the log since then.
 */
final class SnapshotCheck {
    private static final int SERVICE_ID = 0;
    private static final int REPLAY_STREAM_ID = 3_106;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int END_FRAME_LENGTH =
            BitUtil.align(
                    DataHeaderFlyweight.HEADER_LENGTH
                            + MessageHeaderEncoder.ENCODED_LENGTH
                            + SnapshotEndDecoder.BLOCK_LENGTH,
                    FrameDescriptor.FRAME_ALIGNMENT);

    private final Aeron aeron;
    private final AeronArchive archive;

    private SnapshotCheck(final Aeron aeron, final AeronArchive archive) {
        this.aeron = aeron;
        this.archive = archive;
    }

    /**
     * Makes the newest snapshots invalid as long as they are incomplete.
     *
     * @param archiveContext how the archive is reached, which has to run; used up here.
     * @return how many were.
     * @throws ReplicationException when the log does not reach back to the one before.
     */
    static int dropIncomplete(final File clusterDir, final AeronArchive.Context archiveContext) {
        return run(clusterDir, archiveContext, true);
    }

    /** Whether the newest snapshot is complete, or there is none. */
    static boolean isComplete(final File clusterDir, final AeronArchive.Context archiveContext) {
        return run(clusterDir, archiveContext, false) == 0;
    }

    private static int run(
            final File clusterDir,
            final AeronArchive.Context archiveContext,
            final boolean isToDrop) {
        if (!new File(clusterDir, RecordingLog.RECORDING_LOG_FILE_NAME).exists()) {
            return 0;
        }
        try (RecordingLog recordingLog = new RecordingLog(clusterDir, false);
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(archiveContext.aeronDirectoryName())
                                        .errorHandler(archiveContext.errorHandler()));
                AeronArchive archive =
                        AeronArchive.connect(archiveContext.aeron(aeron).ownsAeronClient(false))) {
            return new SnapshotCheck(aeron, archive).count(recordingLog, isToDrop);
        }
    }

    private int count(final RecordingLog recordingLog, final boolean isToDrop) {
        int dropped = 0;
        RecordingLog.Entry newest = recordingLog.getLatestSnapshot(SERVICE_ID);
        while (newest != null && !endsWithEndMark(newest.recordingId)) {
            dropped++;
            if (!isToDrop || !recordingLog.invalidateLatestSnapshot()) {
                break;
            }
            newest = recordingLog.getLatestSnapshot(SERVICE_ID);
        }
        if (dropped > 0 && isToDrop) {
            requireLogFrom(recordingLog, newest == null ? 0 : newest.logPosition);
        }
        return dropped;
    }

    private void requireLogFrom(final RecordingLog recordingLog, final long position) {
        final long recordingId = recordingLog.findLastTermRecordingId();
        if (recordingId >= 0 && archive.getStartPosition(recordingId) > position) {
            throw new ReplicationException(
                    "the newest snapshot is incomplete, and the log begins after the one before:"
                            + " empty the member's directory, and it fetches both from the others");
        }
    }

    private boolean endsWithEndMark(final long recordingId) {
        final Recording recording = Recording.find(archive, recordingId);
        return recording != null
                && recording.stopPosition() - recording.startPosition() >= END_FRAME_LENGTH
                && isEndMarkAt(recordingId, recording.stopPosition() - END_FRAME_LENGTH);
    }

    private boolean isEndMarkAt(final long recordingId, final long position) {
        final boolean[] isEnd = {false};
        try (Subscription replay =
                archive.replay(
                        recordingId, position, END_FRAME_LENGTH, "aeron:ipc", REPLAY_STREAM_ID)) {
            final MessageHeaderDecoder header = new MessageHeaderDecoder();
            final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
            boolean isRead = false;
            while (!isRead) {
                final int fragments =
                        replay.poll(
                                (buffer, offset, length, frame) -> {
                                    header.wrap(buffer, offset);
                                    isEnd[0] =
                                            length >= MessageHeaderDecoder.ENCODED_LENGTH
                                                    && header.schemaId()
                                                            == MessageHeaderDecoder.SCHEMA_ID
                                                    && header.templateId()
                                                            == SnapshotEndDecoder.TEMPLATE_ID;
                                },
                                1);
                isRead = fragments > 0 || isOver(replay);
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new ReplicationException("the archive does not replay a snapshot's end");
                }
                LockSupport.parkNanos(fragments > 0 ? 0 : 50_000);
            }
            return isEnd[0];
        } catch (final ArchiveException ex) {
            // no frame begins there
            if (ex.errorCode() == ArchiveException.INVALID_POSITION
                    || ex.errorCode() == ArchiveException.GENERIC) {
                return false;
            }
            throw ex;
        }
    }

    private static boolean isOver(final Subscription replay) {
        if (replay.imageCount() == 0) {
            return false;
        }
        final Image image = replay.imageAtIndex(0);
        return image.isClosed() || image.isEndOfStream();
    }
}
