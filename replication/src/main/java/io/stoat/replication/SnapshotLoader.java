package io.stoat.replication;

import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.logbuffer.FragmentHandler;
import io.stoat.replication.codec.ClientAnswerDecoder;
import io.stoat.replication.codec.ClientStateDecoder;
import io.stoat.replication.codec.EntrySliceDecoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.ReportStateDecoder;
import io.stoat.replication.codec.SnapshotBeginDecoder;
import io.stoat.replication.codec.SnapshotEndDecoder;
import io.stoat.store.Status;
import io.stoat.store.StoreWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/**
 * Loads what {@link SnapshotTransmission} wrote, into an empty store, or, without a store, only
 * checks it. A snapshot that is cut off, or whose figures or checksum differ, is refused as a
 * whole.
 */
final class SnapshotLoader {
    private static final int FRAGMENT_LIMIT = 64;

    private final StoreWriter writer;
    private final ClientTable clients;
    private final SnapshotReports reports;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final EntrySliceDecoder slice = new EntrySliceDecoder();
    private final CRC32C checksum = new CRC32C();
    private ByteBuffer copy = ByteBuffer.allocate(64 * 1024);
    private long logPosition;
    private long leadershipTerm;
    private long sweepTurn;
    private long clientCount;
    private long entryCount;
    private long messageCount;
    private boolean begun;
    private boolean ended;

    SnapshotLoader(
            final StoreWriter writer, final ClientTable clients, final SnapshotReports reports) {
        this.writer = writer;
        this.clients = clients;
        this.reports = reports;
    }

    /**
     * Reads a snapshot to its end mark.
     *
     * @param pauseNs while nothing comes.
     * @param patienceNs how long nothing may come.
     * @throws ReplicationException when it is not what it should be; {@link
     *     IndexOutOfBoundsException} when a length in it is impossible.
     */
    static void check(final Image image, final long pauseNs, final long patienceNs) {
        final SnapshotLoader loader =
                new SnapshotLoader(
                        null, new ClientTable(), new SnapshotReports(ClusterConfig.MAX_MEMBERS, 1));
        final long[] sinceNs = {System.nanoTime()};
        loader.read(
                image,
                fragments -> {
                    final long nowNs = System.nanoTime();
                    if (fragments > 0) {
                        sinceNs[0] = nowNs;
                    } else if (nowNs - sinceNs[0] > patienceNs) {
                        throw new ReplicationException("its recording is not replayed any further");
                    } else {
                        LockSupport.parkNanos(pauseNs);
                    }
                });
    }

    void load(final Image image, final IdleStrategy idleStrategy) {
        clients.clear();
        read(image, idleStrategy::idle);
        writer.appliedTo(logPosition, leadershipTerm);
    }

    private void read(final Image image, final IntConsumer idle) {
        final FragmentHandler handler =
                (buffer, offset, length, aeronHeader) -> {
                    if (begun || isStoats(buffer, offset, length)) {
                        onMessage(buffer, offset, length);
                    }
                };
        final FragmentAssembler assembler = new FragmentAssembler(handler);
        while (!ended) {
            final int fragments = image.poll(assembler, FRAGMENT_LIMIT);
            if (fragments == 0 && (image.isClosed() || image.isEndOfStream())) {
                throw new ReplicationException(
                        "the snapshot ends before its end mark, after " + entryCount + " entries");
            }
            idle.accept(fragments);
        }
    }

    /** Aeron Cluster's own part comes first, and is gone when the service is given the rest. */
    private boolean isStoats(final DirectBuffer buffer, final int offset, final int length) {
        return writer != null
                || length >= MessageHeaderDecoder.ENCODED_LENGTH
                        && header.wrap(buffer, offset).schemaId() == MessageHeaderDecoder.SCHEMA_ID;
    }

    /** Takes one message of the snapshot; also used for the file of a clean stop. */
    void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID
                || !begun && header.templateId() != SnapshotBeginDecoder.TEMPLATE_ID) {
            throw new ReplicationException(
                    "the snapshot does not begin with its begin mark: it is not Stoat's");
        }
        final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        switch (header.templateId()) {
            case SnapshotBeginDecoder.TEMPLATE_ID -> onBegin(buffer, body);
            case SnapshotEndDecoder.TEMPLATE_ID -> onEnd(buffer, body);
            default -> {
                addToChecksum(buffer, offset, length);
                onState(buffer, body, offset + length);
            }
        }
    }

    private void addToChecksum(final DirectBuffer buffer, final int offset, final int length) {
        if (copy.capacity() < length) {
            copy = ByteBuffer.allocate(length * 2);
        }
        buffer.getBytes(offset, copy, 0, length);
        checksum.update(copy.array(), 0, length);
        messageCount++;
    }

    private void onBegin(final DirectBuffer buffer, final int body) {
        final SnapshotBeginDecoder begin =
                new SnapshotBeginDecoder()
                        .wrap(buffer, body, header.blockLength(), header.version());
        logPosition = begin.logPosition();
        leadershipTerm = begin.leadershipTermId();
        sweepTurn = begin.sweepTurn();
        begun = true;
    }

    private void onState(final DirectBuffer buffer, final int body, final int end) {
        switch (header.templateId()) {
            case ClientStateDecoder.TEMPLATE_ID -> onClient(buffer, body);
            case ClientAnswerDecoder.TEMPLATE_ID -> onAnswer(buffer, body, end);
            case ReportStateDecoder.TEMPLATE_ID -> {
                final ReportStateDecoder report =
                        new ReportStateDecoder()
                                .wrap(buffer, body, header.blockLength(), header.version());
                reports.report(report.memberId(), report.snapshotPosition());
            }
            case EntrySliceDecoder.TEMPLATE_ID -> onSlice(buffer, body, end);
            default ->
                    throw new ReplicationException(
                            "the snapshot holds an unknown message: template "
                                    + header.templateId());
        }
    }

    private void onClient(final DirectBuffer buffer, final int body) {
        final ClientStateDecoder client =
                new ClientStateDecoder().wrap(buffer, body, header.blockLength(), header.version());
        final ClientRecord record = clients.create(client.clientId(), client.lastActiveMs());
        if (record == null) {
            throw new ReplicationException("the snapshot holds more clients than are allowed");
        }
        record.restore(
                client.sessionId(), client.lastSequence(), ClientRecord.State.of(client.state()));
        clientCount++;
    }

    private void onAnswer(final DirectBuffer buffer, final int body, final int end) {
        final ClientAnswerDecoder answer =
                new ClientAnswerDecoder()
                        .wrap(buffer, body, header.blockLength(), header.version());
        final ClientRecord record = clients.find(answer.clientId());
        if (record == null || !record.isNextAnswer(answer.sequence())) {
            throw new ReplicationException(
                    "the snapshot is damaged: an answer without its client, or out of order");
        }
        final int at = body + header.blockLength();
        record.keep(answer.sequence(), buffer, at, end - at);
    }

    private void onSlice(final DirectBuffer buffer, final int body, final int end) {
        slice.wrap(buffer, body, header.blockLength(), header.version());
        int at = body + header.blockLength();
        for (int i = 0; i < slice.count(); i++) {
            final int keyLength = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
            final int valueLength = buffer.getInt(at + 4, ByteOrder.LITTLE_ENDIAN);
            final int key = at + SnapshotTransmission.ENTRY_HEADER_LENGTH;
            if (keyLength < 1 || valueLength < 0 || valueLength > end - key - keyLength) {
                throw new ReplicationException("the snapshot is damaged: a length is impossible");
            }
            if (writer != null) {
                restore(buffer, at, key, keyLength, valueLength);
            }
            at = key + keyLength + valueLength;
            entryCount++;
        }
    }

    private void restore(
            final DirectBuffer buffer,
            final int at,
            final int key,
            final int keyLength,
            final int valueLength) {
        final int status =
                writer.restore(
                        buffer,
                        key,
                        keyLength,
                        buffer,
                        key + keyLength,
                        valueLength,
                        buffer.getLong(at + 16, ByteOrder.LITTLE_ENDIAN),
                        buffer.getLong(at + 8, ByteOrder.LITTLE_ENDIAN));
        if (status != Status.OK) {
            throw new ReplicationException(
                    "an entry of the snapshot cannot be stored: "
                            + Status.nameOf(status)
                            + "; are entries and value-size the same on all members?");
        }
    }

    private void onEnd(final DirectBuffer buffer, final int body) {
        final SnapshotEndDecoder end =
                new SnapshotEndDecoder().wrap(buffer, body, header.blockLength(), header.version());
        if (end.clients() != clientCount
                || end.entries() != entryCount
                || end.messages() != messageCount
                || end.checksum() != checksum.getValue()) {
            throw new ReplicationException(
                    "the snapshot is damaged: entries "
                            + entryCount
                            + " of "
                            + end.entries()
                            + ", clients "
                            + clientCount
                            + " of "
                            + end.clients()
                            + ", messages "
                            + messageCount
                            + " of "
                            + end.messages()
                            + (end.checksum() == checksum.getValue()
                                    ? ""
                                    : ", and its checksum differs"));
        }
        ended = true;
    }

    long sweepTurn() {
        return sweepTurn;
    }

    boolean isEnded() {
        return ended;
    }
}
