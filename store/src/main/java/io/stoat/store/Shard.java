package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One shard, seen by its owner: the commands. Exactly one thread of one process calls them. A value
 * that keeps its length is overwritten in place under its segment's sequence; everything else goes
 * through Chronicle Map's own operations, also under the sequence. Inside a batch the commands
 * change only the {@link BatchPlan}. No command allocates; refusals are {@link Status} codes.
 */
final class Shard implements AutoCloseable {
    private static final int ABSENT = ShardStorage.ABSENT;

    private final StoreContext context;
    private final UnsafeBuffer counterScratch =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(Long.BYTES, Long.BYTES));
    private ShardStorage storage;
    private volatile ControlFile control;
    private RedoSlot redo;
    private BatchPlan plan;
    private BatchCommit commit;
    private ShardSweep sweep;
    private ShardEvictor evictor;
    private ShardRemovals removals;
    private long capacityEntries;
    private int maxValueLength;
    private EntryFinder finder;
    private ShardGrowth growth;
    private ShardCheckpoint checkpoint;
    private boolean batching;
    private boolean restoring;
    private int planned = BatchPlan.NONE;
    private long entryAddress;
    private int entryLength;
    private long position;
    private long next;
    private long version;
    private long counter;
    private boolean outOfSpace;
    private boolean closed;

    /** Takes over what {@link ShardOpener} opened. */
    Shard(final ShardStorage storage, final StoreContext context) {
        this.context = context;
        use(storage);
        position = control.get(APPLIED_POSITION_OFFSET);
    }

    private void use(final ShardStorage newStorage) {
        storage = newStorage;
        finder = storage.finder();
        final ControlFile file = storage.control();
        redo = file.redoSlot();
        plan = new BatchPlan(redo);
        commit = new BatchCommit(storage, redo, plan);
        sweep = new ShardSweep(storage);
        capacityEntries = file.get(CAPACITY_ENTRIES_OFFSET);
        maxValueLength = (int) file.get(MAX_VALUE_LENGTH_OFFSET);
        file.eviction(context.eviction(), context.highWaterPercent());
        if (evictor != null) {
            evictor = evictor.grown(storage, context.highWaterPercent());
        } else if (context.eviction() != Eviction.REJECT) {
            evictor = new ShardEvictor(storage, context.eviction(), context.highWaterPercent());
        }
        control = file;
    }

    /**
     * Room for the order of eviction of a larger shard, or null when none is kept; any thread.
     *
     * @param capacity entries of that shard.
     */
    EvictionIndex newOrder(final long capacity) {
        return context.eviction() == Eviction.REJECT
                ? null
                : new EvictionIndex(context.eviction(), capacity);
    }

    /**
     * From here on changes go to a larger shard, too.
     *
     * @param order from {@link #newOrder}.
     */
    void beginGrowth(final ShardGrowth newGrowth, final EvictionIndex order) {
        growth = newGrowth;
        abandonCheckpoint();
        if (evictor != null) {
            evictor.beginGrowth(order);
        }
    }

    /**
     * Goes on copying into the larger shard: entries first, then the order of eviction.
     *
     * @param most to look at: bounds the work.
     * @return what was looked at.
     */
    int advanceGrowth(final int most) {
        final int looked = growth.copy(most);
        return evictor != null && growth.isCopied()
                ? looked + evictor.copyOrder(most - looked)
                : looked;
    }

    /** Whether the larger shard can take over. */
    boolean isGrown() {
        return growth.isCopied() && (evictor == null || evictor.isOrderCopied());
    }

    /** The growth under way, or null. */
    ShardGrowth growth() {
        return growth;
    }

    /** Forgets the growth under way. */
    void abandonGrowth() {
        growth = null;
        if (evictor != null) {
            evictor.abandonGrowth();
        }
    }

    ShardStorage storage() {
        return storage;
    }

    /**
     * Goes on with the larger shard, whose content is the same.
     *
     * @param mark which tells readers.
     * @param index of this shard.
     */
    void switchTo(final ShardStorage larger, final StoreMark mark, final int index) {
        final ControlFile old = control;
        final ControlFile file = larger.control();
        file.put(APPLIED_POSITION_OFFSET, position);
        file.put(LEADERSHIP_TERM_OFFSET, old.get(LEADERSHIP_TERM_OFFSET));
        file.put(EVICTIONS_OFFSET, old.get(EVICTIONS_OFFSET));
        file.put(HEARTBEAT_OFFSET, old.get(HEARTBEAT_OFFSET));
        mark.shardGeneration(index, file.get(GENERATION_OFFSET));
        old.retire();
        growth = null;
        abandonCheckpoint();
        use(larger);
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

    /** A command that has a position of its own is applied even when it was refused. */
    void finishAt(final long commandPosition) {
        if (commandPosition > position && !closed) {
            moveTo(commandPosition);
        }
    }

    private void moveTo(final long newPosition) {
        position = newPosition;
        control.put(APPLIED_POSITION_OFFSET, newPosition);
    }

    void appliedTo(final long logPosition, final long leadershipTerm) {
        if (!closed) {
            control.put(LEADERSHIP_TERM_OFFSET, leadershipTerm);
            finishAt(logPosition);
        }
    }

    /** From here on somebody is told of entries that expire or are evicted. */
    void removals(final ShardRemovals told) {
        removals = told;
    }

    /** Whether a batch must tell beforehand what it adds. */
    boolean evicts() {
        return evictor != null;
    }

    /**
     * What a put of a batch would add, if nothing before it in the batch changes that.
     *
     * @return bytes in the high 32 bits, and 1 for an entry more.
     */
    long growthBy(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final int payloadLength) {
        final long bytes =
                ShardSizing.entryLength(keyLength, ValueDescriptor.HEADER_LENGTH + payloadLength);
        if (closed || finder.find(keyBase, keyAddress, keyLength, hash) != EntryFinder.FOUND) {
            return bytes << 32 | 1;
        }
        final long grown = bytes - ShardSizing.entryLength(keyLength, finder.valueLength());
        return Math.max(0, grown) << 32;
    }

    /**
     * Evicts until so much more stays below the high-water mark, or until enough was evicted for
     * one command.
     */
    void makeRoom(final long exceptHash, final int entries, final long bytes) {
        for (int left = Math.max(entries, 1) * ShardEvictor.MAX_VICTIMS;
                left > 0
                        && !closed
                        && evictor.isOver(entries, bytes)
                        && evictor.showVictim(exceptHash);
                left--) {
            drop(true);
            control.put(EVICTIONS_OFFSET, control.get(EVICTIONS_OFFSET) + 1);
        }
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
    private void abandonCheckpoint() {
        if (checkpoint != null) {
            checkpoint.abandon();
            checkpoint = null;
        }
    }

    /** The commands up to {@link #commitBatch()} are planned together. */
    void beginBatch() {
        plan.begin();
        batching = true;
    }

    /** Says which command of the batch comes next. */
    void batchCommand(final int index) {
        plan.startCommand(index);
    }

    /** Forgets the planned commands. */
    void abandonBatch() {
        batching = false;
        planned = BatchPlan.NONE;
    }

    /**
     * Applies what was planned, all or nothing.
     *
     * @return {@link Status#OK}, or {@link Status#STORE_FULL}, for want of room, with {@link
     *     #refusedCommand()}.
     */
    int commitBatch() {
        abandonBatch();
        outOfSpace = false;
        if (plan.count() == 0) {
            version = 0;
            return Status.OK;
        }
        if (checkpoint != null) {
            checkpoint.beforeChanges(finder, plan);
        }
        final int status = commit.run(next);
        finder = storage.finder();
        if (status == Status.OK) {
            version = next;
            moveTo(next);
            redo.disarm();
            if (evictor != null) {
                plan.tell(evictor);
            }
            if (growth != null) {
                plan.tell(growth);
            }
        } else {
            version = 0;
            outOfSpace = true;
        }
        return status;
    }

    /** The command that found no room when {@link #commitBatch()} was refused. */
    int refusedCommand() {
        return commit.refusedCommand();
    }

    /** Looks the key up, in the batch first; leaves address and length of its value in fields. */
    private int find(
            final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        if (batching) {
            planned = plan.find(keyBase, keyAddress, keyLength, hash);
            if (planned != BatchPlan.NONE) {
                entryAddress = plan.valueAddress(planned);
                entryLength = plan.valueLength(planned);
                return plan.isPut(planned) ? EntryFinder.FOUND : EntryFinder.ABSENT;
            }
        }
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
        entryAddress = finder.valueAddress();
        entryLength = finder.valueLength();
        return found;
    }

    /**
     * Writes a value.
     *
     * @param mode one of {@link PutMode}.
     * @param expectedVersion only for {@link PutMode#IF_VERSION}.
     * @return a {@link Status}; {@link #version()} tells the version written, or found when
     *     refused.
     */
    int put(
            final int mode,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength,
            final long expiresAtMs,
            final long expectedVersion,
            final long nowMs) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        if (payloadLength > maxValueLength) {
            return Status.VALUE_TOO_LONG;
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found == EntryFinder.OUT_OF_BOUNDS) {
            return Status.CORRUPT;
        }
        final int refusal = check(mode, found == EntryFinder.FOUND, expectedVersion, nowMs);
        if (refusal != Status.OK) {
            return refusal;
        }
        return write(
                found == EntryFinder.FOUND,
                keyBase,
                keyAddress,
                keyLength,
                hash,
                next,
                expiresAtMs,
                payloadBase,
                payloadAddress,
                payloadLength);
    }

    /** Writes an entry with the version that it had; the position becomes at least that. */
    int restore(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength,
            final long expiresAtMs,
            final long entryVersion) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        if (payloadLength > maxValueLength) {
            return Status.VALUE_TOO_LONG;
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found == EntryFinder.OUT_OF_BOUNDS) {
            return Status.CORRUPT;
        }
        next = Math.max(position, entryVersion);
        if (evictor != null) {
            evictor.onRestore();
        }
        restoring = true;
        final int status =
                write(
                        found == EntryFinder.FOUND,
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        entryVersion,
                        expiresAtMs,
                        payloadBase,
                        payloadAddress,
                        payloadLength);
        restoring = false;
        return status;
    }

    /** Adds to a counter; {@link #counter()} tells the sum. */
    int add(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long delta,
            final long nowMs) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found == EntryFinder.OUT_OF_BOUNDS) {
            return Status.CORRUPT;
        }
        long old = 0;
        long expiresAtMs = 0;
        if (found == EntryFinder.FOUND && !isExpired(nowMs)) {
            version = ValueDescriptor.version(entryAddress);
            if (entryLength != ValueDescriptor.HEADER_LENGTH + Long.BYTES) {
                return Status.NOT_A_COUNTER;
            }
            old = UnsafeApi.getLong(ValueDescriptor.payload(entryAddress));
            expiresAtMs = ValueDescriptor.expiresAtMs(entryAddress);
        }
        final long sum = old + delta;
        if (((old ^ sum) & (delta ^ sum)) < 0) {
            return Status.OVERFLOW;
        }
        if (Long.BYTES > maxValueLength) {
            return Status.VALUE_TOO_LONG;
        }
        counterScratch.putLong(0, sum);
        final int status =
                write(
                        found == EntryFinder.FOUND,
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        next,
                        expiresAtMs,
                        null,
                        counterScratch.addressOffset(),
                        Long.BYTES);
        if (status == Status.OK) {
            counter = sum;
        }
        return status;
    }

    /** Gives a live entry a new expiry. */
    int touch(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long expiresAtMs,
            final long nowMs) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found != EntryFinder.FOUND) {
            return found == EntryFinder.ABSENT ? Status.NOT_FOUND : Status.CORRUPT;
        }
        if (isExpired(nowMs)) {
            return Status.NOT_FOUND;
        }
        return write(
                true,
                keyBase,
                keyAddress,
                keyLength,
                hash,
                next,
                expiresAtMs,
                null,
                ValueDescriptor.payload(entryAddress),
                entryLength - ValueDescriptor.HEADER_LENGTH);
    }

    /** Writes an entry: composed in the redo slot, armed, then put into the map. */
    private int write(
            final boolean found,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long entryVersion,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        outOfSpace = false;
        if (batching) {
            return planWrite(
                    found,
                    keyBase,
                    keyAddress,
                    keyLength,
                    hash,
                    entryVersion,
                    expiresAtMs,
                    payloadBase,
                    payloadAddress,
                    payloadLength);
        }
        final int length = ValueDescriptor.HEADER_LENGTH + payloadLength;
        if (evictor != null && !restoring && (!found || length > entryLength)) {
            makeRoom(hash, found ? 0 : 1, growth(found, keyLength, length));
        }
        if (!found && storage.entryCount() >= capacityEntries) {
            return Status.STORE_FULL;
        }
        final long checksum =
                ValueDescriptor.checksum(
                        hash,
                        entryVersion,
                        expiresAtMs,
                        payloadBase,
                        payloadAddress,
                        payloadLength);
        ValueDescriptor.write(
                redo.valueAddress(),
                entryVersion,
                expiresAtMs,
                checksum,
                payloadBase,
                payloadAddress,
                payloadLength);
        redo.copyKey(keyBase, keyAddress, keyLength);
        if (checkpoint != null) {
            checkpoint.beforeChange(
                    finder,
                    hash,
                    redo.keyAddress(),
                    keyLength,
                    found ? entryAddress : 0,
                    found ? entryLength : 0);
        }
        redo.arm(RedoSlot.PUT, keyLength, length, hash, next);
        final long sequenceAddress = storage.sequenceAddress(hash);
        final long even = beginChange(sequenceAddress);
        int status = Status.OK;
        if (found && entryLength == length) {
            UnsafeApi.copyMemory(redo.valueAddress(), entryAddress, length);
            endChange(sequenceAddress, even);
        } else {
            status = putThroughMap(keyLength, hash, length, found, sequenceAddress, even);
        }
        if (status == Status.OK) {
            version = entryVersion;
            moveTo(next);
        }
        redo.disarm();
        if (evictor != null && status == Status.OK) {
            evictor.onWrite(hash, expiresAtMs, !found);
        }
        if (growth != null && status == Status.OK) {
            growth.onWrite(redo.keyAddress(), keyLength, hash, redo.valueAddress(), length);
        }
        return status;
    }

    private long growth(final boolean found, final int keyLength, final int length) {
        final long bytes = ShardSizing.entryLength(keyLength, length);
        return found ? bytes - ShardSizing.entryLength(keyLength, entryLength) : bytes;
    }

    private int putThroughMap(
            final int keyLength,
            final long hash,
            final int length,
            final boolean found,
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
                            found ? entryLength : ABSENT);
            outOfSpace = status != Status.OK;
            return status;
        } finally {
            finder = storage.finder();
            endChange(sequenceAddress, even);
        }
    }

    private int planWrite(
            final boolean found,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long entryVersion,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        if (!found && storage.entryCount() + plan.added() >= capacityEntries) {
            return Status.STORE_FULL;
        }
        final boolean inMap =
                planned == BatchPlan.NONE
                        ? found
                        : finder.find(keyBase, keyAddress, keyLength, hash) == EntryFinder.FOUND;
        if (!plan.put(
                planned,
                keyBase,
                keyAddress,
                keyLength,
                hash,
                inMap ? finder.valueLength() : ABSENT,
                finder.valueAddress(),
                entryVersion,
                expiresAtMs,
                payloadBase,
                payloadAddress,
                payloadLength)) {
            return Status.BATCH_TOO_LARGE;
        }
        version = entryVersion;
        return Status.OK;
    }

    private int check(
            final int mode, final boolean found, final long expectedVersion, final long nowMs) {
        final boolean live = found && !isExpired(nowMs);
        switch (mode) {
            case PutMode.IF_ABSENT:
                if (live) {
                    version = ValueDescriptor.version(entryAddress);
                    return Status.ALREADY_EXISTS;
                }
                return Status.OK;
            case PutMode.IF_VERSION:
                if (!live) {
                    return Status.NOT_FOUND;
                }
                version = ValueDescriptor.version(entryAddress);
                return version == expectedVersion ? Status.OK : Status.VERSION_MISMATCH;
            default:
                return Status.OK;
        }
    }

    private boolean isExpired(final long nowMs) {
        return ValueDescriptor.isExpired(ValueDescriptor.expiresAtMs(entryAddress), nowMs);
    }

    /**
     * Removes an entry.
     *
     * @param mode {@link PutMode#ALWAYS}, or {@link PutMode#IF_VERSION} to remove only the expected
     *     version.
     * @return a {@link Status}; {@link #version()} tells the removed or found version.
     */
    int remove(
            final int mode,
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long expectedVersion,
            final long nowMs) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found != EntryFinder.FOUND) {
            return found == EntryFinder.ABSENT ? Status.NOT_FOUND : Status.CORRUPT;
        }
        final boolean expired = isExpired(nowMs);
        version = expired ? 0 : ValueDescriptor.version(entryAddress);
        if (mode == PutMode.IF_VERSION && !expired && version != expectedVersion) {
            return Status.VERSION_MISMATCH;
        }
        if (batching) {
            return expired ? Status.NOT_FOUND : planRemove(keyBase, keyAddress, keyLength, hash);
        }
        final long gone = ValueDescriptor.version(entryAddress);
        redo.copyKey(keyBase, keyAddress, keyLength);
        // the entry of an expired key is gone for everyone already: no command did that
        removeArmed(keyLength, hash, entryAddress, entryLength, expired ? position : next);
        if (!expired) {
            moveTo(next);
        } else if (removals != null) {
            removals.tell(false, position, gone, redo.keyAddress(), keyLength);
        }
        redo.disarm();
        return expired ? Status.NOT_FOUND : Status.OK;
    }

    private int planRemove(
            final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        final boolean inMap =
                planned == BatchPlan.NONE
                        || finder.find(keyBase, keyAddress, keyLength, hash) == EntryFinder.FOUND;
        return plan.remove(
                        planned,
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        inMap ? finder.valueLength() : ABSENT)
                ? Status.OK
                : Status.BATCH_TOO_LARGE;
    }

    /** Removes the entry whose key lies in the redo slot; leaves the slot armed. */
    private void removeArmed(
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

    /** Removes the entry that the finder shows, which is nobody's any more: no command did that. */
    private void drop(final boolean evicted) {
        final int keyLength = finder.keyLength();
        final long hash = XxHash64.hash(null, finder.keyAddress(), keyLength, 0L);
        final long gone = ValueDescriptor.version(finder.valueAddress());
        redo.copyKey(null, finder.keyAddress(), keyLength);
        removeArmed(keyLength, hash, finder.valueAddress(), finder.valueLength(), position);
        if (removals != null) {
            removals.tell(evicted, position, gone, redo.keyAddress(), keyLength);
        }
        redo.disarm();
    }

    /**
     * Looks at the next slots, wherever the last call stopped, and removes the entries there that
     * have expired.
     *
     * @param nowMs time of the command that drives the sweep.
     * @param maxSlots most slots of the hash look-up to look at: bounds the work.
     * @return entries removed.
     */
    int sweep(final long nowMs, final int maxSlots) {
        int removed = 0;
        for (int left = closed ? 0 : maxSlots; left > 0; left--) {
            if (sweep.isExpired(nowMs)) {
                drop(false);
                removed++;
            }
            sweep.next();
        }
        return removed;
    }

    /** Removes all entries of a segment that have expired. */
    int sweepSegment(final int segment, final long nowMs) {
        int removed = 0;
        if (!closed) {
            sweep.startAt(segment);
            do {
                if (sweep.isExpired(nowMs)) {
                    drop(false);
                    removed++;
                }
                sweep.next();
            } while (!sweep.isAtStart());
        }
        return removed;
    }

    /** Removes every entry and forgets the position. */
    void clear() {
        if (!closed) {
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

    /** Copies a live value; the owner's own thread needs no validation. */
    int get(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final Object dstBase,
            final long dstAddress,
            final int maxLength,
            final long nowMs) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found != EntryFinder.FOUND) {
            return found == EntryFinder.ABSENT ? Status.NOT_FOUND : Status.CORRUPT;
        }
        if (isExpired(nowMs)) {
            return Status.NOT_FOUND;
        }
        version = ValueDescriptor.version(entryAddress);
        final int length = entryLength - ValueDescriptor.HEADER_LENGTH;
        if (length > maxLength) {
            return Status.BUFFER_TOO_SMALL;
        }
        UnsafeApi.copyMemory(
                null, ValueDescriptor.payload(entryAddress), dstBase, dstAddress, length);
        return length;
    }

    /** Version written or found by the last command. */
    long version() {
        return version;
    }

    /** Sum of the last successful {@link #add}. */
    long counter() {
        return counter;
    }

    /** Whether the last {@link Status#STORE_FULL} was for want of room in the map's file. */
    boolean outOfSpace() {
        return outOfSpace;
    }

    long appliedPosition() {
        return position;
    }

    long leadershipTerm() {
        return closed ? 0 : control.get(LEADERSHIP_TERM_OFFSET);
    }

    int segments() {
        return storage.segments();
    }

    Path dataDir() {
        return context.dataDir();
    }

    long contentChecksum(final long timeMs) {
        return closed ? 0 : storage.contentChecksum(timeMs);
    }

    /** Any thread. */
    long entryCount() {
        return closed ? 0 : control.get(ENTRY_COUNT_OFFSET);
    }

    /** Any thread. */
    void heartbeat(final long nowMs) {
        control.put(HEARTBEAT_OFFSET, nowMs);
    }

    /** Visits every entry in place, the expired ones, too. */
    void forEachEntry(
            final UnsafeBuffer keyView, final UnsafeBuffer valueView, final EntryVisitor visitor) {
        for (int segment = 0; segment < storage.segments() && !closed; segment++) {
            for (long tier = finder.firstTier(segment);
                    tier > 0;
                    tier = finder.nextTier(segment, tier)) {
                for (long slot = 0; slot < finder.slotCapacity(); slot++) {
                    if (finder.entryAt(tier, slot) == EntryFinder.FOUND) {
                        final long valueAddress = finder.valueAddress();
                        keyView.wrap(finder.keyAddress(), finder.keyLength());
                        valueView.wrap(
                                ValueDescriptor.payload(valueAddress),
                                finder.valueLength() - ValueDescriptor.HEADER_LENGTH);
                        visitor.onEntry(
                                keyView,
                                valueView,
                                ValueDescriptor.version(valueAddress),
                                ValueDescriptor.expiresAtMs(valueAddress));
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            abandonCheckpoint();
            storage.close();
        }
    }
}
