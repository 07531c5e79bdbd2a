package io.stoat.store;

import org.agrona.UnsafeApi;

/**
 * What a batch will change, one record a key, composed in the redo slot. Commands of the batch look
 * here first, so that each sees what those before it did; nothing in the map changes before all of
 * them have succeeded.
 *
 * <pre>
 *   0  kind (4)             0 superseded, 1 put, 2 remove
 *   4  key length (4)
 *   8  value length (4)     with its header; 0 for a remove
 *  12  old length (4)       of the entry in the map, with its header; -1 when there is none
 *  16  key hash (8)
 *  24  command (4)          its index in the batch
 *  28  value room (4)
 *  32  key, padded to 8
 *      value, padded to 8   the room's length
 *      old value            only of an entry that becomes longer: what undoing it needs
 * </pre>
 *
 * Only a put that adds an entry or makes it longer can find no room. So these come first, and
 * undoing them needs no room. Owner's thread, or the next owner's.
 */
final class BatchPlan {
    static final int NONE = -1;
    static final int ABSENT = -1;

    private static final int SUPERSEDED = 0;
    private static final int PUT = 1;
    private static final int REMOVE = 2;

    private static final int KIND_OFFSET = 0;
    private static final int KEY_LENGTH_OFFSET = 4;
    private static final int VALUE_LENGTH_OFFSET = 8;
    private static final int OLD_LENGTH_OFFSET = 12;
    private static final int HASH_OFFSET = 16;
    private static final int COMMAND_OFFSET = 24;
    private static final int ROOM_OFFSET = 28;
    private static final int KEY_OFFSET = 32;

    private final RedoSlot redo;
    private final long address;
    private final int[] offsets = new int[Command.MAX_BATCH_COMMANDS];
    private final int[] order = new int[Command.MAX_BATCH_COMMANDS];
    private final long[] hashes = new long[Command.MAX_BATCH_COMMANDS];
    private int count;
    private int end;
    private int added;
    private int command;

    BatchPlan(final RedoSlot redo) {
        this.redo = redo;
        address = redo.batchAddress();
    }

    void begin() {
        count = 0;
        end = 0;
        added = 0;
    }

    /** Whether the key is among the records of an armed slot. */
    boolean isKey(final long keyAddress, final int keyLength) {
        for (int i = 0; i < count; i++) {
            if (keyLength(i) == keyLength
                    && EntryFinder.matches(null, keyAddress, keyAddress(i), keyLength)) {
                return true;
            }
        }
        return false;
    }

    /** Takes the records of an armed slot. */
    void load() {
        begin();
        for (int at = 0; count < redo.batchCount() && at < redo.batchLength(); count++) {
            offsets[count] = at;
            final long old =
                    becomesLonger(count)
                            ? align(UnsafeApi.getInt(address + at + OLD_LENGTH_OFFSET))
                            : 0;
            at += (int) (oldValueAddress(count) - address - at + old);
        }
        end = redo.batchLength();
    }

    /** Says which command of the batch comes next. */
    void startCommand(final int index) {
        command = index;
    }

    /** Number of records. */
    int count() {
        return count;
    }

    /** Entries that the batch adds, less those that it removes. */
    int added() {
        return added;
    }

    /** The record that holds for a key, or {@link #NONE}. */
    int find(final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        for (int i = count - 1; i >= 0; i--) {
            if (hashes[i] == hash
                    && kind(i) != SUPERSEDED
                    && keyLength(i) == keyLength
                    && EntryFinder.matches(keyBase, keyAddress, keyAddress(i), keyLength)) {
                return i;
            }
        }
        return NONE;
    }

    /**
     * Plans a put; false when the slot has no room for it.
     *
     * @param planned record of the key so far, or {@link #NONE}.
     * @param oldLength of the entry in the map, or {@link #ABSENT}.
     * @param oldValueAddress of that entry.
     */
    boolean put(
            final int planned,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final int oldLength,
            final long oldValueAddress,
            final long version,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        final int length = ValueDescriptor.HEADER_LENGTH + payloadLength;
        int record = planned;
        if (planned == NONE
                || align(length) != room(planned)
                // whether the old value is kept must not change under the record
                || (oldLength != ABSENT && length > oldLength) != becomesLonger(planned)) {
            record =
                    append(
                            PUT,
                            keyBase,
                            keyAddress,
                            keyLength,
                            hash,
                            length,
                            oldLength,
                            oldValueAddress);
            if (record == NONE) {
                return false;
            }
        }
        UnsafeApi.putInt(record(record) + VALUE_LENGTH_OFFSET, length);
        UnsafeApi.putInt(record(record) + COMMAND_OFFSET, command);
        ValueDescriptor.write(
                valueAddress(record),
                version,
                expiresAtMs,
                ValueDescriptor.checksum(
                        hash, version, expiresAtMs, payloadBase, payloadAddress, payloadLength),
                payloadBase,
                payloadAddress,
                payloadLength);
        count(planned, record, oldLength == ABSENT ? 1 : 0);
        return true;
    }

    /** Plans a removal; false when the slot has no room for it. */
    boolean remove(
            final int planned,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final int oldLength) {
        if (oldLength == ABSENT) {
            // what the batch itself added is gone again
            count(planned, NONE, 0);
            return true;
        }
        final int record = append(REMOVE, keyBase, keyAddress, keyLength, hash, 0, oldLength, 0);
        if (record != NONE) {
            count(planned, record, -1);
        }
        return record != NONE;
    }

    private void count(final int planned, final int record, final int adds) {
        if (planned != NONE) {
            if (kind(planned) == PUT && oldLength(planned) == ABSENT) {
                added--;
            } else if (kind(planned) == REMOVE) {
                added++;
            }
            if (planned != record) {
                UnsafeApi.putInt(record(planned) + KIND_OFFSET, SUPERSEDED);
            }
        }
        added += adds;
    }

    private int append(
            final int kind,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final int length,
            final int oldLength,
            final long oldValueAddress) {
        final boolean keepsOld = kind == PUT && oldLength != ABSENT && length > oldLength;
        final long total =
                KEY_OFFSET + align(keyLength) + align(length) + (keepsOld ? align(oldLength) : 0);
        if (count == offsets.length || total > redo.batchRoom() - end) {
            return NONE;
        }
        final int record = count++;
        offsets[record] = end;
        hashes[record] = hash;
        end += (int) total;
        final long at = record(record);
        UnsafeApi.putInt(at + KIND_OFFSET, kind);
        UnsafeApi.putInt(at + KEY_LENGTH_OFFSET, keyLength);
        UnsafeApi.putInt(at + VALUE_LENGTH_OFFSET, length);
        UnsafeApi.putInt(at + OLD_LENGTH_OFFSET, oldLength);
        UnsafeApi.putLong(at + HASH_OFFSET, hash);
        UnsafeApi.putInt(at + COMMAND_OFFSET, command);
        UnsafeApi.putInt(at + ROOM_OFFSET, (int) align(length));
        UnsafeApi.copyMemory(keyBase, keyAddress, null, at + KEY_OFFSET, keyLength);
        if (keepsOld) {
            UnsafeApi.copyMemory(oldValueAddress, oldValueAddress(record), oldLength);
        }
        return record;
    }

    private static long align(final int length) {
        return length + 7L & ~7L;
    }

    /** Repeats what has changed in the larger shard. */
    void tell(final ShardGrowth growth) {
        for (int i = 0; i < count; i++) {
            if (isRemove(i)) {
                growth.onRemove(keyAddress(i), keyLength(i), hash(i));
            } else if (isPut(i)) {
                growth.onWrite(
                        keyAddress(i), keyLength(i), hash(i), valueAddress(i), valueLength(i));
            }
        }
    }

    /** Tells the evictor what has changed, in the order of the keys' hashes. */
    void tell(final ShardEvictor evictor) {
        for (int i = 0; i < count; i++) {
            int at = i;
            for (; at > 0 && Long.compareUnsigned(hashes[order[at - 1]], hashes[i]) > 0; at--) {
                order[at] = order[at - 1];
            }
            order[at] = i;
        }
        for (int i = 0; i < count; i++) {
            final int record = order[i];
            if (isRemove(record)) {
                evictor.onRemove(hash(record));
            } else if (isPut(record)) {
                evictor.onWrite(
                        hash(record),
                        ValueDescriptor.expiresAtMs(valueAddress(record)),
                        oldLength(record) == ABSENT);
            }
        }
    }

    void arm(final long position) {
        redo.armBatch(count, end, position);
    }

    private long record(final int index) {
        return address + offsets[index];
    }

    private int kind(final int index) {
        return UnsafeApi.getInt(record(index) + KIND_OFFSET);
    }

    private int room(final int index) {
        return UnsafeApi.getInt(record(index) + ROOM_OFFSET);
    }

    boolean isPut(final int index) {
        return kind(index) == PUT;
    }

    boolean isRemove(final int index) {
        return kind(index) == REMOVE;
    }

    /** Whether the change needs room that the map may not have. */
    boolean needsRoom(final int index) {
        return kind(index) == PUT && valueLength(index) > oldLength(index);
    }

    /** Whether a longer value replaces a shorter one, so that the old one is kept; any kind. */
    private boolean becomesLonger(final int index) {
        return oldLength(index) != ABSENT && valueLength(index) > oldLength(index);
    }

    int keyLength(final int index) {
        return UnsafeApi.getInt(record(index) + KEY_LENGTH_OFFSET);
    }

    long keyAddress(final int index) {
        return record(index) + KEY_OFFSET;
    }

    long hash(final int index) {
        return UnsafeApi.getLong(record(index) + HASH_OFFSET);
    }

    int commandOf(final int index) {
        return UnsafeApi.getInt(record(index) + COMMAND_OFFSET);
    }

    /** Length of the new value with its header; 0 for a removal. */
    int valueLength(final int index) {
        return UnsafeApi.getInt(record(index) + VALUE_LENGTH_OFFSET);
    }

    long valueAddress(final int index) {
        return keyAddress(index) + align(keyLength(index));
    }

    /** Length of the entry in the map with its header, or {@link #ABSENT}. */
    int oldLength(final int index) {
        return UnsafeApi.getInt(record(index) + OLD_LENGTH_OFFSET);
    }

    /** The old value, of an entry that becomes longer. */
    long oldValueAddress(final int index) {
        return valueAddress(index) + room(index);
    }
}
