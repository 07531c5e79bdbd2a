package io.stoat.replication;

import io.stoat.replication.codec.CommandResultsEncoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.store.Command;
import io.stoat.store.Status;
import io.stoat.store.StoreWriter;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Applies the commands of one log message exactly once, and composes its answer. Apart from the
 * cluster, so that it is tested alone. One thread; allocates only for a client's first messages,
 * and while its answers get longer.
 */
final class CommandApplication {
    private static final int ANSWER_HEADER_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH + CommandResultsEncoder.BLOCK_LENGTH;

    /** Most bytes of an answer. */
    static final int MAX_ANSWER_LENGTH = answerLength(ClientRecord.MAX_COMMANDS);

    private final StoreWriter writer;
    private final ClientTable clients;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final CommandResultsEncoder results = new CommandResultsEncoder();
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[MAX_ANSWER_LENGTH]);
    private int refusal;
    private long expectedSequence;
    private int applied;
    private boolean repeated;
    private boolean corrupt;

    CommandApplication(final StoreWriter writer, final ClientTable clients) {
        this.writer = writer;
        this.clients = clients;
    }

    /** Bytes of the answer to a message of so many commands. */
    static int answerLength(final int commands) {
        return ANSWER_HEADER_LENGTH + commands * ReplicatedStoreService.RESULT_LENGTH;
    }

    /**
     * Applies a message, or finds that it was applied before.
     *
     * @param sessionId that the message came over.
     * @param clientId of the client.
     * @param sequence of the message.
     * @param count of commands that it claims.
     * @param buffer that holds the message.
     * @param first offset of the first command.
     * @param end offset of the message's end.
     * @param position log position of the message's end.
     * @param timeMs of the log.
     * @return the client's record, which holds the answer; null when the message is refused as a
     *     whole, see {@link #encodeRefusal}.
     */
    ClientRecord apply(
            final long sessionId,
            final long clientId,
            final long sequence,
            final int count,
            final DirectBuffer buffer,
            final int first,
            final int end,
            final long position,
            final long timeMs) {
        applied = 0;
        repeated = false;
        ClientRecord record = clients.find(clientId);
        if (record == null) {
            if (sequence != 1) {
                return refuse(ReplicationStatus.CLIENT_UNKNOWN);
            }
            record = clients.create(clientId, timeMs);
            if (record == null) {
                return refuse(ReplicationStatus.CLIENTS_FULL);
            }
        }
        if (record.isClosed()) {
            return refuse(ReplicationStatus.CLIENT_UNKNOWN);
        }
        record.active(sessionId, timeMs);
        if (sequence <= record.lastSequence()) {
            repeated = true;
            return record.hasAnswer(sequence) ? record : refuse(ReplicationStatus.CLIENT_UNKNOWN);
        }
        if (sequence != record.lastSequence() + 1) {
            expectedSequence = record.lastSequence() + 1;
            return refuse(ReplicationStatus.SEQUENCE_GAP);
        }
        record.lastSequence(sequence);
        if (count > ClientRecord.MAX_COMMANDS) {
            return answer(record, sequence, position, ReplicationStatus.TOO_MANY_COMMANDS, 0);
        }
        if (countCommands(buffer, first, end) != count) {
            return answer(record, sequence, position, Status.MALFORMED, 0);
        }
        int at = first;
        for (int i = 0; i < count; i++) {
            final int length = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
            final int status = writer.apply(buffer, at, length, position - (end - at), timeMs);
            final int result = ANSWER_HEADER_LENGTH + i * ReplicatedStoreService.RESULT_LENGTH;
            answer.putInt(result, status, ByteOrder.LITTLE_ENDIAN);
            answer.putInt(result + 4, 0, ByteOrder.LITTLE_ENDIAN);
            answer.putLong(result + 8, writer.version(), ByteOrder.LITTLE_ENDIAN);
            answer.putLong(result + 16, writer.counter(), ByteOrder.LITTLE_ENDIAN);
            corrupt |=
                    status == Status.CORRUPT || status == Status.STORE_FULL && writer.outOfSpace();
            at += length;
        }
        applied = count;
        return answer(record, sequence, position, Status.OK, count);
    }

    /** The number of commands when their lengths fill the message exactly, else -1. */
    private static int countCommands(final DirectBuffer buffer, final int first, final int end) {
        int count = 0;
        int at = first;
        while (at < end) {
            final int room = end - at;
            final int length =
                    room < Command.HEADER_LENGTH ? 0 : buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
            if (length < Command.HEADER_LENGTH || length > room) {
                return -1;
            }
            at += length;
            count++;
        }
        return count;
    }

    private ClientRecord refuse(final int status) {
        refusal = status;
        return null;
    }

    private ClientRecord answer(
            final ClientRecord record,
            final long sequence,
            final long position,
            final int status,
            final int count) {
        results.wrapAndApplyHeader(answer, 0, header)
                .sequence(sequence)
                .position(position)
                .status(status)
                .count(count)
                .clientId(record.clientId());
        record.keep(sequence, answer, 0, answerLength(count));
        return record;
    }

    /**
     * Composes the answer to the message that was refused last.
     *
     * @return its length, bytes.
     */
    int encodeRefusal(final MutableDirectBuffer buffer, final long clientId, final long sequence) {
        results.wrapAndApplyHeader(buffer, 0, header)
                .sequence(sequence)
                .position(refusal == ReplicationStatus.SEQUENCE_GAP ? expectedSequence : 0)
                .status(refusal)
                .count(0)
                .clientId(clientId);
        return ANSWER_HEADER_LENGTH;
    }

    /**
     * Forgets a client that sends no more, and composes the answer.
     *
     * @return its length, bytes.
     */
    int forget(
            final MutableDirectBuffer buffer,
            final long clientId,
            final long position,
            final long timeMs) {
        clients.close(clientId, timeMs);
        results.wrapAndApplyHeader(buffer, 0, header)
                .sequence(0)
                .position(position)
                .status(Status.OK)
                .count(0)
                .clientId(clientId);
        return ANSWER_HEADER_LENGTH;
    }

    /** Commands that the last message applied. */
    int applied() {
        return applied;
    }

    /** Whether the last message had been applied before. */
    boolean wasRepeated() {
        return repeated;
    }

    /** Whether a shard was found damaged, or out of room for a reason that others may not have. */
    boolean isCorrupt() {
        return corrupt;
    }
}
