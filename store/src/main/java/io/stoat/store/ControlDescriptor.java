package io.stoat.store;

import org.agrona.UnsafeApi;

/**
 * Layout of a shard's control file {@code shard-NNN.ctl}. All numbers little-endian; the owner maps
 * it for writing, readers read-only.
 *
 * <pre>
 *    0  magic (8)                 "STOATCTL"
 *    8  layout version (4)        written last, with release: anything else is not ready or not ours
 *   12  shard index (4)
 *   16  generation (8)
 *   24  segment count (8)
 *   32  maximum value length (8)
 *   40  capacity, entries (8)
 *   48  Chronicle version (16)    ASCII, zero padded
 *   64  map layout (19 x 8)       see MapLayout
 *  256  state (8)                 OPEN, CLOSED or RETIRED
 *  264  mapped length (8)         of the map file, grows with extra tiers
 *  272  redo slot length (8)
 *  320  applied position (8)      of the last command
 *  328  leadership term (8)
 *  336  entry count (8)
 *  344  value bytes (8)           payload of all entries
 *  352  entry bytes (8)           what entries take by their lengths
 *  360  capacity, bytes (8)       of as many entries of the expected length
 *  368  evictions (8)             since the shard was created
 *  376  eviction (4)              as configured by the owner: ordinal of Eviction
 *  380  high-water mark (4)       percent
 *  384  heartbeat (8)             ms since the epoch
 *  512  segment lines (64 each)   sequence (8): odd while the owner changes the segment;
 *                                 entry count (8), entry bytes (8)
 *  ...  redo slot                 see RedoSlot
 * </pre>
 *
 * Memory order of a change: sequence odd (release fence after), the change, sequence even
 * (release). A reader loads the sequence (acquire), reads, fences loads, loads the sequence again:
 * odd or different means again. State {@code RETIRED} leaves every sequence odd for ever, so
 * readers of a live shard need no extra check.
 */
final class ControlDescriptor {
    static final long MAGIC = 0x4C54_4354_414F_5453L;
    static final int LAYOUT_VERSION = 3;

    static final int MAGIC_OFFSET = 0;
    static final int LAYOUT_VERSION_OFFSET = 8;
    static final int SHARD_INDEX_OFFSET = 12;
    static final int GENERATION_OFFSET = 16;
    static final int SEGMENT_COUNT_OFFSET = 24;
    static final int MAX_VALUE_LENGTH_OFFSET = 32;
    static final int CAPACITY_ENTRIES_OFFSET = 40;
    static final int CHRONICLE_VERSION_OFFSET = 48;
    static final int CHRONICLE_VERSION_LENGTH = 16;
    static final int MAP_LAYOUT_OFFSET = 64;
    static final int STATE_OFFSET = 256;
    static final int MAPPED_LENGTH_OFFSET = 264;
    static final int REDO_LENGTH_OFFSET = 272;
    static final int APPLIED_POSITION_OFFSET = 320;
    static final int LEADERSHIP_TERM_OFFSET = 328;
    static final int ENTRY_COUNT_OFFSET = 336;
    static final int VALUE_BYTES_OFFSET = 344;
    static final int ENTRY_BYTES_OFFSET = 352;
    static final int CAPACITY_BYTES_OFFSET = 360;
    static final int EVICTIONS_OFFSET = 368;
    static final int EVICTION_OFFSET = 376;
    static final int HIGH_WATER_OFFSET = 380;
    static final int HEARTBEAT_OFFSET = 384;
    static final int HEADER_LENGTH = 512;
    static final int SEGMENT_LINE_LENGTH = 64;
    static final int SEGMENT_ENTRIES_OFFSET = 8;
    static final int SEGMENT_BYTES_OFFSET = 16;

    static final long STATE_OPEN = 1;
    static final long STATE_CLOSED = 2;
    static final long STATE_RETIRED = 3;

    private ControlDescriptor() {}

    static long length(final long segments, final long redoLength) {
        return redoSlotOffset(segments) + redoLength;
    }

    static long redoSlotOffset(final long segments) {
        return HEADER_LENGTH + segments * SEGMENT_LINE_LENGTH;
    }

    static long sequenceAddress(final long controlAddress, final int segment) {
        return controlAddress + HEADER_LENGTH + (long) segment * SEGMENT_LINE_LENGTH;
    }

    static long beginChange(final long sequenceAddress) {
        final long sequence = UnsafeApi.getLong(sequenceAddress);
        UnsafeApi.putLongRelease(null, sequenceAddress, sequence + 1);
        // the change must not become visible before the odd sequence
        UnsafeApi.storeFence();
        return sequence + 2;
    }

    static void endChange(final long sequenceAddress, final long evenSequence) {
        UnsafeApi.putLongRelease(null, sequenceAddress, evenSequence);
    }
}
