package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.openhft.hashing.LongHashFunction;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XxHash64Test {
    private static final int MAX_LENGTH = 1100;
    private static final long PRIME32 = 2654435761L;
    private static final long PRIME64 = 0x9E3779B185EBCA8DL;

    @ParameterizedTest
    @CsvSource({
        "'', EF46DB3751D8E999",
        "a, D24EC4F1A98C6E5B",
        "abc, 44BC2CF5AD770999",
    })
    void shouldAgreeWithPublishedVectorsOfText(final String text, final String expected) {
        final UnsafeBuffer buffer = new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                Long.parseUnsignedLong(expected, 16), XxHash64.hash(buffer, 0, buffer.capacity()));
    }

    /** The sanity check of the reference implementation, with and without a seed. */
    @ParameterizedTest
    @CsvSource({
        "0, EF46DB3751D8E999, AC75FDA2929B17EF",
        "1, E934A84ADB052768, 5014607643A9B4C3",
        "4, 9136A0DCA57457EE, CAAB286BD8E9FDB5",
        "14, 8282DCC4994E35C8, C3BD6BF63DEB6DF0",
        "222, B641AE8CB691C174, 20CB8AB7AE10C14A",
    })
    void shouldAgreeWithPublishedVectorsOfTheReferenceImplementation(
            final int length, final String unseeded, final String seeded) {
        final UnsafeBuffer buffer = new UnsafeBuffer(sanityBytes(256));
        assertEquals(
                Long.parseUnsignedLong(unseeded, 16),
                XxHash64.hash(buffer.byteArray(), buffer.addressOffset(), length, 0));
        assertEquals(
                Long.parseUnsignedLong(seeded, 16),
                XxHash64.hash(buffer.byteArray(), buffer.addressOffset(), length, PRIME32));
    }

    private static byte[] sanityBytes(final int length) {
        final byte[] bytes = new byte[length];
        long generator = PRIME32;
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (generator >>> 56);
            generator *= PRIME64;
        }
        return bytes;
    }

    @Test
    void shouldAgreeWithZeroAllocationHashingForEveryLengthAndPlace() {
        final long seed = 42;
        final byte[] bytes = new byte[MAX_LENGTH + 8];
        new Random(seed).nextBytes(bytes);
        final UnsafeBuffer heap = new UnsafeBuffer(bytes);
        final UnsafeBuffer direct =
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(bytes.length, 64));
        direct.putBytes(0, bytes);
        for (int length = 0; length <= MAX_LENGTH; length++) {
            final int offset = length & 7;
            final long expected = LongHashFunction.xx().hashBytes(bytes, offset, length);
            final String where = "length=" + length + " offset=" + offset;
            assertEquals(expected, XxHash64.hash(heap, offset, length), where);
            assertEquals(expected, XxHash64.hash(direct, offset, length), where);
            assertEquals(
                    LongHashFunction.xx(seed).hashBytes(bytes, offset, length),
                    XxHash64.hash(heap.byteArray(), heap.addressOffset() + offset, length, seed),
                    where);
        }
    }
}
