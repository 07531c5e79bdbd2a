package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One shard, seen by its owner: a Chronicle Map, its control file, and the commands that change it.
 * Exactly one thread of one process calls the commands. A value that keeps its length is
 * overwritten in place under its segment's sequence; everything else goes through Chronicle Map's
 * own operations, also under the sequence. No command allocates; refusals are {@link Status} codes.
 */
final class Shard implements AutoCloseable {
    private static final int ABSENT = -1;

    private final Path mapFile;
    private final ControlFile control;
    private final MapLayout layout;
    private final ChronicleMap<NativeBytes, NativeBytes> map;
    private final long capacityEntries;
    private final int maxValueLength;
    private final NativeBytes key = new NativeBytes();
    private final NativeBytes value = new NativeBytes();
    private final UnsafeBuffer counterScratch =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(Long.BYTES, Long.BYTES));
    private final RedoSlot redo;
    private MappedFile mapped;
    private EntryFinder finder;
    private long entryCount;
    private long valueBytes;
    private long position;
    private long next;
    private long version;
    private long counter;
    private int sweepSegment;
    private long sweepTier;
    private long sweepSlot;
    private boolean closed;

    /** Takes over what {@link ShardOpener} opened. */
    Shard(
            final Path mapFile,
            final ControlFile control,
            final ChronicleMap<NativeBytes, NativeBytes> map) {
        this.mapFile = mapFile;
        this.control = control;
        this.map = map;
        layout = control.layout();
        capacityEntries = control.get(CAPACITY_ENTRIES_OFFSET);
        maxValueLength = (int) control.get(MAX_VALUE_LENGTH_OFFSET);
        redo = control.redoSlot();
        mapFileTo(control.mappedLength());
        entryCount = control.get(ENTRY_COUNT_OFFSET);
        valueBytes = control.get(VALUE_BYTES_OFFSET);
        position = control.get(APPLIED_POSITION_OFFSET);
    }

    private void mapFileTo(final long length) {
        final MappedFile previous = mapped;
        mapped = MappedFile.map(mapFile, true, length);
        finder = new EntryFinder(layout, mapped.address(), length);
        // the tier's address was in the old mapping
        sweepTier = 0;
        if (previous != null) {
            previous.close();
        }
    }

    /** Chronicle Map grows its file by extra tiers; the owner's mapping and the readers' follow. */
    void followGrowth() {
        final long storeSize = UnsafeApi.getLong(mapped.address() + layout.storeSizeOffset());
        if (storeSize != mapped.length()) {
            mapFileTo(storeSize);
            control.put(MAPPED_LENGTH_OFFSET, storeSize);
        }
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
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        if (payloadLength > maxValueLength) {
            return Status.VALUE_TOO_LONG;
        }
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
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
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
        if (found == EntryFinder.OUT_OF_BOUNDS) {
            return Status.CORRUPT;
        }
        next = Math.max(position, entryVersion);
        return write(
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
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
        if (found == EntryFinder.OUT_OF_BOUNDS) {
            return Status.CORRUPT;
        }
        long old = 0;
        long expiresAtMs = 0;
        if (found == EntryFinder.FOUND && !isExpired(nowMs)) {
            version = ValueDescriptor.version(finder.valueAddress());
            if (finder.valueLength() != ValueDescriptor.HEADER_LENGTH + Long.BYTES) {
                return Status.NOT_A_COUNTER;
            }
            old = UnsafeApi.getLong(ValueDescriptor.payload(finder.valueAddress()));
            expiresAtMs = ValueDescriptor.expiresAtMs(finder.valueAddress());
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
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
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
                ValueDescriptor.payload(finder.valueAddress()),
                finder.valueLength() - ValueDescriptor.HEADER_LENGTH);
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
        if (!found && entryCount >= capacityEntries) {
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
        final int length = ValueDescriptor.HEADER_LENGTH + payloadLength;
        ValueDescriptor.write(
                redo.valueAddress(),
                entryVersion,
                expiresAtMs,
                checksum,
                payloadBase,
                payloadAddress,
                payloadLength);
        redo.copyKey(keyBase, keyAddress, keyLength);
        redo.arm(RedoSlot.PUT, keyLength, length, hash, next);
        final int status;
        if (found && finder.valueLength() == length) {
            final long sequenceAddress = control.sequenceAddress(finder.segmentOf(hash));
            final long even = beginChange(sequenceAddress);
            UnsafeApi.copyMemory(redo.valueAddress(), finder.valueAddress(), length);
            endChange(sequenceAddress, even);
            status = Status.OK;
        } else {
            status = putThroughMap(hash, found ? finder.valueLength() : ABSENT);
        }
        if (status == Status.OK) {
            version = entryVersion;
            moveTo(next);
        }
        redo.disarm();
        return status;
    }

    private int check(
            final int mode, final boolean found, final long expectedVersion, final long nowMs) {
        final boolean live = found && !isExpired(nowMs);
        switch (mode) {
            case PutMode.IF_ABSENT:
                if (live) {
                    version = ValueDescriptor.version(finder.valueAddress());
                    return Status.ALREADY_EXISTS;
                }
                return Status.OK;
            case PutMode.IF_VERSION:
                if (!live) {
                    return Status.NOT_FOUND;
                }
                version = ValueDescriptor.version(finder.valueAddress());
                return version == expectedVersion ? Status.OK : Status.VERSION_MISMATCH;
            default:
                return Status.OK;
        }
    }

    private boolean isExpired(final long nowMs) {
        return ValueDescriptor.isExpired(ValueDescriptor.expiresAtMs(finder.valueAddress()), nowMs);
    }

    /** Puts the redo slot's entry by Chronicle Map's own operation. */
    private int putThroughMap(final long hash, final int oldLength) {
        final int length = redo.valueLength();
        key.wrap(redo.keyAddress(), redo.keyLength());
        value.wrap(redo.valueAddress(), length);
        final long sequenceAddress = control.sequenceAddress(finder.segmentOf(hash));
        final long even = beginChange(sequenceAddress);
        try {
            map.put(key, value);
            followGrowth();
        } catch (final RuntimeException ex) {
            if (!RefusedPut.isRefusal(ex)) {
                throw ex;
            }
            followGrowth();
            RefusedPut.undo(ex, mapFile, layout, mapped, finder, key.address, key.length, hash);
            return Status.STORE_FULL;
        } finally {
            endChange(sequenceAddress, even);
        }
        if (oldLength == ABSENT) {
            entryCount++;
            valueBytes += length - ValueDescriptor.HEADER_LENGTH;
        } else {
            valueBytes += length - oldLength;
        }
        publishCounts();
        return Status.OK;
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
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
        if (found != EntryFinder.FOUND) {
            return found == EntryFinder.ABSENT ? Status.NOT_FOUND : Status.CORRUPT;
        }
        final boolean expired = isExpired(nowMs);
        version = expired ? 0 : ValueDescriptor.version(finder.valueAddress());
        if (mode == PutMode.IF_VERSION && !expired && version != expectedVersion) {
            return Status.VERSION_MISMATCH;
        }
        // the entry of an expired key is gone for everyone already: no command did that
        removeFound(keyBase, keyAddress, keyLength, hash, expired ? position : next);
        if (!expired) {
            moveTo(next);
        }
        redo.disarm();
        return expired ? Status.NOT_FOUND : Status.OK;
    }

    /** Removes the entry that the finder found; leaves the redo slot armed. */
    private void removeFound(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long commandPosition) {
        final int payloadLength = finder.valueLength() - ValueDescriptor.HEADER_LENGTH;
        redo.copyKey(keyBase, keyAddress, keyLength);
        redo.arm(RedoSlot.REMOVE, keyLength, 0, hash, commandPosition);
        key.wrap(redo.keyAddress(), keyLength);
        final long sequenceAddress = control.sequenceAddress(finder.segmentOf(hash));
        final long even = beginChange(sequenceAddress);
        try {
            map.remove(key);
        } finally {
            endChange(sequenceAddress, even);
        }
        entryCount--;
        valueBytes -= payloadLength;
        publishCounts();
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
            if (sweepTier == 0) {
                sweepTier = finder.firstTier(sweepSegment);
                sweepSlot = finder.slotCapacity() - 1;
            }
            // a removal shifts later entries down into its slot, so the walk goes down too
            if (finder.entryAt(sweepTier, sweepSlot) == EntryFinder.FOUND && isExpired(nowMs)) {
                final long keyAddress = finder.keyAddress();
                final int keyLength = finder.keyLength();
                final long hash = XxHash64.hash(null, keyAddress, keyLength, 0L);
                removeFound(null, keyAddress, keyLength, hash, position);
                redo.disarm();
                removed++;
            }
            if (--sweepSlot < 0) {
                nextSweepTier();
            }
        }
        return removed;
    }

    private void nextSweepTier() {
        sweepTier = finder.nextTier(sweepSegment, sweepTier);
        sweepSlot = finder.slotCapacity() - 1;
        if (sweepTier <= 0) {
            sweepTier = 0;
            sweepSegment = sweepSegment + 1 & (int) layout.segments() - 1;
        }
    }

    private void publishCounts() {
        control.put(ENTRY_COUNT_OFFSET, entryCount);
        control.put(VALUE_BYTES_OFFSET, valueBytes);
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
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
        if (found != EntryFinder.FOUND) {
            return found == EntryFinder.ABSENT ? Status.NOT_FOUND : Status.CORRUPT;
        }
        if (isExpired(nowMs)) {
            return Status.NOT_FOUND;
        }
        version = ValueDescriptor.version(finder.valueAddress());
        final int length = finder.valueLength() - ValueDescriptor.HEADER_LENGTH;
        if (length > maxLength) {
            return Status.BUFFER_TOO_SMALL;
        }
        UnsafeApi.copyMemory(
                null, ValueDescriptor.payload(finder.valueAddress()), dstBase, dstAddress, length);
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

    long appliedPosition() {
        return position;
    }

    long leadershipTerm() {
        return control.get(LEADERSHIP_TERM_OFFSET);
    }

    /** Sum over the live entries of what vouches for key, version, expiry and payload. */
    long contentChecksum(final long timeMs) {
        long sum = 0;
        for (int segment = 0; segment < layout.segments() && !closed; segment++) {
            for (long tier = finder.firstTier(segment);
                    tier > 0;
                    tier = finder.nextTier(segment, tier)) {
                for (long slot = 0; slot < finder.slotCapacity(); slot++) {
                    if (finder.entryAt(tier, slot) == EntryFinder.FOUND && !isExpired(timeMs)) {
                        final long valueAddress = finder.valueAddress();
                        sum +=
                                ValueDescriptor.checksum(
                                        XxHash64.hash(
                                                null, finder.keyAddress(), finder.keyLength(), 0L),
                                        ValueDescriptor.version(valueAddress),
                                        ValueDescriptor.expiresAtMs(valueAddress),
                                        null,
                                        ValueDescriptor.payload(valueAddress),
                                        finder.valueLength() - ValueDescriptor.HEADER_LENGTH);
                    }
                }
            }
        }
        return sum;
    }

    /** Any thread. */
    long entryCount() {
        return closed ? 0 : control.get(ENTRY_COUNT_OFFSET);
    }

    /** Any thread. */
    void heartbeat(final long nowMs) {
        control.put(HEARTBEAT_OFFSET, nowMs);
    }

    /** Segments, of which each is swept as a whole by {@link #sweepSegment}. */
    int segments() {
        return (int) layout.segments();
    }

    /**
     * Removes every expired entry of a segment: what is left depends on the set of entries alone,
     * not on the places that they have.
     */
    int sweepSegment(final int segment, final long timeMs) {
        int removed = 0;
        int inThisPass;
        do {
            // a removal may shift an entry to a place that the pass has behind it
            inThisPass = removeFrom(segment, timeMs, false);
            removed += inThisPass;
        } while (inThisPass > 0);
        return removed;
    }

    /** Removes every entry, and forgets which commands were applied. */
    void clear() {
        for (int segment = 0; segment < layout.segments() && !closed; segment++) {
            while (removeFrom(segment, 0, true) > 0) {
                // as above
            }
        }
        if (!closed) {
            moveTo(0);
            control.put(LEADERSHIP_TERM_OFFSET, 0);
        }
    }

    private int removeFrom(final int segment, final long timeMs, final boolean all) {
        int removed = 0;
        for (long tier = closed ? 0 : finder.firstTier(segment);
                tier > 0;
                tier = finder.nextTier(segment, tier)) {
            for (long slot = finder.slotCapacity() - 1; slot >= 0; slot--) {
                if (finder.entryAt(tier, slot) == EntryFinder.FOUND && (all || isExpired(timeMs))) {
                    final long keyAddress = finder.keyAddress();
                    final int keyLength = finder.keyLength();
                    final long hash = XxHash64.hash(null, keyAddress, keyLength, 0L);
                    removeFound(null, keyAddress, keyLength, hash, position);
                    redo.disarm();
                    removed++;
                }
            }
        }
        return removed;
    }

    /** Visits every entry in place, the expired ones, too. */
    void forEachEntry(
            final UnsafeBuffer keyView, final UnsafeBuffer valueView, final EntryVisitor visitor) {
        for (int segment = 0; segment < layout.segments() && !closed; segment++) {
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
            map.close();
            control.put(HEARTBEAT_OFFSET, 0);
            control.put(STATE_OFFSET, STATE_CLOSED);
            mapped.close();
            control.close();
        }
    }
}
