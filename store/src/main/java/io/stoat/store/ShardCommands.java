package io.stoat.store;

import static io.stoat.store.ControlDescriptor.MAX_VALUE_LENGTH_OFFSET;

import org.agrona.UnsafeApi;

/**
 * The commands on the entries of one shard: each looks its key up, checks its condition, and has
 * the {@link EntryWriter} make the change, or the {@link ShardBatch} plan it while one is open.
 * Keys and payloads are given as in {@link UnsafeApi}: an array and an offset in it, or null and an
 * address. Owner's thread; no command allocates; refusals are {@link Status} codes.
 */
final class ShardCommands {
    private static final int ABSENT = ShardStorage.ABSENT;

    private final EntryWriter entries;
    private final CounterSum sum = new CounterSum();
    private int maxValueLength;
    private ShardBatch batch;
    private long entryAddress;
    private int entryLength;
    private long version;
    private long counter;
    private boolean closed;

    ShardCommands(final EntryWriter entries) {
        this.entries = entries;
    }

    /** From here on commands are about these files. */
    void use(final ShardStorage storage) {
        maxValueLength = (int) storage.control().get(MAX_VALUE_LENGTH_OFFSET);
    }

    /**
     * From here on changes are planned.
     *
     * @param open null when they are to be made again.
     */
    void planIn(final ShardBatch open) {
        batch = open;
    }

    /** As {@link EntryWriter#startAt}. */
    boolean startAt(final long commandPosition) {
        return entries.startAt(commandPosition);
    }

    /** A command that has a position of its own is applied even when it was refused. */
    void finishAt(final long commandPosition) {
        if (commandPosition > entries.position() && !closed) {
            entries.moveTo(commandPosition);
        }
    }

    /**
     * Looks the key up, in the batch first; leaves address and length of its value in fields.
     *
     * @return {@link EntryFinder#FOUND}, {@link EntryFinder#ABSENT}, or a negative {@link Status}.
     */
    private int find(
            final Object keyBase, final long keyAddress, final int keyLength, final long hash) {
        version = 0;
        if (closed) {
            return Status.CLOSED;
        }
        if (batch != null && batch.find(keyBase, keyAddress, keyLength, hash)) {
            return batch.isPut()
                    ? show(batch.valueAddress(), batch.valueLength(), EntryFinder.FOUND)
                    : show(0, ABSENT, EntryFinder.ABSENT);
        }
        final EntryFinder finder = entries.finder();
        final int found = finder.find(keyBase, keyAddress, keyLength, hash);
        if (found == EntryFinder.FOUND) {
            return show(finder.valueAddress(), finder.valueLength(), found);
        }
        return show(0, ABSENT, found == EntryFinder.ABSENT ? found : Status.CORRUPT);
    }

    /** Keeps what a look-up found, and returns its outcome. */
    private int show(final long address, final int length, final int outcome) {
        entryAddress = address;
        entryLength = length;
        return outcome;
    }

    private boolean isExpired(final long nowMs) {
        return ValueDescriptor.isExpired(ValueDescriptor.expiresAtMs(entryAddress), nowMs);
    }

    /** The refusal of a value that is too long. */
    private int tooLong() {
        version = 0;
        return closed ? Status.CLOSED : Status.VALUE_TOO_LONG;
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
        if (payloadLength > maxValueLength) {
            return tooLong();
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found < 0) {
            return found;
        }
        final int refusal = check(mode, found == EntryFinder.FOUND, expectedVersion, nowMs);
        if (refusal != Status.OK) {
            return refusal;
        }
        return write(
                keyBase,
                keyAddress,
                keyLength,
                hash,
                expiresAtMs,
                payloadBase,
                payloadAddress,
                payloadLength);
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

    /** Writes the entry that was looked up, or plans that. */
    private int write(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        final long entryVersion = entries.next();
        if (batch != null) {
            final int status =
                    batch.put(
                            entryLength != ABSENT,
                            keyBase,
                            keyAddress,
                            keyLength,
                            hash,
                            entryVersion,
                            expiresAtMs,
                            payloadBase,
                            payloadAddress,
                            payloadLength);
            return wrote(status, entryVersion);
        }
        entries.makeRoomFor(
                hash, keyLength, ValueDescriptor.HEADER_LENGTH + payloadLength, entryLength);
        return change(
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

    /** Writes the entry that was looked up, at once, with a version. */
    private int change(
            final Object keyBase,
            final long keyAddress,
            final int keyLength,
            final long hash,
            final long entryVersion,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        final int status =
                entries.put(
                        entryAddress,
                        entryLength,
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        entryVersion,
                        expiresAtMs,
                        payloadBase,
                        payloadAddress,
                        payloadLength);
        return wrote(status, entryVersion);
    }

    /** Keeps the version of an entry that was written or planned, and returns the outcome. */
    private int wrote(final int status, final long entryVersion) {
        if (status == Status.OK) {
            version = entryVersion;
        }
        return status;
    }

    /**
     * Writes an entry with the version that it had, no part of a batch; evicts nothing. The
     * position becomes at least that version.
     */
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
        if (payloadLength > maxValueLength) {
            return tooLong();
        }
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found < 0) {
            return found;
        }
        entries.startRestore(entryVersion);
        return change(
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
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found < 0) {
            return found;
        }
        final boolean live = found == EntryFinder.FOUND && !isExpired(nowMs);
        version = live ? ValueDescriptor.version(entryAddress) : 0;
        final int refusal = sum.add(live ? entryAddress : 0, entryLength, delta);
        if (refusal != Status.OK) {
            return refusal;
        }
        if (Long.BYTES > maxValueLength) {
            return Status.VALUE_TOO_LONG;
        }
        final int status =
                write(
                        keyBase,
                        keyAddress,
                        keyLength,
                        hash,
                        live ? ValueDescriptor.expiresAtMs(entryAddress) : 0,
                        null,
                        sum.address(),
                        Long.BYTES);
        if (status == Status.OK) {
            counter = sum.get();
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
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found < 0) {
            return found;
        }
        if (found == EntryFinder.ABSENT || isExpired(nowMs)) {
            return Status.NOT_FOUND;
        }
        return write(
                keyBase,
                keyAddress,
                keyLength,
                hash,
                expiresAtMs,
                null,
                ValueDescriptor.payload(entryAddress),
                entryLength - ValueDescriptor.HEADER_LENGTH);
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
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found != EntryFinder.FOUND) {
            return found == EntryFinder.ABSENT ? Status.NOT_FOUND : found;
        }
        if (isExpired(nowMs)) {
            if (batch == null) {
                // it is gone for everyone already
                entries.drop(
                        false, keyBase, keyAddress, keyLength, hash, entryAddress, entryLength);
            }
            return Status.NOT_FOUND;
        }
        version = ValueDescriptor.version(entryAddress);
        if (mode == PutMode.IF_VERSION && version != expectedVersion) {
            return Status.VERSION_MISMATCH;
        }
        if (batch != null) {
            return batch.remove(keyBase, keyAddress, keyLength, hash);
        }
        entries.remove(keyBase, keyAddress, keyLength, hash, entryAddress, entryLength);
        return Status.OK;
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
        final int found = find(keyBase, keyAddress, keyLength, hash);
        if (found < 0) {
            return found;
        }
        if (found == EntryFinder.ABSENT || isExpired(nowMs)) {
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
        return entries.outOfSpace();
    }

    boolean isClosed() {
        return closed;
    }

    /** From here on every command is refused. */
    void close() {
        closed = true;
    }
}
