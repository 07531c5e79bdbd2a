package io.stoat.replication;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checksum of a member's content, as its status file has it: 24 bytes that one thread writes and
 * any process reads.
 *
 * <pre>
 *    0  position (8)   written last, and 0 while the others are being written
 *    8  checksum (8)
 *   16  entries (8)
 * </pre>
 *
 * @param position of the log; 0 for none.
 * @param checksum of the content at that position.
 * @param entries at that position.
 */
public record ContentSum(long position, long checksum, long entries) {
    /** All of it belongs to one position. */
    static ContentSum read(final UnsafeBuffer buffer, final int offset) {
        while (true) {
            final long position = buffer.getLongAcquire(offset);
            final ContentSum sum =
                    new ContentSum(
                            position,
                            buffer.getLongAcquire(offset + 8),
                            buffer.getLongAcquire(offset + 16));
            if (buffer.getLongAcquire(offset) == position) {
                return sum;
            }
            Thread.onSpinWait();
        }
    }

    /** Only the thread to which the place belongs. */
    void write(final UnsafeBuffer buffer, final int offset) {
        buffer.putLongRelease(offset, 0);
        buffer.putLongRelease(offset + 8, checksum);
        buffer.putLongRelease(offset + 16, entries);
        buffer.putLongRelease(offset, position);
    }
}
