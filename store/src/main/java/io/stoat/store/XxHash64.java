package io.stoat.store;

import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * XXH64 (Yann Collet's xxHash, 64-bit variant), the hash that Chronicle Map's published layout
 * applies to keys. Written from the algorithm's specification (xxhash_spec.md, "XXH64 Algorithm
 * Description"); little-endian hosts only. Stateless, allocation free, safe for any thread.
 */
public final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private XxHash64() {}

    /**
     * @param buffer that holds the bytes.
     * @param offset of the first byte.
     * @param length in bytes.
     * @return XXH64 with seed 0.
     */
    public static long hash(final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        return ofKey(buffer.byteArray(), buffer.addressOffset() + offset, length);
    }

    /**
     * The hash of a key. Most keys are short: apart from the loop for long ones, which values'
     * checksums keep hot, this is little enough to be inlined.
     */
    static long ofKey(final Object base, final long address, final int length) {
        return length < 32
                ? finish(base, address, length, P5 + length)
                : hash(base, address, length, 0L);
    }

    /**
     * @param base array that holds the bytes, or null for memory outside the heap.
     * @param address offset from base, or the absolute address.
     * @param length in bytes.
     * @param seed of the hash.
     * @return XXH64.
     */
    static long hash(final Object base, final long address, final int length, final long seed) {
        long at = address;
        int left = length;
        long h;
        if (length >= 32) {
            long v1 = seed + P1 + P2;
            long v2 = seed + P2;
            long v3 = seed;
            long v4 = seed - P1;
            do {
                v1 = round(v1, UnsafeApi.getLong(base, at));
                v2 = round(v2, UnsafeApi.getLong(base, at + 8));
                v3 = round(v3, UnsafeApi.getLong(base, at + 16));
                v4 = round(v4, UnsafeApi.getLong(base, at + 24));
                at += 32;
                left -= 32;
            } while (left >= 32);
            h =
                    Long.rotateLeft(v1, 1)
                            + Long.rotateLeft(v2, 7)
                            + Long.rotateLeft(v3, 12)
                            + Long.rotateLeft(v4, 18);
            h = merge(merge(merge(merge(h, v1), v2), v3), v4);
        } else {
            h = seed + P5;
        }
        return finish(base, at, left, h + length);
    }

    private static long finish(
            final Object base, final long from, final int length, final long h0) {
        long at = from;
        int left = length;
        long h = h0;
        // at most three words are left: without a loop short keys cost less
        if (left >= 8) {
            h = word(h, UnsafeApi.getLong(base, at));
            if (left >= 16) {
                h = word(h, UnsafeApi.getLong(base, at + 8));
                if (left >= 24) {
                    h = word(h, UnsafeApi.getLong(base, at + 16));
                }
            }
            at += left & ~7;
            left &= 7;
        }
        if (left >= 4) {
            h = Long.rotateLeft(h ^ (UnsafeApi.getInt(base, at) & 0xFFFF_FFFFL) * P1, 23) * P2 + P3;
            at += 4;
            left -= 4;
        }
        while (left > 0) {
            h = Long.rotateLeft(h ^ (UnsafeApi.getByte(base, at) & 0xFFL) * P5, 11) * P1;
            at++;
            left--;
        }
        h = (h ^ h >>> 33) * P2;
        h = (h ^ h >>> 29) * P3;
        return h ^ h >>> 32;
    }

    private static long word(final long h, final long input) {
        return Long.rotateLeft(h ^ round(0, input), 27) * P1 + P4;
    }

    private static long round(final long lane, final long input) {
        return Long.rotateLeft(lane + input * P2, 31) * P1;
    }

    private static long merge(final long h, final long lane) {
        return (h ^ round(0, lane)) * P1 + P4;
    }
}
