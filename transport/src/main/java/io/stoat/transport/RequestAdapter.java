package io.stoat.transport;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.stoat.transport.codec.AddDecoder;
import io.stoat.transport.codec.ConnectDecoder;
import io.stoat.transport.codec.GetDecoder;
import io.stoat.transport.codec.MessageHeaderDecoder;
import io.stoat.transport.codec.PutDecoder;
import io.stoat.transport.codec.RemoveDecoder;
import io.stoat.transport.codec.TouchDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Decodes and dispatches what comes on a request stream. Every length is checked against the
 * message before it is followed, so that nothing a peer sends can make it read beyond the message
 * or throw.
 */
final class RequestAdapter implements FragmentHandler {
    /** Receives decoded requests with plain arguments; buffers are valid during the call. */
    interface Handler {
        void onConnect(
                long sessionKey,
                long correlationId,
                int protocolVersion,
                int streamId,
                DirectBuffer buffer,
                int channelOffset,
                int channelLength);

        void onGet(
                long sessionKey,
                long correlationId,
                DirectBuffer buffer,
                int keyOffset,
                int keyLength);

        void onPut(
                long sessionKey,
                long correlationId,
                int mode,
                long ttlMs,
                long expectedVersion,
                DirectBuffer buffer,
                int keyOffset,
                int keyLength,
                int valueOffset,
                int valueLength);

        void onRemove(
                long sessionKey,
                long correlationId,
                int mode,
                long expectedVersion,
                DirectBuffer buffer,
                int keyOffset,
                int keyLength);

        void onAdd(
                long sessionKey,
                long correlationId,
                long delta,
                DirectBuffer buffer,
                int keyOffset,
                int keyLength);

        void onTouch(
                long sessionKey,
                long correlationId,
                long ttlMs,
                DirectBuffer buffer,
                int keyOffset,
                int keyLength);

        /** correlationId is 0 when the message did not even hold one. */
        void onMalformed(long sessionKey, long correlationId);
    }

    private static final int HEADER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH;

    private final int transport;
    private final Handler handler;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    RequestAdapter(final int transport, final Handler handler) {
        this.transport = transport;
        this.handler = handler;
    }

    @Override
    public void onFragment(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header aeronHeader) {
        final long key = Session.key(transport, aeronHeader.sessionId());
        final int end = offset + length;
        if (length < HEADER_LENGTH + Long.BYTES) {
            handler.onMalformed(key, 0);
            return;
        }
        header.wrap(buffer, offset);
        final int body = offset + HEADER_LENGTH;
        final int blockLength = header.blockLength();
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID || body + blockLength > end) {
            handler.onMalformed(key, 0);
            return;
        }
        // every request starts with its correlation id
        final long correlationId = buffer.getLong(body, ByteOrder.LITTLE_ENDIAN);
        final boolean sound =
                switch (header.templateId()) {
                    case GetDecoder.TEMPLATE_ID ->
                            onGet(key, correlationId, buffer, body, blockLength, end);
                    case PutDecoder.TEMPLATE_ID ->
                            onPut(key, correlationId, buffer, body, blockLength, end);
                    case RemoveDecoder.TEMPLATE_ID ->
                            onRemove(key, correlationId, buffer, body, blockLength, end);
                    case AddDecoder.TEMPLATE_ID ->
                            onAdd(key, correlationId, buffer, body, blockLength, end);
                    case TouchDecoder.TEMPLATE_ID ->
                            onTouch(key, correlationId, buffer, body, blockLength, end);
                    case ConnectDecoder.TEMPLATE_ID ->
                            onConnect(key, correlationId, buffer, body, blockLength, end);
                    default -> false;
                };
        if (!sound) {
            handler.onMalformed(key, correlationId);
        }
    }

    /**
     * Length of the 16-bit-counted bytes at an offset, or -1 when they do not lie within the
     * message.
     */
    private static int length16(final DirectBuffer buffer, final int at, final int end) {
        if (at + Short.BYTES > end) {
            return -1;
        }
        final int length = buffer.getShort(at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
        return at + Short.BYTES + length > end ? -1 : length;
    }

    private boolean onGet(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end) {
        final int at = body + blockLength;
        final int keyLength = length16(buffer, at, end);
        if (blockLength < GetDecoder.BLOCK_LENGTH || keyLength < 0) {
            return false;
        }
        handler.onGet(key, correlationId, buffer, at + Short.BYTES, keyLength);
        return true;
    }

    private boolean onPut(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end) {
        final int at = body + blockLength;
        final int keyLength = length16(buffer, at, end);
        if (blockLength < PutDecoder.BLOCK_LENGTH || keyLength < 0) {
            return false;
        }
        final int valueAt = at + Short.BYTES + keyLength;
        if (valueAt + Integer.BYTES > end) {
            return false;
        }
        final int valueLength = buffer.getInt(valueAt, ByteOrder.LITTLE_ENDIAN);
        if (valueLength < 0 || valueLength > end - valueAt - Integer.BYTES) {
            return false;
        }
        handler.onPut(
                key,
                correlationId,
                buffer.getInt(body + PutDecoder.modeEncodingOffset(), ByteOrder.LITTLE_ENDIAN),
                buffer.getLong(body + PutDecoder.ttlMsEncodingOffset(), ByteOrder.LITTLE_ENDIAN),
                buffer.getLong(
                        body + PutDecoder.expectedVersionEncodingOffset(), ByteOrder.LITTLE_ENDIAN),
                buffer,
                at + Short.BYTES,
                keyLength,
                valueAt + Integer.BYTES,
                valueLength);
        return true;
    }

    private boolean onRemove(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end) {
        final int at = body + blockLength;
        final int keyLength = length16(buffer, at, end);
        if (blockLength < RemoveDecoder.BLOCK_LENGTH || keyLength < 0) {
            return false;
        }
        handler.onRemove(
                key,
                correlationId,
                buffer.getInt(body + RemoveDecoder.modeEncodingOffset(), ByteOrder.LITTLE_ENDIAN),
                buffer.getLong(
                        body + RemoveDecoder.expectedVersionEncodingOffset(),
                        ByteOrder.LITTLE_ENDIAN),
                buffer,
                at + Short.BYTES,
                keyLength);
        return true;
    }

    private boolean onAdd(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end) {
        final int at = body + blockLength;
        final int keyLength = length16(buffer, at, end);
        if (blockLength < AddDecoder.BLOCK_LENGTH || keyLength < 0) {
            return false;
        }
        handler.onAdd(
                key,
                correlationId,
                buffer.getLong(body + AddDecoder.deltaEncodingOffset(), ByteOrder.LITTLE_ENDIAN),
                buffer,
                at + Short.BYTES,
                keyLength);
        return true;
    }

    private boolean onTouch(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end) {
        final int at = body + blockLength;
        final int keyLength = length16(buffer, at, end);
        if (blockLength < TouchDecoder.BLOCK_LENGTH || keyLength < 0) {
            return false;
        }
        handler.onTouch(
                key,
                correlationId,
                buffer.getLong(body + TouchDecoder.ttlMsEncodingOffset(), ByteOrder.LITTLE_ENDIAN),
                buffer,
                at + Short.BYTES,
                keyLength);
        return true;
    }

    private boolean onConnect(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end) {
        final int at = body + blockLength;
        final int channelLength = length16(buffer, at, end);
        if (blockLength < ConnectDecoder.BLOCK_LENGTH || channelLength < 0) {
            return false;
        }
        handler.onConnect(
                key,
                correlationId,
                buffer.getInt(
                        body + ConnectDecoder.protocolVersionEncodingOffset(),
                        ByteOrder.LITTLE_ENDIAN),
                buffer.getInt(
                        body + ConnectDecoder.responseStreamIdEncodingOffset(),
                        ByteOrder.LITTLE_ENDIAN),
                buffer,
                at + Short.BYTES,
                channelLength);
        return true;
    }
}
