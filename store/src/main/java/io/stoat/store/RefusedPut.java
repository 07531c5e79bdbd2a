package io.stoat.store;

import java.io.IOException;
import java.nio.file.Path;
import org.agrona.UnsafeApi;

/**
 * Undoes what a put leaves behind in Chronicle Map when there is no room for it. An entry that
 * grows may have to move; Chronicle Map gives its old place away before it looks for one beyond the
 * entry's own tier, and when it finds none it throws, with the entry still pointing to the place
 * that the next put would be given. Here that place is taken back, so that the old value stays.
 * Owner's thread, with readers held off by the segment's sequence.
 */
final class RefusedPut {
    private static final int ENTRIES_IN_SEGMENT_HEADER = 8;
    private static final int ENTRIES_IN_COUNTERS = 32;
    private static final int COUNTERS_LENGTH = 64;

    private RefusedPut() {}

    /**
     * Whether Chronicle Map failed for want of room: no further tier is allowed, the entry is too
     * long for a tier, or the disk is full.
     */
    static boolean isRefusal(final RuntimeException ex) {
        return ex instanceof IllegalStateException
                || ex instanceof IllegalArgumentException
                || ex.getCause() instanceof IOException;
    }

    /**
     * @param refusal that Chronicle Map threw.
     * @param mapFile of the shard.
     * @param layout of the map.
     * @param mapped the whole map, for writing.
     * @param finder on that mapping.
     * @param keyAddress of the key that was put.
     * @param keyLength bytes.
     * @param hash of the key.
     */
    static void undo(
            final RuntimeException refusal,
            final Path mapFile,
            final MapLayout layout,
            final MappedFile mapped,
            final EntryFinder finder,
            final long keyAddress,
            final int keyLength,
            final long hash) {
        if (refusal.getCause() instanceof IOException) {
            MapGrowth.undo(mapFile, mapped.length());
        }
        if (finder.find(null, keyAddress, keyLength, hash) == EntryFinder.FOUND) {
            takeBack(
                    layout,
                    mapped.address(),
                    finder.segmentOf(hash),
                    finder.valueAddress() - mapped.address(),
                    keyLength,
                    finder.valueLength());
        }
    }

    private static void takeBack(
            final MapLayout layout,
            final long address,
            final int segment,
            final long valueOffset,
            final int keyLength,
            final int valueLength) {
        final boolean first = valueOffset < layout.bulksOffset();
        final long tier =
                first
                        ? layout.segmentsOffset() + segment * layout.tierSize()
                        : extraTierOffset(layout, valueOffset);
        final long entrySpace = tier + layout.entrySpaceOffset();
        final long sizes = stopBitLength(keyLength) + stopBitLength(valueLength);
        // chunks and tiers are multiples of the alignment, so every entry is padded alike
        final long padding = -(entrySpace + sizes + keyLength) & 7;
        final long entry = valueOffset - padding - sizes - keyLength;
        final long chunk = (entry - entrySpace) / layout.chunkSize();
        if (entry != entrySpace + chunk * layout.chunkSize()) {
            throw new IllegalStateException("no entry begins at " + entry);
        }
        final long chunks =
                (valueOffset + valueLength - entry + layout.chunkSize() - 1) / layout.chunkSize();
        final long bits = address + tier + layout.countersOffset() + COUNTERS_LENGTH;
        if (!isSet(bits, chunk)) {
            for (long i = chunk; i < chunk + chunks; i++) {
                set(bits, i);
            }
            final long entries =
                    first
                            ? address
                                    + layout.segmentHeadersOffset()
                                    + segment * layout.segmentHeaderSize()
                                    + ENTRIES_IN_SEGMENT_HEADER
                            : address + tier + layout.countersOffset() + ENTRIES_IN_COUNTERS;
            UnsafeApi.putInt(entries, UnsafeApi.getInt(entries) + 1);
        }
    }

    private static long extraTierOffset(final MapLayout layout, final long offset) {
        final long bulk = (offset - layout.bulksOffset()) / layout.bulkSize();
        final long tiers =
                layout.bulksOffset() + bulk * layout.bulkSize() + layout.bulkInnerOffset();
        return tiers + (offset - tiers) / layout.tierSize() * layout.tierSize();
    }

    private static int stopBitLength(final int number) {
        return Math.max(1, (38 - Integer.numberOfLeadingZeros(number)) / 7);
    }

    private static boolean isSet(final long bits, final long index) {
        return (UnsafeApi.getLong(bits + (index >>> 6 << 3)) >>> index & 1) != 0;
    }

    private static void set(final long bits, final long index) {
        final long word = bits + (index >>> 6 << 3);
        UnsafeApi.putLong(word, UnsafeApi.getLong(word) | 1L << index);
    }
}
