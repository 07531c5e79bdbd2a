package io.stoat.transport;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Immutable: which streams a node serves, and which write stream owns which shard. Replaced as a
 * whole.
 */
final class NodeMap {
    private static final int GENERATION_LENGTH = Long.BYTES;

    private final long generation;
    private final int maxValueLength;
    private final int firstReadStreamId;
    private final int readStreamCount;
    private final int firstWriteStreamId;
    private final int writeStreamCount;
    private final short[] owners;

    NodeMap(
            final long generation,
            final int maxValueLength,
            final int firstReadStreamId,
            final int readStreamCount,
            final int firstWriteStreamId,
            final int writeStreamCount,
            final short[] owners) {
        this.generation = generation;
        this.maxValueLength = maxValueLength;
        this.firstReadStreamId = firstReadStreamId;
        this.readStreamCount = readStreamCount;
        this.firstWriteStreamId = firstWriteStreamId;
        this.writeStreamCount = writeStreamCount;
        this.owners = owners;
    }

    /** The map with other owners, as a MOVED answer or a ConnectAck brings them. */
    static short[] decodeOwners(final DirectBuffer buffer, final int offset, final int count) {
        final short[] owners = new short[count];
        for (int i = 0; i < count; i++) {
            owners[i] = buffer.getShort(offset + i * Short.BYTES, ByteOrder.LITTLE_ENDIAN);
        }
        return owners;
    }

    /** This map with the owners of a MOVED answer; itself when the answer makes no sense. */
    NodeMap movedTo(final DirectBuffer buffer, final int offset, final int length) {
        if (length != GENERATION_LENGTH + owners.length * Short.BYTES) {
            return this;
        }
        final short[] newer = decodeOwners(buffer, offset + GENERATION_LENGTH, owners.length);
        for (final short owner : newer) {
            if (owner < 0 || owner >= writeStreamCount) {
                return this;
            }
        }
        return new NodeMap(
                buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN),
                maxValueLength,
                firstReadStreamId,
                readStreamCount,
                firstWriteStreamId,
                writeStreamCount,
                newer);
    }

    /** Generation and owners, as a MOVED answer carries them. */
    DirectBuffer encode() {
        final UnsafeBuffer buffer =
                new UnsafeBuffer(new byte[GENERATION_LENGTH + owners.length * Short.BYTES]);
        buffer.putLong(0, generation, ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < owners.length; i++) {
            buffer.putShort(
                    GENERATION_LENGTH + i * Short.BYTES, owners[i], ByteOrder.LITTLE_ENDIAN);
        }
        return buffer;
    }

    int ownerOf(final int shard) {
        return owners[shard];
    }

    int shardCount() {
        return owners.length;
    }

    long generation() {
        return generation;
    }

    int maxValueLength() {
        return maxValueLength;
    }

    int firstReadStreamId() {
        return firstReadStreamId;
    }

    int readStreamCount() {
        return readStreamCount;
    }

    int firstWriteStreamId() {
        return firstWriteStreamId;
    }

    int writeStreamCount() {
        return writeStreamCount;
    }
}
