package io.stoat.transport;

import static io.stoat.transport.ResultLayout.CORRELATION_ID_OFFSET;
import static io.stoat.transport.ResultLayout.LENGTH_OFFSET;
import static io.stoat.transport.ResultLayout.OPERAND_OFFSET;
import static io.stoat.transport.ResultLayout.STATUS_OFFSET;
import static io.stoat.transport.ResultLayout.VERSION_OFFSET;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.stoat.transport.codec.ChangesDecoder;
import io.stoat.transport.codec.ConnectAckDecoder;
import io.stoat.transport.codec.MessageHeaderDecoder;
import io.stoat.transport.codec.ResultsDecoder;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** Decodes and dispatches what a node answers. What makes no sense is passed over. */
final class ResponseAdapter implements FragmentHandler {
    /** Receives decoded answers; buffers are valid during the call. */
    interface Handler {
        void onConnectAck(long correlationId, int status, int protocolVersion, NodeMap nodeMap);

        void onResult(
                long correlationId,
                int status,
                long version,
                long operand,
                DirectBuffer buffer,
                int offset,
                int length);

        void onChanges(DirectBuffer buffer, int offset, int length);
    }

    /** Receives the changes of a Changes message. */
    interface ChangesHandler {
        void onChanges(DirectBuffer buffer, int offset, int length);
    }

    private static final int HEADER_LENGTH = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final Handler handler;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();

    ResponseAdapter(final Handler handler) {
        this.handler = handler;
    }

    @Override
    public void onFragment(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header aeronHeader) {
        if (length < HEADER_LENGTH) {
            return;
        }
        header.wrap(buffer, offset);
        final int end = offset + length;
        final int at = offset + HEADER_LENGTH + header.blockLength();
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID || at > end) {
            return;
        }
        if (header.templateId() == ResultsDecoder.TEMPLATE_ID) {
            final int resultsLength = dataLength(buffer, at, end);
            if (resultsLength > 0) {
                onResults(buffer, at + Integer.BYTES, resultsLength);
            }
        } else if (header.templateId() == ChangesDecoder.TEMPLATE_ID) {
            final int changesLength = dataLength(buffer, at, end);
            if (changesLength > 0) {
                handler.onChanges(buffer, at + Integer.BYTES, changesLength);
            }
        } else if (header.templateId() == ConnectAckDecoder.TEMPLATE_ID) {
            onConnectAck(buffer, offset, at, end);
        }
    }

    private static int dataLength(final DirectBuffer buffer, final int at, final int end) {
        final int length = end - at < Integer.BYTES ? -1 : buffer.getInt(at, ORDER);
        return length > end - at - Integer.BYTES ? -1 : length;
    }

    private void onResults(final DirectBuffer buffer, final int offset, final int length) {
        final int end = offset + length;
        int at = offset;
        while (end - at >= ResultLayout.HEADER_LENGTH) {
            final int valueLength = buffer.getInt(at + LENGTH_OFFSET, ORDER);
            if (valueLength < 0 || valueLength > end - at - ResultLayout.HEADER_LENGTH) {
                return;
            }
            handler.onResult(
                    buffer.getLong(at + CORRELATION_ID_OFFSET, ORDER),
                    buffer.getInt(at + STATUS_OFFSET, ORDER),
                    buffer.getLong(at + VERSION_OFFSET, ORDER),
                    buffer.getLong(at + OPERAND_OFFSET, ORDER),
                    buffer,
                    at + ResultLayout.HEADER_LENGTH,
                    valueLength);
            at += ResultLayout.encodedLength(valueLength);
        }
    }

    private void onConnectAck(
            final DirectBuffer buffer, final int offset, final int at, final int end) {
        final ConnectAckDecoder ack = new ConnectAckDecoder();
        if (header.blockLength() < ConnectAckDecoder.BLOCK_LENGTH) {
            return;
        }
        ack.wrapAndApplyHeader(buffer, offset, header);
        NodeMap nodeMap = null;
        final int shards = ack.shardCount();
        final int ownersAt = at + Integer.BYTES;
        if (ack.status() == 0
                && shards > 0
                && shards <= (end - ownersAt) / Short.BYTES
                && ack.writeStreamCount() > 0
                && ack.readStreamCount() > 0) {
            nodeMap =
                    new NodeMap(
                            ack.generation(),
                            ack.maxValueLength(),
                            ack.firstReadStreamId(),
                            ack.readStreamCount(),
                            ack.firstWriteStreamId(),
                            ack.writeStreamCount(),
                            NodeMap.decodeOwners(buffer, ownersAt, shards));
        }
        handler.onConnectAck(ack.correlationId(), ack.status(), ack.protocolVersion(), nodeMap);
    }
}
