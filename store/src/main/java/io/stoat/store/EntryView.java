package io.stoat.store;

import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * A window on one entry in shared memory, filled by {@link StoreReader#find}. The getters read the
 * mapped bytes themselves: what they return may be torn until {@link #isValid()} has said, after
 * the last of them, that the entry did not change meanwhile. Numbers are little-endian; offsets
 * count from the payload's start. One thread; usable until its reader is closed.
 */
public final class EntryView {
    private StoreReader reader;
    private long payloadAddress;
    private int valueLength = -1;
    private long sequenceAddress;
    private long sequence;

    /** A view of nothing, to be filled by {@link StoreReader#find}. */
    public EntryView() {}

    void bind(
            final StoreReader reader,
            final long valueAddress,
            final int length,
            final long sequenceAddress,
            final long sequence) {
        if (this.reader != reader) {
            moveTo(reader);
        }
        payloadAddress = ValueDescriptor.payload(valueAddress);
        valueLength = length;
        this.sequenceAddress = sequenceAddress;
        this.sequence = sequence;
    }

    private void moveTo(final StoreReader next) {
        if (reader != null) {
            reader.unregister(this);
        }
        reader = next;
        next.register(this);
    }

    /** Whether the view shows an entry of this shard. */
    boolean isIn(final ShardReader shard) {
        return sequenceAddress != 0 && shard.contains(sequenceAddress);
    }

    void clear() {
        reader = null;
        valueLength = -1;
        sequenceAddress = 0;
    }

    /**
     * @return whether nothing that was read through this view since {@link StoreReader#find} has
     *     changed. Fences the loads before it; false for a view of nothing.
     */
    public boolean isValid() {
        return sequenceAddress != 0 && ShardReader.isUnchanged(sequenceAddress, sequence);
    }

    /**
     * @return length of the payload when it was found, bytes, validated; -1 for a view of nothing.
     */
    public int valueLength() {
        return valueLength;
    }

    /**
     * @return version of the entry.
     */
    public long version() {
        check(0, 0);
        return UnsafeApi.getLong(
                payloadAddress - ValueDescriptor.HEADER_LENGTH + ValueDescriptor.VERSION_OFFSET);
    }

    /**
     * @return expiry, ms since the epoch, or 0.
     */
    public long expiresAtMs() {
        check(0, 0);
        return UnsafeApi.getLong(
                payloadAddress - ValueDescriptor.HEADER_LENGTH + ValueDescriptor.EXPIRES_AT_OFFSET);
    }

    /**
     * @param offset in the payload.
     * @return the byte there.
     */
    public byte getByte(final int offset) {
        check(offset, 1);
        return UnsafeApi.getByte(payloadAddress + offset);
    }

    /**
     * @param offset in the payload.
     * @return the 32-bit number there.
     */
    public int getInt(final int offset) {
        check(offset, 4);
        return UnsafeApi.getInt(payloadAddress + offset);
    }

    /**
     * @param offset in the payload.
     * @return the 16-bit number there.
     */
    public short getShort(final int offset) {
        check(offset, 2);
        return UnsafeApi.getShort(payloadAddress + offset);
    }

    /**
     * @param offset in the payload.
     * @return the 64-bit number there.
     */
    public long getLong(final int offset) {
        check(offset, 8);
        return UnsafeApi.getLong(payloadAddress + offset);
    }

    /**
     * @param offset in the payload.
     * @return the 64-bit floating-point number there.
     */
    public double getDouble(final int offset) {
        return Double.longBitsToDouble(getLong(offset));
    }

    /**
     * @param offset in the payload.
     * @param dst destination.
     * @param dstOffset in the destination.
     * @param length bytes to copy.
     */
    public void getBytes(
            final int offset,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int length) {
        check(offset, length);
        dst.boundsCheck(dstOffset, length);
        UnsafeApi.copyMemory(
                null,
                payloadAddress + offset,
                dst.byteArray(),
                dst.addressOffset() + dstOffset,
                length);
    }

    private void check(final int offset, final int length) {
        if ((offset | length) < 0 || offset > valueLength - length) {
            throw new IndexOutOfBoundsException(
                    "offset=" + offset + " length=" + length + " valueLength=" + valueLength);
        }
    }
}
