package io.stoat.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.UnsafeApi;

/**
 * The numbers that describe where things lie in a Chronicle Map file, as published in Chronicle
 * Map's {@code spec/3-memory-layout.md} and {@code spec/3_1-header-fields.md}. Taken from the map's
 * own header by the owner, written to the control file, and read from there by readers. Offsets are
 * bytes from the start of the map file.
 */
record MapLayout(
        long segmentHeadersOffset,
        long segmentHeaderSize,
        long segmentsOffset,
        long segments,
        long tierSize,
        long slotCapacity,
        long slotSize,
        long slotKeyBits,
        long slotValueBits,
        long countersOffset,
        long entrySpaceOffset,
        long chunkSize,
        long chunksPerTier,
        long bulksOffset,
        long bulkSize,
        long bulkInnerOffset,
        long log2TiersInBulk,
        long maxExtraTiers,
        long storeSizeOffset) {

    static final int FIELD_COUNT = 19;

    private static final int TIER_COUNTERS_LENGTH = 64;
    private static final int MAX_HEADER_LENGTH = 64 * 1024;

    /** Whether tiers of both maps look alike, wherever they lie. */
    boolean hasTiersLike(final MapLayout other) {
        return segments == other.segments
                && slotCapacity == other.slotCapacity
                && slotSize == other.slotSize
                && slotKeyBits == other.slotKeyBits
                && slotValueBits == other.slotValueBits
                && entrySpaceOffset == other.entrySpaceOffset
                && chunkSize == other.chunkSize
                && chunksPerTier == other.chunksPerTier;
    }

    /** Reads the self-bootstrapping header, text in the published wire format, of a map file. */
    static MapLayout ofMapFile(
            final Path file, final long headerSize, final long segmentHeadersOffset)
            throws IOException {
        final String header = readHeader(file);
        final long segments = field(header, "actualSegments");
        final long headerStride = field(header, "segmentHeaderSize");
        final long tierSize = field(header, "tierSize");
        final long segmentsOffset = segmentHeadersOffset + segments * headerStride;
        final long hashOuterSize = field(header, "tierHashLookupOuterSize");
        return new MapLayout(
                segmentHeadersOffset,
                headerStride,
                segmentsOffset,
                segments,
                tierSize,
                field(header, "tierHashLookupCapacity"),
                field(header, "tierHashLookupSlotSize"),
                field(header, "tierHashLookupKeyBits"),
                field(header, "tierHashLookupValueBits"),
                hashOuterSize,
                hashOuterSize
                        + TIER_COUNTERS_LENGTH
                        + field(header, "tierFreeListOuterSize")
                        + field(header, "tierEntrySpaceInnerOffset"),
                field(header, "chunkSize"),
                field(header, "actualChunksPerSegmentTier"),
                segmentsOffset + segments * tierSize,
                field(header, "tierBulkSizeInBytes"),
                field(header, "tierBulkInnerOffsetToTiers"),
                field(header, "log2TiersInBulk"),
                field(header, "maxExtraTiers"),
                // global mutable state: lock (8), bulks (3), free tier (5), used tiers (5), offset
                // (4), size (8)
                headerSize + 25);
    }

    private static String readHeader(final Path file) throws IOException {
        try (RandomAccessFile raf = new RandomAccessFile(file.toFile(), "r")) {
            final byte[] bytes = new byte[(int) Math.min(MAX_HEADER_LENGTH, raf.length())];
            raf.readFully(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static long field(final String header, final String name) throws IOException {
        final Matcher matcher = Pattern.compile("\\b" + name + ": (\\d+)").matcher(header);
        if (!matcher.find()) {
            throw new IOException("no field " + name + " in the Chronicle Map header");
        }
        return Long.parseLong(matcher.group(1));
    }

    /** Writes the numbers as {@link #FIELD_COUNT} longs. */
    void writeTo(final long address) {
        final long[] fields = {
            segmentHeadersOffset, segmentHeaderSize, segmentsOffset, segments, tierSize,
                    slotCapacity,
            slotSize, slotKeyBits, slotValueBits, countersOffset, entrySpaceOffset, chunkSize,
            chunksPerTier, bulksOffset, bulkSize, bulkInnerOffset, log2TiersInBulk, maxExtraTiers,
            storeSizeOffset
        };
        for (int i = 0; i < fields.length; i++) {
            UnsafeApi.putLong(address + 8L * i, fields[i]);
        }
    }

    static MapLayout readFrom(final long address) {
        final long[] f = new long[FIELD_COUNT];
        for (int i = 0; i < f.length; i++) {
            f[i] = UnsafeApi.getLong(address + 8L * i);
        }
        return new MapLayout(
                f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12],
                f[13], f[14], f[15], f[16], f[17], f[18]);
    }

    /** Says what is impossible about the numbers, or null when a reader may follow them. */
    String problem(final long mappedLength) {
        if (segments < 1 || segments > 1 << 30 || Long.bitCount(segments) != 1) {
            return "segments=" + segments;
        }
        if (slotSize != 4 && slotSize != 8) {
            return "slotSize=" + slotSize;
        }
        if (slotCapacity < 1 || slotCapacity > 1L << 31 || Long.bitCount(slotCapacity) != 1) {
            return "slotCapacity=" + slotCapacity;
        }
        if (slotKeyBits < 1 || slotValueBits < 1 || slotKeyBits + slotValueBits > 64) {
            return "slotKeyBits=" + slotKeyBits + ", slotValueBits=" + slotValueBits;
        }
        if (chunkSize < 2
                || chunkSize > 1L << 30
                || Long.bitCount(chunkSize) != 1
                || chunksPerTier < 1
                || chunksPerTier > 1L << 30) {
            return "chunkSize=" + chunkSize + ", chunksPerTier=" + chunksPerTier;
        }
        if (tierSize < 1
                || tierSize > 1L << 50
                || countersOffset < slotCapacity * slotSize
                || entrySpaceOffset < countersOffset + TIER_COUNTERS_LENGTH
                || entrySpaceOffset + chunkSize * chunksPerTier > tierSize) {
            return "tierSize=" + tierSize + ", entrySpaceOffset=" + entrySpaceOffset;
        }
        if (segmentHeadersOffset < 0
                || segmentHeaderSize < 32
                || segmentHeaderSize > 1 << 20
                || segmentsOffset != segmentHeadersOffset + segments * segmentHeaderSize
                || bulksOffset < segmentsOffset
                || bulksOffset > mappedLength
                || bulksOffset - segmentsOffset != segments * tierSize) {
            return "segmentsOffset=" + segmentsOffset + ", bulksOffset=" + bulksOffset;
        }
        if (log2TiersInBulk < 0
                || log2TiersInBulk > 30
                || bulkSize < 0
                || bulkSize > 1L << 50
                || bulkInnerOffset < 0
                || bulkInnerOffset > bulkSize
                || maxExtraTiers < 0
                || maxExtraTiers > 1L << 40) {
            return "bulkSize=" + bulkSize + ", log2TiersInBulk=" + log2TiersInBulk;
        }
        return storeSizeOffset < 0 || storeSizeOffset + 8 > segmentHeadersOffset
                ? "storeSizeOffset=" + storeSizeOffset
                : null;
    }
}
