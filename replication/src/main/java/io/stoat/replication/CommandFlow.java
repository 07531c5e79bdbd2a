package io.stoat.replication;

import io.stoat.replication.codec.ApplyCommandsEncoder;
import io.stoat.replication.codec.CommandResultsDecoder;
import io.stoat.replication.codec.ForgetClientEncoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.store.CommandEncoder;
import io.stoat.store.Status;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client's commands on their way to one group, and their results on the way back: messages under
 * one identity, each with its sequence, sent again until they are answered. Numbers of messages are
 * the client's: of all its groups, none twice.
 *
 * <p>One thread; allocates nothing once its buffers are there.
 */
final class CommandFlow {
    static final int HEADER_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH + ApplyCommandsEncoder.BLOCK_LENGTH;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ReplicatedClientContext context;
    private final ClusterSession session;
    private final int group;
    private final int groups;
    private final ResultListener listener;
    private final MessageWindow window;
    private final CommandEncoder encoder = new CommandEncoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final ApplyCommandsEncoder applyCommands = new ApplyCommandsEncoder();
    private final UnsafeBuffer farewell =
            new UnsafeBuffer(
                    new byte
                            [MessageHeaderEncoder.ENCODED_LENGTH
                                    + ForgetClientEncoder.BLOCK_LENGTH]);
    private final CommandResultsDecoder results = new CommandResultsDecoder();
    private long clientId;
    private long base;
    private boolean isEncoding;
    private boolean isLeaving;
    private boolean isFarewellSent;
    private long leavingId;

    CommandFlow(
            final ReplicatedClientContext context,
            final ClusterSession session,
            final int group,
            final ResultListener listener) {
        this.context = context;
        this.session = session;
        this.group = group;
        this.listener = listener;
        groups = context.config().groups();
        window = new MessageWindow(context.config().maxMessageLength());
        newIdentity();
    }

    private void newIdentity() {
        clientId = RANDOM.nextLong();
        base += window.lastSequence();
        window.reset();
        isEncoding = false;
    }

    /** The client's number of a message of this group. */
    private long number(final long sequence) {
        return (base + sequence) * groups + group;
    }

    long nextNumber() {
        return number(window.lastSequence() + 1);
    }

    /** The encoder of the next message's commands, or null when the window is full. */
    CommandEncoder commands() {
        if (!isEncoding) {
            final MutableDirectBuffer buffer = window.next();
            if (buffer == null) {
                return null;
            }
            encoder.wrap(buffer, HEADER_LENGTH, buffer.capacity() - HEADER_LENGTH);
            isEncoding = true;
        }
        return encoder;
    }

    /** Whether commands were encoded and not sent. */
    boolean hasCommands() {
        return isEncoding && encoder.encodedLength() > 0;
    }

    /** Sends what was encoded; returns the message's number, or a status. */
    long send() {
        final int length = isEncoding ? encoder.encodedLength() : 0;
        if (length == 0) {
            return Status.MALFORMED;
        }
        final MutableDirectBuffer buffer = window.next();
        final int count = countCommands(buffer, HEADER_LENGTH + length);
        isEncoding = false;
        if (count > ClientRecord.MAX_COMMANDS) {
            return ReplicationStatus.TOO_MANY_COMMANDS;
        }
        final long nowNs = System.nanoTime();
        final long sequence =
                window.add(
                        HEADER_LENGTH + length,
                        count,
                        nowNs + context.resendNs(),
                        nowNs + context.timeoutNs());
        applyCommands
                .wrapAndApplyHeader(buffer, 0, headerEncoder)
                .clientId(clientId)
                .sequence(sequence)
                .count(count)
                .reserved(0);
        offer();
        return number(sequence);
    }

    private static int countCommands(final DirectBuffer buffer, final int end) {
        int count = 0;
        for (int at = HEADER_LENGTH; at < end; count++) {
            at += buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
        }
        return count;
    }

    private void offer() {
        while (window.hasUnsent()
                && session.isConnected()
                && session.offer(window.unsent(), window.unsentLength())) {
            window.sent();
        }
    }

    /** Sends what is to be sent, again too, and gives up what had no answer for too long. */
    void poll(final long nowNs, final boolean isRenewed) {
        if (isRenewed) {
            window.sendAgain(nowNs + context.resendNs());
        }
        if (!window.isEmpty()) {
            if (nowNs - window.oldestDeadlineNs() >= 0) {
                giveUp(ReplicationStatus.OUTCOME_UNKNOWN);
            } else if (nowNs - window.oldestResendNs() >= 0) {
                window.sendAgain(nowNs + context.resendNs());
            }
        }
        offer();
        if (isLeaving && !isFarewellSent) {
            sayFarewell();
        }
    }

    /** No message of this identity may be sent any more: later ones would leave a gap. */
    void giveUp(final int status) {
        while (!window.isEmpty()) {
            final long sequence = window.oldestSequence();
            final int count = window.oldestCount();
            window.removeOldest();
            for (int i = 0; i < count; i++) {
                listener.onResult(number(sequence), i, status, 0, 0, 0);
            }
        }
        newIdentity();
    }

    /**
     * Ends this identity: what is in flight has an unknown outcome, and the group is told, in the
     * polls that follow, to forget the client, if it knows it and is there.
     */
    void leave() {
        leavingId = clientId;
        isLeaving = window.lastSequence() > 0;
        if (!window.isEmpty()) {
            giveUp(ReplicationStatus.OUTCOME_UNKNOWN);
        }
    }

    /** Whether the group is still to be told, or has not answered that it has forgotten. */
    boolean isLeaving() {
        return isLeaving && session.isConnected();
    }

    private void sayFarewell() {
        new ForgetClientEncoder()
                .wrapAndApplyHeader(farewell, 0, headerEncoder)
                .clientId(leavingId);
        isFarewellSent = session.offer(farewell, farewell.capacity());
    }

    /** Takes the answer to a message. */
    void onResults(final MessageHeaderDecoder header, final DirectBuffer buffer, final int body) {
        results.wrap(buffer, body, header.blockLength(), header.version());
        if (isLeaving && results.clientId() == leavingId && results.sequence() == 0) {
            isLeaving = false;
            return;
        }
        if (results.clientId() != clientId) {
            return;
        }
        final int status = results.status();
        final long sequence = results.sequence();
        switch (status) {
            case ReplicationStatus.SEQUENCE_GAP ->
                    window.sendAgain(System.nanoTime() + context.resendNs());
            case ReplicationStatus.CLIENT_UNKNOWN -> giveUp(ReplicationStatus.OUTCOME_UNKNOWN);
            case ReplicationStatus.CLIENTS_FULL -> giveUp(ReplicationStatus.CLIENTS_FULL);
            default -> {
                if (window.isOpen(sequence)) {
                    onResults(sequence, status, buffer, body + header.blockLength());
                }
            }
        }
    }

    private void onResults(
            final long sequence, final int status, final DirectBuffer buffer, final int first) {
        final int count = window.count(sequence);
        window.answered(sequence);
        for (int i = 0; i < count; i++) {
            final int at = first + i * ReplicatedStoreService.RESULT_LENGTH;
            final boolean isThere = i < results.count();
            listener.onResult(
                    number(sequence),
                    i,
                    isThere ? buffer.getInt(at, ByteOrder.LITTLE_ENDIAN) : status,
                    isThere ? buffer.getLong(at + 8, ByteOrder.LITTLE_ENDIAN) : 0,
                    isThere ? buffer.getLong(at + 16, ByteOrder.LITTLE_ENDIAN) : 0,
                    results.position());
        }
    }

    int inFlight() {
        return window.size();
    }

    int maxCommandsLength() {
        return window.next() == null ? 0 : window.capacity() - HEADER_LENGTH;
    }
}
