package io.stoat.transport;

import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.stoat.transport.codec.CommandsDecoder;
import io.stoat.transport.codec.ConnectDecoder;
import io.stoat.transport.codec.GetsDecoder;
import io.stoat.transport.codec.MessageHeaderDecoder;
import io.stoat.transport.codec.SubscribeDecoder;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Decodes and dispatches what comes on a request stream. Every length is checked against the
 * message before it is followed, so that nothing a peer sends can make it read beyond the message
 * or throw.
 */
final class RequestAdapter implements ControlledFragmentHandler {
    /**
     * Receives decoded requests with plain arguments; buffers are valid during the call. A handler
     * that answers ABORT is given the same message again with the next poll.
     */
    interface Handler {
        void onConnect(
                long sessionKey,
                long correlationId,
                int protocolVersion,
                int streamId,
                DirectBuffer buffer,
                int channelOffset,
                int channelLength,
                int credentialsOffset,
                int credentialsLength,
                Header header);

        /** more says that another message of the same peer is there already. */
        Action onGets(
                long sessionKey,
                long correlationId,
                DirectBuffer buffer,
                int keysOffset,
                int keysLength,
                boolean more);

        Action onCommands(
                long sessionKey,
                long correlationId,
                int flags,
                DirectBuffer buffer,
                int commandsOffset,
                int commandsLength);

        Action onSubscribe(
                long sessionKey,
                long correlationId,
                DirectBuffer buffer,
                int prefixOffset,
                int prefixLength);

        /** correlationId is 0 when the message did not even hold one. */
        Action onMalformed(long sessionKey, long correlationId);
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
    public Action onFragment(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header aeronHeader) {
        final long key = Session.key(transport, aeronHeader.sessionId());
        final int end = offset + length;
        if (length < HEADER_LENGTH + Long.BYTES) {
            return handler.onMalformed(key, 0);
        }
        header.wrap(buffer, offset);
        final int body = offset + HEADER_LENGTH;
        final int blockLength = header.blockLength();
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID || body + blockLength > end) {
            return handler.onMalformed(key, 0);
        }
        // every request starts with its correlation id
        final long correlationId = buffer.getLong(body, ByteOrder.LITTLE_ENDIAN);
        final int at = body + blockLength;
        switch (header.templateId()) {
            case GetsDecoder.TEMPLATE_ID -> {
                final int keysLength = length32(buffer, at, end);
                if (blockLength >= GetsDecoder.BLOCK_LENGTH && keysLength > 0) {
                    return handler.onGets(
                            key,
                            correlationId,
                            buffer,
                            at + Integer.BYTES,
                            keysLength,
                            hasNext(buffer, aeronHeader));
                }
            }
            case CommandsDecoder.TEMPLATE_ID -> {
                final int commandsLength = length32(buffer, at, end);
                if (blockLength >= CommandsDecoder.BLOCK_LENGTH && commandsLength > 0) {
                    return handler.onCommands(
                            key,
                            correlationId,
                            buffer.getInt(
                                    body + CommandsDecoder.flagsEncodingOffset(),
                                    ByteOrder.LITTLE_ENDIAN),
                            buffer,
                            at + Integer.BYTES,
                            commandsLength);
                }
            }
            case SubscribeDecoder.TEMPLATE_ID -> {
                final int prefixLength = length32(buffer, at, end);
                if (blockLength >= SubscribeDecoder.BLOCK_LENGTH && prefixLength >= 0) {
                    return handler.onSubscribe(
                            key, correlationId, buffer, at + Integer.BYTES, prefixLength);
                }
            }
            case ConnectDecoder.TEMPLATE_ID -> {
                if (onConnect(key, correlationId, buffer, body, blockLength, end, aeronHeader)) {
                    return Action.CONTINUE;
                }
            }
            default -> {}
        }
        return handler.onMalformed(key, correlationId);
    }

    /** Whether the next frame of the same publication is there already. */
    private static boolean hasNext(final DirectBuffer buffer, final Header header) {
        if (buffer != header.buffer()) {
            // assembled from fragments: where the next frame is cannot be seen from here
            return true;
        }
        final int next =
                header.offset()
                        + BitUtil.align(header.frameLength(), FrameDescriptor.FRAME_ALIGNMENT);
        return next < buffer.capacity()
                && FrameDescriptor.frameLengthVolatile((UnsafeBuffer) buffer, next) > 0;
    }

    /** Length of the bytes counted at an offset, or -1 when they do not lie within the message. */
    private static int length16(final DirectBuffer buffer, final int at, final int end) {
        if (at + Short.BYTES > end) {
            return -1;
        }
        final int length = buffer.getShort(at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
        return length > end - at - Short.BYTES ? -1 : length;
    }

    private static int length32(final DirectBuffer buffer, final int at, final int end) {
        if (at + Integer.BYTES > end) {
            return -1;
        }
        final int length = buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
        return length < 0 || length > end - at - Integer.BYTES ? -1 : length;
    }

    private boolean onConnect(
            final long key,
            final long correlationId,
            final DirectBuffer buffer,
            final int body,
            final int blockLength,
            final int end,
            final Header aeronHeader) {
        final int at = body + blockLength;
        final int channelLength = length16(buffer, at, end);
        if (blockLength < ConnectDecoder.BLOCK_LENGTH || channelLength < 0) {
            return false;
        }
        final int credentialsAt = at + Short.BYTES + channelLength;
        final int credentialsLength = length32(buffer, credentialsAt, end);
        if (credentialsLength < 0) {
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
                channelLength,
                credentialsAt + Integer.BYTES,
                credentialsLength,
                aeronHeader);
        return true;
    }
}
