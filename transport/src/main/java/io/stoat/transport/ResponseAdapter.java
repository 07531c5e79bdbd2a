package io.stoat.transport;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.stoat.store.Status;
import io.stoat.transport.codec.ConnectAckDecoder;
import io.stoat.transport.codec.MessageHeaderDecoder;
import io.stoat.transport.codec.ResponseDecoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Decodes answers and keeps the one that is waited for; others, late ones among them, are passed
 * over. Client's thread only.
 */
final class ResponseAdapter implements FragmentHandler {
    private static final int PREFIX_LENGTH =
            MessageHeaderDecoder.ENCODED_LENGTH
                    + ResponseDecoder.BLOCK_LENGTH
                    + ResponseDecoder.valueHeaderLength();

    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final ResponseDecoder response = new ResponseDecoder();
    private final ConnectAckDecoder ack = new ConnectAckDecoder();
    private long correlationId = System.nanoTime() & 0xFFFF_FFFFL;
    private boolean complete;
    private int status;
    private long version;
    private long expiresAtMs;
    private int valueLength;
    private int maxValueLength;
    private MutableDirectBuffer dst;
    private int dstOffset;
    private int dstMaxLength;

    long nextCorrelationId() {
        complete = false;
        return ++correlationId;
    }

    void into(final MutableDirectBuffer buffer, final int offset, final int maxLength) {
        dst = buffer;
        dstOffset = offset;
        dstMaxLength = maxLength;
    }

    void clear() {
        version = 0;
        expiresAtMs = 0;
        dst = null;
    }

    void abandon() {
        dst = null;
        correlationId++;
    }

    @Override
    public void onFragment(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header aeronHeader) {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
            return;
        }
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            return;
        }
        if (header.templateId() == ResponseDecoder.TEMPLATE_ID && length >= PREFIX_LENGTH) {
            onResponse(buffer, offset, length);
        } else if (header.templateId() == ConnectAckDecoder.TEMPLATE_ID
                && length >= MessageHeaderDecoder.ENCODED_LENGTH + ConnectAckDecoder.BLOCK_LENGTH) {
            ack.wrapAndApplyHeader(buffer, offset, header);
            if (ack.correlationId() == correlationId) {
                status = ack.status();
                maxValueLength = ack.maxValueLength();
                complete = true;
            }
        }
    }

    private void onResponse(final DirectBuffer buffer, final int offset, final int length) {
        response.wrapAndApplyHeader(buffer, offset, header);
        if (response.correlationId() != correlationId || complete) {
            return;
        }
        status = response.status();
        version = response.version();
        expiresAtMs = response.expiresAtMs();
        valueLength = response.valueLength();
        if (valueLength < 0 || valueLength > length - PREFIX_LENGTH) {
            status = TransportStatus.MALFORMED;
        } else if (dst != null && status == Status.OK && valueLength <= dstMaxLength) {
            dst.putBytes(dstOffset, buffer, offset + PREFIX_LENGTH, valueLength);
        }
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }

    int status() {
        return status;
    }

    /** Of a read that ended well: the value's length, or that it did not fit. */
    int valueResult() {
        return valueLength > dstMaxLength ? Status.BUFFER_TOO_SMALL : valueLength;
    }

    long version() {
        return version;
    }

    long expiresAtMs() {
        return expiresAtMs;
    }

    int maxValueLength() {
        return maxValueLength;
    }
}
