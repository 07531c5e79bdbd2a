package io.stoat.store;

import org.agrona.UnsafeApi;

/**
 * Looks a key up in a mapped Chronicle Map file by its published layout ({@code
 * spec/3-memory-layout.md}), without a lock and without a write. The memory may change while it is
 * read, so every number is checked against the mapped range before it is followed, probing and tier
 * chains are bounded, and the answer means something only if the segment's sequence was even before
 * and is unchanged afterwards. One thread an instance.
 */
final class EntryFinder {
    static final int FOUND = 1;
    static final int ABSENT = 0;

    /**
     * A number led out of the mapped range: a torn read, a damaged file, or a file that has grown.
     */
    static final int OUT_OF_BOUNDS = -1;

    private static final int NEXT_TIER_IN_HEADER = 16;
    private static final int MAX_STOP_BIT_LENGTH = 5;
    private static final int ENTRIES_IN_HEADER = 8;
    private static final int ENTRIES_IN_COUNTERS = 32;
    private static final int COUNTERS_LENGTH = 64;

    private final long controlAddress;
    private final long segmentHeaderSize;
    private final int segmentMask;
    private final int segmentBits;
    private final long tierSize;
    private final long slotMask;
    private final int slotShift;
    private final long slotBits;
    private final int slotKeyBits;
    private final long slotKeyMask;
    private final long slotValueMask;
    private final long countersOffset;
    private final long entrySpaceOffset;
    private final long entrySpaceEnd;
    private final int chunkShift;
    private final long chunksPerTier;
    private final MapLayout layout;

    private long address;
    private long mappedLength;
    private long segmentHeadersAddress;
    private long segmentsAddress;
    private long keyAddress;
    private int keyLength;
    private long valueAddress;
    private int valueLength;

    /** A finder of the owner, who needs no sequences to look up. */
    EntryFinder(final MapLayout layout, final long address, final long mappedLength) {
        this(layout, 0, address, mappedLength);
    }

    /**
     * @param layout of the map.
     * @param controlAddress of the shard's mapped control file, for {@link #sequenceAddress}.
     * @param address of the mapped map file.
     * @param mappedLength bytes.
     */
    EntryFinder(
            final MapLayout layout,
            final long controlAddress,
            final long address,
            final long mappedLength) {
        this.layout = layout;
        this.controlAddress = controlAddress;
        mapTo(address, mappedLength);
        segmentHeaderSize = layout.segmentHeaderSize();
        segmentMask = (int) layout.segments() - 1;
        segmentBits = Long.numberOfTrailingZeros(layout.segments());
        tierSize = layout.tierSize();
        slotMask = layout.slotCapacity() - 1;
        slotShift = Long.numberOfTrailingZeros(layout.slotSize());
        // a narrow slot is read with its neighbour, or what follows the table: no branch
        slotBits = mask(Byte.SIZE * layout.slotSize());
        slotKeyBits = (int) layout.slotKeyBits();
        slotKeyMask = mask(layout.slotKeyBits());
        slotValueMask = mask(layout.slotValueBits());
        countersOffset = layout.countersOffset();
        entrySpaceOffset = layout.entrySpaceOffset();
        chunkShift = Long.numberOfTrailingZeros(layout.chunkSize());
        chunksPerTier = layout.chunksPerTier();
        entrySpaceEnd = entrySpaceOffset + layout.chunkSize() * chunksPerTier;
    }

    /** Goes on with a longer mapping of the same file. */
    void mapTo(final long address, final long mappedLength) {
        this.address = address;
        this.mappedLength = mappedLength;
        segmentHeadersAddress = address + layout.segmentHeadersOffset();
        segmentsAddress = address + layout.segmentsOffset();
    }

    private static long mask(final long bits) {
        return bits >= 64 ? -1L : (1L << bits) - 1;
    }

    int segmentOf(final long hash) {
        return (int) hash & segmentMask;
    }

    /** Address of the value's header; only after {@link #FOUND}. */
    long valueAddress() {
        return valueAddress;
    }

    /** Length of header and payload, bytes; only after {@link #FOUND}. */
    int valueLength() {
        return valueLength;
    }

    /** Takes over what another finder found. */
    void valueLength(final int length) {
        valueLength = length;
    }

    long mappedLength() {
        return mappedLength;
    }

    /** Address of a segment's first tier. */
    long firstTier(final int segment) {
        return segmentsAddress + segment * tierSize;
    }

    /**
     * Address of the tier after this one in the segment's chain: 0 at the end, {@link
     * #OUT_OF_BOUNDS} for a number that leads nowhere.
     */
    long nextTier(final int segment, final long tier) {
        final long next =
                UnsafeApi.getLong(
                        tier == firstTier(segment)
                                ? segmentHeadersAddress
                                        + segment * segmentHeaderSize
                                        + NEXT_TIER_IN_HEADER
                                : tier + countersOffset);
        if (next == 0) {
            return 0;
        }
        final long address = extraTierAddress(next);
        return address == 0 ? OUT_OF_BOUNDS : address;
    }

    /** Slots of a tier's hash look-up. */
    long slotCapacity() {
        return slotMask + 1;
    }

    /** Most tiers that a segment's chain can have. */
    long maxTiers() {
        return layout.maxExtraTiers() + 1;
    }

    /**
     * Decodes the entry that a slot points to: {@link #FOUND}, {@link #ABSENT} for an empty one.
     */
    int entryAt(final long tier, final long index) {
        final long slot = slotAt(tier, index);
        if (slot == 0) {
            return ABSENT;
        }
        final long chunk = slot >>> slotKeyBits & slotValueMask;
        final long end = tier + entrySpaceEnd;
        long at = tier + entrySpaceOffset + (chunk << chunkShift);
        if (chunk >= chunksPerTier || at + 2 > end) {
            return OUT_OF_BOUNDS;
        }
        int length = UnsafeApi.getByte(at++);
        if (length < 0) {
            length = length & 0x7F | UnsafeApi.getByte(at++) << 7;
        }
        if (length < 1
                || length > StoreContext.MAX_KEY_LENGTH
                || at + length + MAX_STOP_BIT_LENGTH > end) {
            return OUT_OF_BOUNDS;
        }
        keyAddress = at;
        keyLength = length;
        valueAddress = value(at + length, end);
        return valueAddress > 0 ? FOUND : OUT_OF_BOUNDS;
    }

    /** How many entries a tier's own counter tells. */
    long tierEntries(final int segment, final long tier) {
        final long address =
                tier == firstTier(segment)
                        ? segmentHeadersAddress + segment * segmentHeaderSize + ENTRIES_IN_HEADER
                        : tier + countersOffset + ENTRIES_IN_COUNTERS;
        return UnsafeApi.getInt(address) & 0xFFFF_FFFFL;
    }

    /** 64 bits of a tier's free list: set for chunks in use. */
    long freeListWord(final long tier, final int index) {
        return UnsafeApi.getLong(tier + countersOffset + COUNTERS_LENGTH + ((long) index << 3));
    }

    /** The chunk that a slot points to, perhaps out of range. */
    long chunkAt(final long tier, final long index) {
        return slotAt(tier, index) >>> slotKeyBits & slotValueMask;
    }

    /** Whether a slot carries the bits of this hash. */
    boolean isSlotOf(final long tier, final long index, final long hash) {
        return (slotAt(tier, index) & slotKeyMask) == slotKeyOf(hash);
    }

    /** Where probing for a slot's key begins. */
    long firstChoice(final long slot) {
        return slot & slotKeyMask & slotMask;
    }

    /** Where probing for a hash begins. */
    long firstChoiceOf(final long hash) {
        return slotKeyOf(hash) & slotMask;
    }

    /** Overwrites a slot; owner only, with readers held off. */
    void putSlot(final long tier, final long index, final long slot) {
        if (slotShift == 3) {
            UnsafeApi.putLong(tier + (index << 3), slot);
        } else {
            UnsafeApi.putInt(tier + (index << 2), (int) slot);
        }
    }

    /** A slot, 0 when it is empty: key bits below, chunk above. */
    long slotAt(final long tier, final long index) {
        return UnsafeApi.getLong(tier + (index << slotShift)) & slotBits;
    }

    private long slotKeyOf(final long hash) {
        final long masked = hash >>> segmentBits & slotKeyMask;
        return masked == 0 ? slotKeyMask : masked;
    }

    /** Address of the key; only after {@link #entryAt} said {@link #FOUND}. */
    long keyAddress() {
        return keyAddress;
    }

    /** Length of the key, bytes; only after {@link #entryAt} said {@link #FOUND}. */
    int keyLength() {
        return keyLength;
    }

    /** Address of the sequence of a hash's segment. */
    long sequenceAddress(final long hash) {
        return ControlDescriptor.sequenceAddress(controlAddress, segmentOf(hash));
    }

    /** Finds the key in its segment's chain of tiers. */
    int find(final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        final long value = locate(keyBase, keyAddress, keyLength, hash);
        valueAddress = value;
        return value > 0 ? FOUND : (int) value;
    }

    /**
     * Finds the key in its segment's chain of tiers; then only {@link #valueLength()} is set.
     *
     * @return address of the value's header, or {@link #ABSENT}, or {@link #OUT_OF_BOUNDS}.
     */
    long locate(final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        final int segment = segmentOf(hash);
        final long value =
                locateInTier(
                        segmentsAddress + segment * tierSize, keyBase, keyAddress, keyLength, hash);
        return value != ABSENT ? value : locateInExtraTiers(keyBase, keyAddress, keyLength, hash);
    }

    /** As {@link #locate}, without the first tier. */
    long locateInExtraTiers(
            final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        final int segment = segmentOf(hash);
        long index =
                UnsafeApi.getLong(
                        segmentHeadersAddress + segment * segmentHeaderSize + NEXT_TIER_IN_HEADER);
        for (long left = layout.maxExtraTiers(); index != 0; left--) {
            final long tier = extraTierAddress(index);
            if (left <= 0 || tier == 0) {
                return OUT_OF_BOUNDS;
            }
            final long value = locateInTier(tier, keyBase, keyAddress, keyLength, hash);
            if (value != ABSENT) {
                return value;
            }
            index = UnsafeApi.getLong(tier + countersOffset);
        }
        return ABSENT;
    }

    /** Tier indices count from 1; the segments' first tiers come before the extra ones. */
    private long extraTierAddress(final long index) {
        final long extra = index - 1 - layout.segments();
        if (extra < 0 || extra > layout.maxExtraTiers() + (1L << layout.log2TiersInBulk())) {
            return 0;
        }
        final long bulk = extra >>> layout.log2TiersInBulk();
        final long inBulk = extra & (1L << layout.log2TiersInBulk()) - 1;
        final long offset =
                layout.bulksOffset()
                        + bulk * layout.bulkSize()
                        + layout.bulkInnerOffset()
                        + inBulk * tierSize;
        return offset < 0 || offset > mappedLength - tierSize ? 0 : address + offset;
    }

    /**
     * As {@link #locate}, in one tier, of any map whose tiers have the same layout. All of it
     * stands in one method so that HotSpot does not inline it (FreqInlineSize): the reads that call
     * it stay short enough to be inlined themselves, and there is one call between them and the
     * value.
     */
    long locateInTier(
            final long tier,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash) {
        final long slotKey = slotKeyOf(hash);
        final long end = tier + entrySpaceEnd;
        long index = slotKey & slotMask;
        for (long left = slotMask; left >= 0; left--) {
            final long slot = slotAt(tier, index);
            if (slot == 0) {
                return ABSENT;
            }
            if ((slot & slotKeyMask) == slotKey) {
                final long chunk = slot >>> slotKeyBits & slotValueMask;
                if (chunk >= chunksPerTier) {
                    return OUT_OF_BOUNDS;
                }
                long at = tier + entrySpaceOffset + (chunk << chunkShift);
                // keys are at most 1024 bytes, so their size is a stop-bit number of one or two
                // bytes
                int storedKeyLength = UnsafeApi.getByte(at++);
                if (storedKeyLength < 0) {
                    storedKeyLength = storedKeyLength & 0x7F | UnsafeApi.getByte(at++) << 7;
                }
                // a colliding slot may lead to a shorter key close to the end of the tier
                if (storedKeyLength == keyLength) {
                    if (at + keyLength + MAX_STOP_BIT_LENGTH > end) {
                        return OUT_OF_BOUNDS;
                    }
                    if (matches(keyBase, keyAddress, at, keyLength)) {
                        at += keyLength;
                        long length = UnsafeApi.getByte(at++);
                        if (length < 0) {
                            length = length & 0x7F | (long) UnsafeApi.getByte(at++) << 7;
                            if (length < 0) {
                                return value(at - 2, end);
                            }
                        }
                        // mappings start on a page, so aligning the address aligns the offset in
                        // the file
                        final long value = at + 7 & ~7L;
                        if (length < ValueDescriptor.HEADER_LENGTH || value + length > end) {
                            return OUT_OF_BOUNDS;
                        }
                        valueLength = (int) length;
                        return value;
                    }
                }
            }
            index = index + 1 & slotMask;
        }
        return ABSENT;
    }

    /** Address of the value whose length is at this address, which lies before the end. */
    private long value(final long from, final long end) {
        long at = from;
        long length = UnsafeApi.getByte(at++);
        if (length < 0) {
            length &= 0x7F;
            int b;
            int shift = 7;
            do {
                if (at >= end || shift > 28) {
                    return OUT_OF_BOUNDS;
                }
                b = UnsafeApi.getByte(at++);
                length |= (long) (b & 0x7F) << shift;
                shift += 7;
            } while (b < 0);
        }
        // mappings start on a page, so aligning the address aligns the offset in the file
        final long value = at + 7 & ~7L;
        if (length < ValueDescriptor.HEADER_LENGTH
                || length > Integer.MAX_VALUE
                || value + length > end) {
            return OUT_OF_BOUNDS;
        }
        valueLength = (int) length;
        return value;
    }

    /** Whether two keys of the same length are equal; the last word overlaps the one before it. */
    static boolean matches(
            final Object keyBase, final long keyAddress, final long stored, final int length) {
        if (length < Long.BYTES) {
            return matchesBytes(keyBase, keyAddress, stored, length);
        }
        final int last = length - Long.BYTES;
        if (UnsafeApi.getLong(keyBase, keyAddress) != UnsafeApi.getLong(stored)
                || UnsafeApi.getLong(keyBase, keyAddress + last)
                        != UnsafeApi.getLong(stored + last)) {
            return false;
        }
        return length <= 2 * Long.BYTES || matchesWords(keyBase, keyAddress, stored, last);
    }

    private static boolean matchesWords(
            final Object keyBase, final long keyAddress, final long stored, final int end) {
        for (int i = Long.BYTES; i < end; i += Long.BYTES) {
            if (UnsafeApi.getLong(keyBase, keyAddress + i) != UnsafeApi.getLong(stored + i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesBytes(
            final Object keyBase, final long keyAddress, final long stored, final int length) {
        for (int i = 0; i < length; i++) {
            if (UnsafeApi.getByte(keyBase, keyAddress + i) != UnsafeApi.getByte(stored + i)) {
                return false;
            }
        }
        return true;
    }
}
