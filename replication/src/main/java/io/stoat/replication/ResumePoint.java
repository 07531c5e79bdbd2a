package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.RecordingLog;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.ReportStateEncoder;
import io.stoat.replication.codec.SnapshotBeginEncoder;
import io.stoat.replication.codec.SnapshotEndEncoder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a clean stop leaves besides the shards, so that the next start goes on from the mapped files
 * instead of a snapshot: the position that they are at, and what else the state machine remembers.
 *
 * <p>The mapped files are trusted only if all of this holds: the member closed its shards and then
 * wrote this file; the machine has not been booted since (so nothing that was in the page cache is
 * lost); the log directory is the one that the position belongs to; and the log on the disk still
 * reaches that position. The file is consumed by the start that reads it, so a crash never finds
 * one. Otherwise the shards are rebuilt from snapshot and log.
 */
final class ResumePoint {
    static final String FILE_NAME = "resume-point";
    private static final int MAX_FRAME_LENGTH = 64 << 20;

    private final List<byte[]> frames;
    private final long position;
    private final long sweepTurn;

    private ResumePoint(final long position, final long sweepTurn, final List<byte[]> frames) {
        this.position = position;
        this.sweepTurn = sweepTurn;
        this.frames = frames;
    }

    static ResumePoint of(
            final long position,
            final long leadershipTerm,
            final long sweepTurn,
            final ClientTable clients,
            final SnapshotReports reports) {
        final ExpandableDirectByteBuffer buffer = new ExpandableDirectByteBuffer(4096);
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final List<byte[]> frames = new java.util.ArrayList<>();
        final CRC32C checksum = new CRC32C();
        final List<ClientRecord> records = clients.sorted();
        new SnapshotBeginEncoder()
                .wrapAndApplyHeader(buffer, 0, header)
                .logPosition(position)
                .leadershipTermId(leadershipTerm)
                .sweepTurn(sweepTurn)
                .clients(records.size())
                .entries(0);
        frames.add(
                bytes(
                        buffer,
                        MessageHeaderEncoder.ENCODED_LENGTH + SnapshotBeginEncoder.BLOCK_LENGTH));
        for (final ClientRecord record : records) {
            SnapshotTransmission.encodeClient(
                    record, buffer, header, length -> frames.add(bytes(buffer, length)));
        }
        for (int member = 0; member < reports.members(); member++) {
            new ReportStateEncoder()
                    .wrapAndApplyHeader(buffer, 0, header)
                    .memberId(member)
                    .reserved(0)
                    .snapshotPosition(reports.position(member));
            frames.add(
                    bytes(
                            buffer,
                            MessageHeaderEncoder.ENCODED_LENGTH + ReportStateEncoder.BLOCK_LENGTH));
        }
        frames.subList(1, frames.size()).forEach(checksum::update);
        new SnapshotEndEncoder()
                .wrapAndApplyHeader(buffer, 0, header)
                .clients(records.size())
                .entries(0)
                .messages(frames.size() - 1)
                .checksum(checksum.getValue());
        frames.add(
                bytes(
                        buffer,
                        MessageHeaderEncoder.ENCODED_LENGTH + SnapshotEndEncoder.BLOCK_LENGTH));
        return new ResumePoint(position, sweepTurn, frames);
    }

    private static byte[] bytes(final ExpandableDirectByteBuffer buffer, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    /** Writes the file; the shards have to be closed. */
    void write(final Path memberDir, final String logId) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(BootId.current());
        out.writeUTF(logId);
        out.writeLong(position);
        out.writeLong(sweepTurn);
        out.writeInt(frames.size());
        for (final byte[] frame : frames) {
            out.writeInt(frame.length);
            out.write(frame);
        }
        final Path file = memberDir.resolve(FILE_NAME);
        final Path draft = memberDir.resolve(FILE_NAME + ".draft");
        Files.write(draft, bytes.toByteArray());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads and removes the file; null when there is none that counts. */
    static ResumePoint take(final Path memberDir, final String logId) throws IOException {
        final Path file = memberDir.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return null;
        }
        final byte[] bytes = Files.readAllBytes(file);
        Files.delete(file);
        try (DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(bytes))) {
            final String bootId = in.readUTF();
            if (!bootId.equals(BootId.current())
                    || bootId.isEmpty()
                    || !in.readUTF().equals(logId)) {
                return null;
            }
            final long position = in.readLong();
            final long sweepTurn = in.readLong();
            final int count = in.readInt();
            final List<byte[]> frames = new java.util.ArrayList<>();
            for (int i = 0; i < count; i++) {
                final int length = in.readInt();
                if (length < 0 || length > MAX_FRAME_LENGTH) {
                    return null;
                }
                frames.add(in.readNBytes(length));
            }
            final ResumePoint resumePoint = new ResumePoint(position, sweepTurn, frames);
            return resumePoint.isWhole() ? resumePoint : null;
        } catch (final IOException cutOff) {
            return null;
        }
    }

    private boolean isWhole() {
        try {
            return feed(new ClientTable(), new SnapshotReports(ClusterConfig.MAX_MEMBERS, 1));
        } catch (final ReplicationException | IndexOutOfBoundsException damaged) {
            return false;
        }
    }

    private boolean feed(final ClientTable clients, final SnapshotReports reports) {
        final SnapshotLoader loader = new SnapshotLoader(null, clients, reports);
        for (final byte[] frame : frames) {
            loader.onMessage(new UnsafeBuffer(frame), 0, frame.length);
        }
        return loader.isEnded();
    }

    /**
     * Whether this member's log still reaches the position, and the start is not beyond it.
     *
     * @param startPosition from which the cluster replays.
     * @param clusterDir of the member.
     * @param archiveContext how its archive is reached; used up here.
     */
    boolean covers(
            final long startPosition,
            final File clusterDir,
            final AeronArchive.Context archiveContext) {
        if (position < startPosition) {
            return false;
        }
        try (RecordingLog recordingLog = new RecordingLog(clusterDir, false);
                AeronArchive archive = AeronArchive.connect(archiveContext)) {
            final long recordingId = recordingLog.findLastTermRecordingId();
            return recordingId >= 0 && archive.getMaxRecordedPosition(recordingId) >= position;
        }
    }

    void restore(final ClientTable clients, final SnapshotReports reports) {
        clients.clear();
        feed(clients, reports);
    }

    long position() {
        return position;
    }

    long sweepTurn() {
        return sweepTurn;
    }
}
