package io.stoat.transport;

import io.aeron.ExclusivePublication;
import io.stoat.transport.codec.ConnectAckEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Answers Connect messages: tells a client the node's map, or why it is refused. */
final class ConnectAckPublisher {
    private final NodeMap nodeMap;
    private final DirectBuffer owners;
    private final UnsafeBuffer message;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ConnectAckEncoder ack = new ConnectAckEncoder();

    ConnectAckPublisher(final NodeMap nodeMap) {
        this.nodeMap = nodeMap;
        owners = nodeMap.encode();
        message =
                new UnsafeBuffer(
                        new byte
                                [MessageHeaderEncoder.ENCODED_LENGTH
                                        + ConnectAckEncoder.BLOCK_LENGTH
                                        + ConnectAckEncoder.ownersHeaderLength()
                                        + owners.capacity()]);
    }

    /** False when it has to be tried again. */
    boolean send(
            final ExclusivePublication publication, final long correlationId, final int status) {
        final boolean refused = status != 0;
        ack.wrapAndApplyHeader(message, 0, header)
                .correlationId(correlationId)
                .status(status)
                .protocolVersion(StoreClient.PROTOCOL_VERSION)
                .shardCount(refused ? 0 : nodeMap.shardCount())
                .maxValueLength(refused ? 0 : nodeMap.maxValueLength())
                .generation(refused ? 0 : nodeMap.generation())
                .firstReadStreamId(refused ? 0 : nodeMap.firstReadStreamId())
                .readStreamCount(refused ? 0 : nodeMap.readStreamCount())
                .firstWriteStreamId(refused ? 0 : nodeMap.firstWriteStreamId())
                .writeStreamCount(refused ? 0 : nodeMap.writeStreamCount())
                .putOwners(owners, Long.BYTES, refused ? 0 : owners.capacity() - Long.BYTES);
        return publication.offer(message, 0, ack.limit()) > 0;
    }
}
