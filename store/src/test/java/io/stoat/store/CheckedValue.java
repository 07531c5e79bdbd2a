package io.stoat.store;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A value that shows by itself whether it is whole and belongs to its key: key id (8), tick (8),
 * then words of both mixed with their place; its length follows from key id and tick.
 */
final class CheckedValue {
    static final int MIN_LENGTH = 16;

    private CheckedValue() {}

    /** Length of the value of a tick; every second tick keeps the length of the one before. */
    static int length(final long id, final long tick, final int maxLength) {
        final int words = (maxLength - MIN_LENGTH) / Long.BYTES;
        return MIN_LENGTH + Long.BYTES * (int) (Math.abs(mix(id, tick >> 1, 7)) % (words + 1));
    }

    private static long mix(final long id, final long tick, final int place) {
        long h = id * 0x9E3779B97F4A7C15L + tick * 0xC2B2AE3D27D4EB4FL + place;
        h ^= h >>> 31;
        return h * 0xD6E8FEB86659FD93L >> 1;
    }

    static int write(
            final MutableDirectBuffer buffer, final long id, final long tick, final int maxLength) {
        final int length = length(id, tick, maxLength);
        buffer.putLong(0, id);
        buffer.putLong(8, tick);
        for (int at = MIN_LENGTH; at < length; at += Long.BYTES) {
            buffer.putLong(at, mix(id, tick, at));
        }
        return length;
    }

    static boolean isWhole(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long id,
            final int maxLength) {
        if (length < MIN_LENGTH || buffer.getLong(offset) != id) {
            return false;
        }
        final long tick = buffer.getLong(offset + 8);
        if (length != length(id, tick, maxLength)) {
            return false;
        }
        for (int at = MIN_LENGTH; at < length; at += Long.BYTES) {
            if (buffer.getLong(offset + at) != mix(id, tick, at)) {
                return false;
            }
        }
        return true;
    }
}
