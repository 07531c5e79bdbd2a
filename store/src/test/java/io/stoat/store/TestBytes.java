package io.stoat.store;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Keys and buffers for the store's tests. */
final class TestBytes {
    private TestBytes() {}

    /** Distinct random keys, their lengths between the given bounds. */
    static byte[][] distinctKeys(
            final Random random, final int count, final int minLength, final int maxLength) {
        final Set<String> seen = new HashSet<>();
        final byte[][] keys = new byte[count][];
        for (int i = 0; i < count; ) {
            final byte[] key = new byte[minLength + random.nextInt(maxLength - minLength + 1)];
            random.nextBytes(key);
            if (seen.add(new String(key, java.nio.charset.StandardCharsets.ISO_8859_1))) {
                keys[i++] = key;
            }
        }
        return keys;
    }

    /** A 16-byte key of a number, at offset 0. */
    static void putKey(final MutableDirectBuffer buffer, final long id) {
        buffer.putLong(0, id * 0x9E3779B97F4A7C15L);
        buffer.putLong(8, id);
    }

    static UnsafeBuffer heap(final int length) {
        return new UnsafeBuffer(new byte[length]);
    }

    static UnsafeBuffer direct(final int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(Math.max(1, length), 64));
    }

    /** Like {@link String#equals} for part of a buffer; returns -1 or the first difference. */
    static int mismatch(
            final byte[] expected, final org.agrona.DirectBuffer buffer, final int offset) {
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] != buffer.getByte(offset + i)) {
                return i;
            }
        }
        return -1;
    }
}
