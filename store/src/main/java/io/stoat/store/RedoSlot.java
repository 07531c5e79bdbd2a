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
 *     0  operation (8)        0 idle, 1 put, 2 remove, 3 batch, 4 batch that is undone;
 *                             stored last, with release
 *     8  key length (4)       of a batch: number of changes
 *    12  value length (4)     with its header; 0 for a remove; of a batch: length of all changes
 *    16  key hash (8)         XXH64, proves the key at recovery; of a batch: of all changes
 *    24  position (8)         of the command
 *    64  key (1024)           of a batch: the changes, see BatchPlan
 *  1088  value                header and payload; proves itself by its checksum
 * </pre>
 *
 * Little-endian; written by the owner's thread, read by the next owner.
 */
final class RedoSlot {
    static final long IDLE = 0;
    static final long PUT = 1;
    static final long REMOVE = 2;
    static final long BATCH = 3;
    static final long BATCH_UNDO = 4;

    private static final int KEY_LENGTH_OFFSET = 8;
    private static final int VALUE_LENGTH_OFFSET = 12;
    private static final int KEY_HASH_OFFSET = 16;
    private static final int POSITION_OFFSET = 24;
    private static final int KEY_OFFSET = 64;
    private static final int VALUE_OFFSET = KEY_OFFSET + StoreContext.MAX_KEY_LENGTH;

    private final long address;
    private final long length;

    RedoSlot(final long address, final long length) {
        this.address = address;
        this.length = length;
    }

    /** Room for the longest single command, and for a batch. */
    static long length(final int maxValueLength, final int maxBatchLength) {
        final long single = VALUE_OFFSET + ValueDescriptor.HEADER_LENGTH + (long) maxValueLength;
        return Math.max(single, KEY_OFFSET + (long) maxBatchLength) + 63 & ~63L;
    }

    /** The room for batches that a slot of this length was made with, or a little more. */
    static int maxBatchLength(final long slotLength) {
        return (int) (slotLength - KEY_OFFSET);
    }

    /** Where the changes of a batch lie. */
    long batchAddress() {
        return address + KEY_OFFSET;
    }

    /** Most bytes that the changes of a batch may have. */
    long batchRoom() {
        return length - KEY_OFFSET;
    }

    boolean isBatch() {
        return operation() == BATCH || operation() == BATCH_UNDO;
    }

    int batchCount() {
        return keyLength();
    }

    int batchLength() {
        return valueLength();
    }

    /** Makes the batch whose changes lie in the slot recoverable. */
    void armBatch(final int count, final int length, final long position) {
        arm(BATCH, count, length, XxHash64.hash(null, batchAddress(), length, 0L), position);
    }

    /** From here on the next owner finishes the undoing of the batch. */
    void turnBack() {
        UnsafeApi.putLongRelease(null, address, BATCH_UNDO);
        UnsafeApi.storeFence();
    }

    private boolean isBatchSound() {
        return batchCount() >= 1
                && batchCount() <= Command.MAX_BATCH_COMMANDS
                && batchLength() >= 1
                && batchLength() <= batchRoom()
                && XxHash64.hash(null, batchAddress(), batchLength(), 0L) == keyHash();
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
        if (operation == BATCH || operation == BATCH_UNDO) {
            return isBatchSound();
        }
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
