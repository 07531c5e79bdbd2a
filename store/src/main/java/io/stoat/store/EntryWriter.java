package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import org.agrona.UnsafeApi;

/**
 * Changes the entries of one shard: composed in the redo slot, armed, then brought into the map
 * under the segment's sequence. A value that keeps its length is overwritten in place; everything
 * else goes through Chronicle Map's own operations. Whoever must know of a change is told here: the
 * checkpoint before it, the order of eviction and the larger shard after it. Decides nothing about
 * commands: {@link ShardCommands} and {@link ShardBatch} do. Owner's thread; allocates nothing.
 */
final class EntryWriter {
    private static final int ABSENT = ShardStorage.ABSENT;

    private ShardStorage storage;
    private ControlFile control;
    private RedoSlot redo;
    private EntryFinder finder;
    private long capacityEntries;
    private ShardEvictor evictor;
    private ShardGrowth growth;
    private ShardCheckpoint checkpoint;
    private ShardRemovals removals;
    private long position;
    private long next;
    private boolean outOfSpace;

    /**
     * @param position of the last command that the shard has applied.
     */
    EntryWriter(final long position) {
        this.position = position;
    }

    /**
     * From here on changes these files.
     *
     * @param newEvictor of these files, or null when nothing is evicted.
     */
    void use(final ShardStorage newStorage, final ShardEvictor newEvictor) {
        storage = newStorage;
        finder = storage.finder();
        control = storage.control();
        redo = control.redoSlot();
        capacityEntries = control.get(CAPACITY_ENTRIES_OFFSET);
        evictor = newEvictor;
    }

    /** The look-up on the present mapping: another one after the file has grown. */
    EntryFinder finder() {
        return finder;
    }

    /** The order of eviction, or null when nothing is evicted. */
    ShardEvictor evictor() {
        return evictor;
    }

    /** The growth under way, or null. */
    ShardGrowth growth() {
        return growth;
    }

    /**
     * From here on changes go to a larger shard, too.
     *
     * @param begun null when that is to end.
     */
    void growth(final ShardGrowth begun) {
        growth = begun;
    }

    /**
     * From here on entries are handed over before they change.
     *
     * @param begun null when that is to end.
     */
    void checkpoint(final ShardCheckpoint begun) {
        checkpoint = begun;
    }

    /** What happens to the entries cannot be told one by one. */
    void abandonCheckpoint() {
        if (checkpoint != null) {
            checkpoint.abandon();
            checkpoint = null;
        }
    }

    /** From here on somebody is told of entries that expire or are evicted. */
    void removals(final ShardRemovals told) {
        removals = told;
    }

    /**
     * Says at which position the next command is; false when it is applied already.
     *
     * @param commandPosition or {@link StoreWriter#NEXT_POSITION}.
     */
    boolean startAt(final long commandPosition) {
        next = commandPosition == StoreWriter.NEXT_POSITION ? position + 1 : commandPosition;
        return next > position;
    }

    /** Says that an entry comes next that keeps the version it had. */
    void startRestore(final long entryVersion) {
        next = Math.max(position, entryVersion);
        if (evictor != null) {
            evictor.onRestore();
        }
    }

    /** Position of the command under way. */
    long next() {
        return next;
    }

    /** Position of the last command applied. */
    long position() {
        return position;
    }

    void moveTo(final long newPosition) {
        position = newPosition;
        control.put(APPLIED_POSITION_OFFSET, newPosition);
    }

    /** Whether so many entries more than now leave no room for another one. */
    boolean isFull(final int more) {
        return storage.entryCount() + more >= capacityEntries;
    }

    /** Whether the last {@link Status#STORE_FULL} was for want of room in the map's file. */
    boolean outOfSpace() {
        return outOfSpace;
    }

    /** A write begins, whose refusal would have a reason of its own. */
    void forgetRefusal() {
        outOfSpace = false;
    }

    /**
     * Evicts what a longer value, or a new entry, needs.
     *
     * @param length of the value to be written, with its header.
     * @param oldLength of the one that it replaces, or {@link ShardStorage#ABSENT}.
     */
    void makeRoomFor(final long hash, final int keyLength, final int length, final int oldLength) {
        if (evictor != null && length > oldLength) {
            final long bytes = ShardSizing.entryLength(keyLength, length);
            if (oldLength == ABSENT) {
                makeRoom(hash, 1, bytes);
            } else {
                makeRoom(hash, 0, bytes - ShardSizing.entryLength(keyLength, oldLength));
            }
        }
    }

    /**
     * Evicts until so much more stays below the high-water mark, or until enough was evicted for
     * one command.
     */
    void makeRoom(final long exceptHash, final int entries, final long bytes) {
        for (int left = Math.max(entries, 1) * ShardEvictor.MAX_VICTIMS;
                left > 0 && evictor.isOver(entries, bytes) && evictor.showVictim(exceptHash);
                left--) {
            drop(true);
            control.put(EVICTIONS_OFFSET, control.get(EVICTIONS_OFFSET) + 1);
        }
    }

    /**
     * Writes an entry, as the command under way.
     *
     * @param oldAddress of the value that it replaces, or 0.
     * @param oldLength of that value, with its header, or {@link ShardStorage#ABSENT}.
     * @return {@link Status#OK}, or {@link Status#STORE_FULL} and {@link #outOfSpace()}: the entry
     *     is as before then.
     */
    int put(
            final long oldAddress,
            final int oldLength,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long version,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        outOfSpace = false;
        if (oldLength == ABSENT && isFull(0)) {
            return Status.STORE_FULL;
        }
        final long checksum =
                ValueDescriptor.checksum(
                        hash, version, expiresAtMs, payloadBase, payloadAddress, payloadLength);
        ValueDescriptor.write(
                redo.valueAddress(),
                version,
                expiresAtMs,
                checksum,
                payloadBase,
                payloadAddress,
                payloadLength);
        redo.copyKey(keyBase, keyAddress, keyLength);
        final int length = ValueDescriptor.HEADER_LENGTH + payloadLength;
        final int status = putComposed(oldAddress, oldLength, keyLength, hash, length);
        redo.disarm();
        if (evictor != null && status == Status.OK) {
            evictor.onWrite(hash, expiresAtMs, oldLength == ABSENT);
        }
        if (growth != null && status == Status.OK) {
            growth.onWrite(redo.keyAddress(), keyLength, hash, redo.valueAddress(), length);
        }
        return status;
    }

    /** Writes the entry that lies in the redo slot; leaves the slot armed. */
    private int putComposed(
            final long oldAddress,
            final int oldLength,
            final int keyLength,
            final long hash,
            final int length) {
        if (checkpoint != null) {
            checkpoint.beforeChange(
                    finder,
                    hash,
                    redo.keyAddress(),
                    keyLength,
                    oldAddress,
                    oldLength == ABSENT ? 0 : oldLength);
        }
        redo.arm(RedoSlot.PUT, keyLength, length, hash, next);
        final long sequenceAddress = storage.sequenceAddress(hash);
        final long even = beginChange(sequenceAddress);
        int status = Status.OK;
        if (oldLength == length) {
            UnsafeApi.copyMemory(redo.valueAddress(), oldAddress, length);
            endChange(sequenceAddress, even);
        } else {
            status = putThroughMap(oldLength, keyLength, hash, length, sequenceAddress, even);
        }
        if (status == Status.OK) {
            moveTo(next);
        }
        return status;
    }

    private int putThroughMap(
            final int oldLength,
            final int keyLength,
            final long hash,
            final int length,
            final long sequenceAddress,
            final long even) {
        try {
            final int status =
                    storage.put(
                            redo.keyAddress(),
                            keyLength,
                            hash,
                            redo.valueAddress(),
                            length,
                            oldLength);
            outOfSpace = status != Status.OK;
            return status;
        } finally {
            finder = storage.finder();
            endChange(sequenceAddress, even);
        }
    }

    /** Removes an entry, as the command under way. */
    void remove(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long valueAddress,
            final int length) {
        redo.copyKey(keyBase, keyAddress, keyLength);
        removeComposed(keyLength, hash, valueAddress, length, next);
        moveTo(next);
        redo.disarm();
    }

    /** Removes the entry that the finder shows, which is nobody's any more. */
    void drop(final boolean evicted) {
        final long keyAddress = finder.keyAddress();
        final int keyLength = finder.keyLength();
        final long hash = XxHash64.hash(null, keyAddress, keyLength, 0L);
        drop(
                evicted,
                null,
                keyAddress,
                keyLength,
                hash,
                finder.valueAddress(),
                finder.valueLength());
    }

    /**
     * Removes an entry that is nobody's any more: no command did that.
     *
     * @param evicted or else expired.
     */
    void drop(
            final boolean evicted,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long valueAddress,
            final int length) {
        final long gone = ValueDescriptor.version(valueAddress);
        redo.copyKey(keyBase, keyAddress, keyLength);
        removeComposed(keyLength, hash, valueAddress, length, position);
        if (removals != null) {
            removals.tell(evicted, position, gone, redo.keyAddress(), keyLength);
        }
        redo.disarm();
    }

    /** Removes the entry whose key lies in the redo slot; leaves the slot armed. */
    private void removeComposed(
            final int keyLength,
            final long hash,
            final long valueAddress,
            final int length,
            final long commandPosition) {
        if (checkpoint != null) {
            checkpoint.beforeChange(
                    finder, hash, redo.keyAddress(), keyLength, valueAddress, length);
        }
        redo.arm(RedoSlot.REMOVE, keyLength, 0, hash, commandPosition);
        final long sequenceAddress = storage.sequenceAddress(hash);
        final long even = beginChange(sequenceAddress);
        try {
            storage.remove(redo.keyAddress(), keyLength, hash, length);
        } finally {
            endChange(sequenceAddress, even);
        }
        if (evictor != null) {
            evictor.onRemove(hash);
        }
        if (growth != null) {
            growth.onRemove(redo.keyAddress(), keyLength, hash);
        }
    }

    /**
     * Makes all changes of a batch, or none.
     *
     * @return {@link Status#OK}, or {@link Status#STORE_FULL}, for want of room.
     */
    int commit(final BatchPlan plan, final BatchCommit commit) {
        if (checkpoint != null) {
            checkpoint.beforeChanges(finder, plan);
        }
        final int status = commit.run(next);
        finder = storage.finder();
        outOfSpace = status != Status.OK;
        if (status == Status.OK) {
            moveTo(next);
            redo.disarm();
            if (evictor != null) {
                plan.tell(evictor);
            }
            if (growth != null) {
                plan.tell(growth);
            }
        }
        return status;
    }

    /** Removes every entry and forgets the position. */
    void clear() {
        abandonCheckpoint();
        moveTo(0);
        storage.clear();
        finder = storage.finder();
        if (evictor != null) {
            evictor.onClear();
        }
        if (growth != null) {
            growth.onClear();
        }
    }
}
