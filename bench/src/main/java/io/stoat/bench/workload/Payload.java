package io.stoat.bench.workload;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The keys and values of every run. A value proves by itself that it was read whole and under the
 * right key: its last 8 bytes are a function of its first 8 bytes and of the key.
 *
 * <pre>
 *   key    0        8                16 ... keyLength
 *          | tag    | ~index         | '.' ...      |
 *   value  0        8                ... valueLength - 8   valueLength
 *          | stamp  | price, volume or filler        | stamp ^ tag |
 * </pre>
 *
 * A value of 8 to 15 bytes is the key's tag alone. Longs are little-endian. Filler is written once
 * a buffer.
 */
public final class Payload {
    /** Shortest key, bytes. */
    public static final int MIN_KEY_LENGTH = 16;

    /** Shortest value, bytes. */
    public static final int MIN_VALUE_LENGTH = 8;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int STAMPED_LENGTH = 16;

    private Payload() {}

    /**
     * @param index of a key.
     * @return a number that differs for each index.
     */
    public static long tag(final long index) {
        return (index + 1) * GOLDEN;
    }

    /**
     * Writes a key's first 16 bytes; what follows them stays.
     *
     * @param buffer to write to, from its start.
     * @param index of the key.
     */
    public static void encodeKey(final MutableDirectBuffer buffer, final long index) {
        buffer.putLong(0, tag(index), java.nio.ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(8, ~index, java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * @param buffer that holds a key.
     * @param offset of the key.
     * @return the key's index.
     */
    public static long indexOf(final DirectBuffer buffer, final int offset) {
        return ~buffer.getLong(offset + 8, java.nio.ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Writes the first and last bytes of a value; what is between them stays.
     *
     * @param buffer to write to, from its start.
     * @param length of the value, bytes.
     * @param index of its key.
     * @param stamp that makes this write differ from others.
     */
    public static void encodeValue(
            final MutableDirectBuffer buffer,
            final int length,
            final long index,
            final long stamp) {
        if (length < STAMPED_LENGTH) {
            buffer.putLong(0, tag(index), java.nio.ByteOrder.LITTLE_ENDIAN);
        } else {
            buffer.putLong(0, stamp, java.nio.ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(length - 8, stamp ^ tag(index), java.nio.ByteOrder.LITTLE_ENDIAN);
        }
    }

    /**
     * @param buffer that holds a value.
     * @param offset of the value.
     * @param length of the value, bytes.
     * @param index of the key that was asked for.
     * @return whether the value is whole and belongs to the key.
     */
    public static boolean isWhole(
            final DirectBuffer buffer, final int offset, final int length, final long index) {
        if (length < MIN_VALUE_LENGTH) {
            return false;
        }
        final long first = buffer.getLong(offset, java.nio.ByteOrder.LITTLE_ENDIAN);
        if (length < STAMPED_LENGTH) {
            return first == tag(index);
        }
        final long last = buffer.getLong(offset + length - 8, java.nio.ByteOrder.LITTLE_ENDIAN);
        return isWhole(first, last, index);
    }

    /**
     * @param first 8 bytes of a value of 16 bytes or more.
     * @param last 8 bytes of the value.
     * @param index of the key that was asked for.
     * @return whether the value is whole and belongs to the key.
     */
    public static boolean isWhole(final long first, final long last, final long index) {
        return (first ^ last) == tag(index);
    }
}
