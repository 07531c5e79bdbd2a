package io.stoat.store;

import org.agrona.UnsafeApi;

/**
 * The command that a shard is about to apply, in its control file. It is armed before the first
 * byte of the map changes and disarmed after the last, so that the next owner can finish what a
 * killed one began: an overwrite in place that was cut off has destroyed the old value, and only
 * the new one can replace it. The slot is also where the owner composes key and value, so arming
 * costs two stores.
 *
 * <pre>
 *     0  operation (8)        0 idle, 1 put, 2 remove; stored last, with release
 *     8  key length (4)
 *    12  value length (4)     with its header; 0 for a remove
 *    16  key hash (8)         XXH64, proves the key at recovery
 *    24  position (8)         of the command
 *    64  key (1024)
 *  1088  value                header and payload; proves itself by its checksum
 * </pre>
 *
 * Little-endian; written by the owner's thread, read by the next owner.
 */
final class RedoSlot {
    static final long IDLE = 0;
    static final long PUT = 1;
    static final long REMOVE = 2;

    private static final int KEY_LENGTH_OFFSET = 8;
    private static final int VALUE_LENGTH_OFFSET = 12;
    private static final int KEY_HASH_OFFSET = 16;
    private static final int POSITION_OFFSET = 24;
    private static final int KEY_OFFSET = 64;
    private static final int VALUE_OFFSET = KEY_OFFSET + StoreContext.MAX_KEY_LENGTH;

    private final long address;

    RedoSlot(final long address) {
        this.address = address;
    }

    static long length(final int maxValueLength) {
        return (VALUE_OFFSET + ValueDescriptor.HEADER_LENGTH + (long) maxValueLength + 63) & ~63L;
    }

    long keyAddress() {
        return address + KEY_OFFSET;
    }

    long valueAddress() {
        return address + VALUE_OFFSET;
    }

    int keyLength() {
        return UnsafeApi.getInt(address + KEY_LENGTH_OFFSET);
    }

    int valueLength() {
        return UnsafeApi.getInt(address + VALUE_LENGTH_OFFSET);
    }

    long keyHash() {
        return UnsafeApi.getLong(address + KEY_HASH_OFFSET);
    }

    long position() {
        return UnsafeApi.getLong(address + POSITION_OFFSET);
    }

    long operation() {
        return UnsafeApi.getLongVolatile(null, address);
    }

    void copyKey(final Object keyBase, final long from, final int keyLength) {
        UnsafeApi.copyMemory(keyBase, from, null, keyAddress(), keyLength);
    }

    /** Whether the slot's command is about this key. */
    boolean isKey(final long otherAddress, final int otherLength) {
        return otherLength == keyLength()
                && EntryFinder.matches(null, otherAddress, keyAddress(), otherLength);
    }

    /** Makes the command that lies in the slot recoverable. */
    void arm(
            final long operation,
            final int keyLength,
            final int valueLength,
            final long keyHash,
            final long position) {
        UnsafeApi.putInt(address + KEY_LENGTH_OFFSET, keyLength);
        UnsafeApi.putInt(address + VALUE_LENGTH_OFFSET, valueLength);
        UnsafeApi.putLong(address + KEY_HASH_OFFSET, keyHash);
        UnsafeApi.putLong(address + POSITION_OFFSET, position);
        UnsafeApi.putLongRelease(null, address, operation);
        // no change of the map may come before the armed slot
        UnsafeApi.storeFence();
    }

    void disarm() {
        UnsafeApi.putLongRelease(null, address, IDLE);
        // the next command must not be composed in a slot that is still armed
        UnsafeApi.storeFence();
    }

    /** Whether an armed command is whole; a damaged one proves nothing and is not applied. */
    boolean isSound(final int maxValueLength) {
        final long operation = operation();
        final int keyLength = keyLength();
        final int payloadLength = valueLength() - ValueDescriptor.HEADER_LENGTH;
        if (operation != PUT && operation != REMOVE
                || keyLength < 1
                || keyLength > StoreContext.MAX_KEY_LENGTH
                || XxHash64.hash(null, keyAddress(), keyLength, 0L) != keyHash()) {
            return false;
        }
        return operation == REMOVE
                || payloadLength >= 0
                        && payloadLength <= maxValueLength
                        && ValueDescriptor.isSound(valueAddress(), payloadLength, keyHash());
    }
}
