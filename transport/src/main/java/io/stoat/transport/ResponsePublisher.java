package io.stoat.transport;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.stoat.store.EntryView;
import io.stoat.transport.codec.ConnectAckEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import io.stoat.transport.codec.ResponseEncoder;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AgentInvoker;

/**
 * All outbound encoding of the server. Answers are written straight into the claimed term buffer.
 * Server's thread only.
 */
final class ResponsePublisher {
    /** The entry changed while it was copied; nothing was sent. */
    static final int CHANGED = 0;

    /** The answer is on its way. */
    static final int SENT = 1;

    /** The client does not take answers; nothing was sent. */
    static final int DROPPED = -1;

    private static final int SEND_ATTEMPTS = 64;
    private static final int RESPONSE_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + ResponseEncoder.BLOCK_LENGTH
                    + ResponseEncoder.valueHeaderLength();

    private final AgentInvoker driverInvoker;
    private final BufferClaim claim = new BufferClaim();
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ResponseEncoder response = new ResponseEncoder();
    private final ConnectAckEncoder ack = new ConnectAckEncoder();
    private final MutableDirectBuffer scratch = new ExpandableArrayBuffer(4096);

    ResponsePublisher(final AgentInvoker driverInvoker) {
        this.driverInvoker = driverInvoker;
    }

    boolean sendStatus(
            final ExclusivePublication publication,
            final long correlationId,
            final int status,
            final long version) {
        if (!claim(publication, RESPONSE_LENGTH)) {
            return false;
        }
        encode(claim.buffer(), claim.offset(), correlationId, status, version, 0, 0);
        claim.commit();
        return true;
    }

    /**
     * Copies the entry straight from the mapped map into the answer, and sends it only if the copy
     * is sound.
     */
    int sendValue(
            final ExclusivePublication publication,
            final long correlationId,
            final EntryView view,
            final int length) {
        final int total = RESPONSE_LENGTH + length;
        if (total > publication.maxPayloadLength()) {
            return offerValue(publication, correlationId, view, length);
        }
        if (!claim(publication, total)) {
            return DROPPED;
        }
        encode(
                claim.buffer(),
                claim.offset(),
                correlationId,
                0,
                view.version(),
                view.expiresAtMs(),
                length);
        view.getBytes(0, claim.buffer(), claim.offset() + RESPONSE_LENGTH, length);
        if (!view.isValid()) {
            claim.abort();
            return CHANGED;
        }
        claim.commit();
        return SENT;
    }

    /** Answers an Add with the sum; false when it was dropped. */
    boolean sendCounter(
            final ExclusivePublication publication,
            final long correlationId,
            final long version,
            final long counter) {
        if (!claim(publication, RESPONSE_LENGTH + Long.BYTES)) {
            return false;
        }
        encode(claim.buffer(), claim.offset(), correlationId, 0, version, 0, Long.BYTES);
        claim.buffer()
                .putLong(
                        claim.offset() + RESPONSE_LENGTH,
                        counter,
                        java.nio.ByteOrder.LITTLE_ENDIAN);
        claim.commit();
        return true;
    }

    private int offerValue(
            final ExclusivePublication publication,
            final long correlationId,
            final EntryView view,
            final int length) {
        final int total = RESPONSE_LENGTH + length;
        if (total > publication.maxMessageLength()) {
            return sendStatus(publication, correlationId, TransportStatus.MALFORMED, 0)
                    ? SENT
                    : DROPPED;
        }
        scratch.checkLimit(total);
        encode(scratch, 0, correlationId, 0, view.version(), view.expiresAtMs(), length);
        view.getBytes(0, scratch, RESPONSE_LENGTH, length);
        if (!view.isValid()) {
            return CHANGED;
        }
        for (int attempt = 0; attempt < SEND_ATTEMPTS; attempt++) {
            final long position = publication.offer(scratch, 0, total);
            if (position > 0) {
                return SENT;
            }
            if (!mayRetry(position)) {
                return DROPPED;
            }
        }
        return DROPPED;
    }

    private void encode(
            final MutableDirectBuffer buffer,
            final int offset,
            final long correlationId,
            final int status,
            final long version,
            final long expiresAtMs,
            final int length) {
        response.wrapAndApplyHeader(buffer, offset, header)
                .correlationId(correlationId)
                .version(version)
                .expiresAtMs(expiresAtMs)
                .status(status);
        buffer.putInt(
                offset + RESPONSE_LENGTH - ResponseEncoder.valueHeaderLength(),
                length,
                java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    boolean sendConnectAck(
            final ExclusivePublication publication,
            final long correlationId,
            final int status,
            final int shardCount,
            final int maxValueLength,
            final long generation) {
        if (!claim(
                publication,
                MessageHeaderEncoder.ENCODED_LENGTH + ConnectAckEncoder.BLOCK_LENGTH)) {
            return false;
        }
        ack.wrapAndApplyHeader(claim.buffer(), claim.offset(), header)
                .correlationId(correlationId)
                .status(status)
                .protocolVersion(StoreClient.PROTOCOL_VERSION)
                .shardCount(shardCount)
                .maxValueLength(maxValueLength)
                .generation(generation);
        claim.commit();
        return true;
    }

    private boolean claim(final ExclusivePublication publication, final int length) {
        for (int attempt = 0; attempt < SEND_ATTEMPTS; attempt++) {
            final long position = publication.tryClaim(length, claim);
            if (position > 0) {
                return true;
            }
            if (!mayRetry(position)) {
                return false;
            }
        }
        return false;
    }

    private boolean mayRetry(final long position) {
        if (position != Publication.BACK_PRESSURED && position != Publication.ADMIN_ACTION) {
            return false;
        }
        if (driverInvoker != null) {
            // this thread is also the sender that has to make room
            driverInvoker.invoke();
        }
        Thread.onSpinWait();
        return true;
    }
}
