package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.RethrowingErrorHandler;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.protocol.DataHeaderFlyweight;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.SnapshotEndDecoder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BitUtil;
import org.agrona.CloseHelper;

/**
 * Reads recordings of snapshots, before the consensus module starts: whether one ends with the end
 * mark, and whether what lies before it has the counts and the checksum that the mark gives.
 */
final class SnapshotCheck implements AutoCloseable {
    /** What a recording of a snapshot is. */
    enum Soundness {
        /** To be counted on, as far as it was read. */
        WHOLE,
        /** Without its end mark: what a process leaves that ended while entries were copied. */
        INCOMPLETE,
        /** With its end mark, but it does not hold what the mark says. */
        DAMAGED
    }

    private static final int REPLAY_STREAM_ID = 3_106;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NS = 50_000;
    private static final int END_FRAME_LENGTH =
            BitUtil.align(
                    DataHeaderFlyweight.HEADER_LENGTH
                            + MessageHeaderEncoder.ENCODED_LENGTH
                            + SnapshotEndDecoder.BLOCK_LENGTH,
                    FrameDescriptor.FRAME_ALIGNMENT);

    private final Aeron aeron;
    private final AeronArchive archive;
    private String damage = "";

    /**
     * @param archiveContext how the archive is reached, which has to run; used up here.
     */
    SnapshotCheck(final AeronArchive.Context archiveContext) {
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(archiveContext.aeronDirectoryName())
                                .errorHandler(archiveContext.errorHandler())
                                .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE));
        try {
            archive = AeronArchive.connect(archiveContext.aeron(aeron).ownsAeronClient(false));
        } catch (final RuntimeException ex) {
            CloseHelper.quietClose(aeron);
            throw ex;
        }
    }

    AeronArchive archive() {
        return archive;
    }

    /**
     * @param isToRead whether all of it is read; else only whether the end mark is there.
     */
    Soundness of(final long recordingId, final boolean isToRead) {
        final Recording recording = Recording.find(archive, recordingId);
        if (recording == null) {
            damage = "the archive does not have it";
            return Soundness.DAMAGED;
        }
        final long length = recording.stopPosition() - recording.startPosition();
        if (length < END_FRAME_LENGTH
                || !isEndMarkAt(recordingId, recording.stopPosition() - END_FRAME_LENGTH)) {
            return Soundness.INCOMPLETE;
        }
        return !isToRead || holdsWhatItSays(recording, length)
                ? Soundness.WHOLE
                : Soundness.DAMAGED;
    }

    /** What is wrong with the recording that was found damaged last. */
    String damage() {
        return damage;
    }

    private boolean holdsWhatItSays(final Recording recording, final long length) {
        try (Subscription replay =
                archive.replay(
                        recording.id(),
                        recording.startPosition(),
                        length,
                        "aeron:ipc",
                        REPLAY_STREAM_ID)) {
            SnapshotLoader.check(awaitImage(replay), PAUSE_NS, TIMEOUT_NS);
            return true;
        } catch (final ArchiveException
                | ReplicationException
                | IndexOutOfBoundsException
                | IllegalArgumentException ex) {
            damage = String.valueOf(ex.getMessage());
            return false;
        }
    }

    private static Image awaitImage(final Subscription replay) {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (replay.imageCount() == 0) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new ReplicationException("the archive does not replay it");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        return replay.imageAtIndex(0);
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
                LockSupport.parkNanos(fragments > 0 ? 0 : PAUSE_NS);
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

    @Override
    public void close() {
        CloseHelper.quietCloseAll(archive, aeron);
    }
}
