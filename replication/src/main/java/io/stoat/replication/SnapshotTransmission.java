package io.stoat.replication;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.stoat.replication.codec.ClientAnswerEncoder;
import io.stoat.replication.codec.ClientStateEncoder;
import io.stoat.replication.codec.EntrySliceEncoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.ReportStateEncoder;
import io.stoat.replication.codec.SnapshotBeginEncoder;
import io.stoat.replication.codec.SnapshotEndEncoder;
import io.stoat.store.StoreWriter;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * Streams the service's state into a snapshot recording: begin mark, clients and reports on the
 * service's thread; then, on the copier's, the entries in slices and the end mark with counts and
 * checksum. Back pressure is handled here, once.
 */
final class SnapshotTransmission {
    static final int ENTRY_HEADER_LENGTH = 24;
    private static final int MAX_SLICE_LENGTH = 32 * 1024;
    private static final int SLICE_HEADER_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH + EntrySliceEncoder.BLOCK_LENGTH;

    private ExclusivePublication publication;
    private IdleStrategy idleStrategy;
    private final ExpandableDirectByteBuffer buffer =
            new ExpandableDirectByteBuffer(MAX_SLICE_LENGTH * 2);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final CRC32C checksum = new CRC32C();
    private int maxSliceLength;
    private int sliceLength = SLICE_HEADER_LENGTH;
    private int sliceCount;
    private long clientCount;
    private long entries;
    private long messages;

    SnapshotTransmission(final ExclusivePublication publication, final IdleStrategy idleStrategy) {
        this.publication = publication;
        maxSliceLength = Math.min(MAX_SLICE_LENGTH, publication.maxMessageLength());
        this.idleStrategy = idleStrategy;
    }

    /** Begin mark and small state. */
    void begin(
            final StoreWriter writer,
            final ClientTable clients,
            final SnapshotReports reports,
            final long logPosition,
            final long leadershipTerm,
            final long sweepTurn) {
        final List<ClientRecord> records = clients.sorted();
        new SnapshotBeginEncoder()
                .wrapAndApplyHeader(buffer, 0, header)
                .logPosition(logPosition)
                .leadershipTermId(leadershipTerm)
                .sweepTurn(sweepTurn)
                .clients(records.size())
                .entries(writer.size());
        send(MessageHeaderEncoder.ENCODED_LENGTH + SnapshotBeginEncoder.BLOCK_LENGTH);
        for (final ClientRecord record : records) {
            encodeClient(record, buffer, header, this::sendChecked);
        }
        for (int member = 0; member < reports.members(); member++) {
            new ReportStateEncoder()
                    .wrapAndApplyHeader(buffer, 0, header)
                    .memberId(member)
                    .reserved(0)
                    .snapshotPosition(reports.position(member));
            sendChecked(MessageHeaderEncoder.ENCODED_LENGTH + ReportStateEncoder.BLOCK_LENGTH);
        }
        clientCount = records.size();
    }

    /** What follows goes through another publication, into the same recording. */
    void continueOn(final ExclusivePublication continued, final IdleStrategy itsIdleStrategy) {
        publication = continued;
        idleStrategy = itsIdleStrategy;
        maxSliceLength = Math.min(MAX_SLICE_LENGTH, continued.maxMessageLength());
    }

    /** End mark. */
    void end() {
        flushSlice();
        new SnapshotEndEncoder()
                .wrapAndApplyHeader(buffer, 0, header)
                .clients(clientCount)
                .entries(entries)
                .messages(messages)
                .checksum(checksum.getValue());
        send(MessageHeaderEncoder.ENCODED_LENGTH + SnapshotEndEncoder.BLOCK_LENGTH);
    }

    /**
     * Composes a client's state, one message after the other; also used for the file of a clean
     * stop.
     *
     * @param sink told the length of each message once it is in the buffer.
     */
    static void encodeClient(
            final ClientRecord record,
            final ExpandableDirectByteBuffer buffer,
            final MessageHeaderEncoder header,
            final IntConsumer sink) {
        final long last = record.lastSequence();
        final long first = Math.max(1, last - ClientRecord.WINDOW + 1);
        int answers = 0;
        for (long sequence = first; sequence <= last; sequence++) {
            answers += record.hasAnswer(sequence) ? 1 : 0;
        }
        new ClientStateEncoder()
                .wrapAndApplyHeader(buffer, 0, header)
                .clientId(record.clientId())
                .lastSequence(last)
                .lastActiveMs(record.lastActiveMs())
                .answers(answers)
                .state(record.state().ordinal())
                .sessionId(record.sessionId());
        sink.accept(MessageHeaderEncoder.ENCODED_LENGTH + ClientStateEncoder.BLOCK_LENGTH);
        for (long sequence = first; sequence <= last; sequence++) {
            if (record.hasAnswer(sequence)) {
                final int length = record.answerLength(sequence);
                new ClientAnswerEncoder()
                        .wrapAndApplyHeader(buffer, 0, header)
                        .clientId(record.clientId())
                        .sequence(sequence);
                final int body =
                        MessageHeaderEncoder.ENCODED_LENGTH + ClientAnswerEncoder.BLOCK_LENGTH;
                buffer.putBytes(body, record.answer(sequence), 0, length);
                sink.accept(body + length);
            }
        }
    }

    void addEntry(
            final DirectBuffer key,
            final DirectBuffer value,
            final long version,
            final long expiresAtMs) {
        final int length = ENTRY_HEADER_LENGTH + key.capacity() + value.capacity();
        if (sliceCount > 0 && sliceLength + length > maxSliceLength) {
            flushSlice();
        }
        buffer.putInt(sliceLength, key.capacity(), ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(sliceLength + 4, value.capacity(), ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(sliceLength + 8, version, ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(sliceLength + 16, expiresAtMs, ByteOrder.LITTLE_ENDIAN);
        buffer.putBytes(sliceLength + ENTRY_HEADER_LENGTH, key, 0, key.capacity());
        buffer.putBytes(
                sliceLength + ENTRY_HEADER_LENGTH + key.capacity(), value, 0, value.capacity());
        sliceLength += length;
        sliceCount++;
        entries++;
    }

    private void flushSlice() {
        if (sliceCount > 0) {
            new EntrySliceEncoder()
                    .wrapAndApplyHeader(buffer, 0, header)
                    .count(sliceCount)
                    .reserved(0);
            sendChecked(sliceLength);
            sliceCount = 0;
            sliceLength = SLICE_HEADER_LENGTH;
        }
    }

    private void sendChecked(final int length) {
        checksum.update(buffer.byteBuffer().limit(length).position(0));
        buffer.byteBuffer().clear();
        messages++;
        send(length);
    }

    private void send(final int length) {
        idleStrategy.reset();
        while (true) {
            final long result = publication.offer(buffer, 0, length);
            if (result > 0) {
                return;
            }
            if (result == Publication.CLOSED
                    || result == Publication.NOT_CONNECTED
                    || result == Publication.MAX_POSITION_EXCEEDED) {
                throw new ReplicationException(
                        "the snapshot cannot be recorded: "
                                + Publication.errorString(result)
                                + "; is the disk of the member full?");
            }
            idleStrategy.idle();
        }
    }
}
