package io.stoat.store;

import org.agrona.UnsafeApi;

/**
 * Copies short runs of bytes in 8-byte words, which the processor forwards from stores of the same
 * words that are still on their way to the cache. Wider loads would wait for these stores, and so
 * for the cache misses of earlier ones. Stateless, allocation free, safe for any thread.
 */
final class WordCopy {
    private static final int MAX_LENGTH = 256;

    private WordCopy() {}

    /**
     * @param srcBase array that holds the bytes, or null for memory outside the heap.
     * @param src offset from its base, or the absolute address.
     * @param dstBase as srcBase, of the destination; the two must not overlap.
     * @param dst as src, of the destination.
     * @param length bytes.
     */
    static void copy(
            final Object srcBase,
            final long src,
            final Object dstBase,
            final long dst,
            final int length) {
        if (length > MAX_LENGTH) {
            UnsafeApi.copyMemory(srcBase, src, dstBase, dst, length);
            return;
        }
        int i = 0;
        for (; i <= length - 8; i += 8) {
            UnsafeApi.putLong(dstBase, dst + i, UnsafeApi.getLong(srcBase, src + i));
        }
        for (; i < length; i++) {
            UnsafeApi.putByte(dstBase, dst + i, UnsafeApi.getByte(srcBase, src + i));
        }
    }
}
