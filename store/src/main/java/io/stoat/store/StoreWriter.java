package io.stoat.store;

import java.util.concurrent.atomic.AtomicReference;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.EpochClock;

/**
 * The handle of one thread over some of a store's shards: the only way in which they change. {@link
 * Store#newWriter} gives several threads disjoint shards. Every method is called by the one thread
 * that has the writer; none allocates; refusals are {@link Status} codes, never exceptions.
 *
 * <p>{@link #apply} takes an encoded command with its position and time and is a function of these
 * and of the shard's content alone: whoever applies the same commands in the same order has the
 * same content. The other commands are conveniences for an owner with a clock; each takes the
 * shard's next position.
 *
 * <p>{@link #version()} tells the version that the last command wrote or removed, or the one that
 * it found when it was refused; 0 when there was none.
 */
public final class StoreWriter {
    /** The shard's own next position: for stores that no log drives. */
    public static final long NEXT_POSITION = 0;

    private final ShardMap shardMap;
    private final EpochClock clock;
    private final WriterShards shards;
    private final ShardCommands[] commands;
    private final CommandDecoder command = new CommandDecoder();
    private final BatchApplication batch;
    private ShardCommands target;
    private long keyAddress;
    private long hash;
    private long version;
    private long counter;
    private int previousLength = Status.NOT_FOUND;

    /** Takes the shards that are not null. */
    StoreWriter(
            final ShardMap shardMap,
            final EpochClock clock,
            final AtomicReference<StoreGrowth> growth,
            final Shard[] shards) {
        this.shardMap = shardMap;
        this.clock = clock;
        this.shards = new WriterShards(shards, growth);
        commands = this.shards.commands();
        batch = new BatchApplication(shardMap, shards);
    }

    /**
     * Applies an encoded command.
     *
     * @param buffer that holds the command, in the layout of {@link Command}.
     * @param offset of the command.
     * @param length of the command, bytes.
     * @param position of the command in its log, greater than that of every command that its shard
     *     has applied, or {@link #NEXT_POSITION}.
     * @param timeMs the command's time, ms since the epoch: what has expired by then is not there.
     * @return the status of the command as for the method of its name; {@link Status#MALFORMED},
     *     {@link Status#WRONG_SHARD}, or {@link Status#ALREADY_APPLIED} for a position that the
     *     shard has passed: nothing changes then. A refused command that has a position of its own
     *     moves the shard's applied position, too.
     *     <p>Of a batch: {@link Status#OK} when all its commands succeeded, each seeing what those
     *     before it did, all with the batch's position as their version; else the status of the one
     *     that was refused, with {@link #refusedIndex()}, and nothing has changed. A {@link
     *     Command#REMOVE} of a key that is not there is no refusal. {@link Status#BATCH_TOO_LARGE}
     *     when it has more than {@link Command#MAX_BATCH_COMMANDS} commands or its changes take
     *     more than {@link StoreContext#maxBatchLength()}.
     */
    public int apply(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long position,
            final long timeMs) {
        version = 0;
        counter = 0;
        batch.reset();
        final int sound = command.wrap(buffer, offset, length);
        if (sound != Status.OK) {
            return sound;
        }
        if (command.operation() == Command.BATCH) {
            final int status = batch.apply(command, position, timeMs);
            target = batch.commands();
            version = batch.version();
            return status;
        }
        final int status = route(buffer, command.keyOffset(), command.keyLength());
        if (status != Status.OK) {
            return status;
        }
        if (!target.startAt(position)) {
            return Status.ALREADY_APPLIED;
        }
        final int result = CommandDispatch.execute(target, command, keyAddress, hash, timeMs);
        target.finishAt(position);
        version = target.version();
        counter = result == Status.OK && command.operation() == Command.ADD ? target.counter() : 0;
        return result;
    }

    /**
     * Writes a value.
     *
     * @param mode one of {@link PutMode}.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link StoreContext#MAX_KEY_LENGTH}.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes, 0 to the configured maximum.
     * @param expiresAtMs ms since the epoch at which the entry is gone, or 0.
     * @param expectedVersion that the entry must have, for {@link PutMode#IF_VERSION}.
     * @return {@link Status#OK}, {@link Status#STORE_FULL}, {@link Status#KEY_LENGTH_INVALID},
     *     {@link Status#VALUE_TOO_LONG}, {@link Status#WRONG_SHARD}, {@link Status#CLOSED}; by mode
     *     {@link Status#ALREADY_EXISTS}, {@link Status#NOT_FOUND} or {@link
     *     Status#VERSION_MISMATCH}.
     */
    public int put(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs,
            final long expectedVersion) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        value.boundsCheck(valueOffset, valueLength);
        final int status =
                target.put(
                        mode,
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        value.byteArray(),
                        value.addressOffset() + valueOffset,
                        valueLength,
                        expiresAtMs,
                        expectedVersion,
                        mode == PutMode.ALWAYS ? 0 : clock.time());
        version = target.version();
        return status;
    }

    /**
     * Writes a value and copies the live one that it replaces. There is no encoded form: an answer
     * that carries a value would burden every command's way back.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes.
     * @param expiresAtMs ms since the epoch at which the entry is gone, or 0.
     * @param dst destination of the replaced value.
     * @param dstOffset in the destination.
     * @param maxLength room in the destination, bytes.
     * @return as {@link #put} with {@link PutMode#ALWAYS}, and {@link #previousLength()}; {@link
     *     Status#BUFFER_TOO_SMALL} when the replaced value does not fit: nothing was changed then.
     */
    public int getAndPut(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        previousLength = get(key, keyOffset, keyLength, dst, dstOffset, maxLength);
        if (previousLength < 0 && previousLength != Status.NOT_FOUND) {
            return previousLength;
        }
        return put(
                PutMode.ALWAYS,
                key,
                keyOffset,
                keyLength,
                value,
                valueOffset,
                valueLength,
                expiresAtMs,
                0);
    }

    /**
     * @return length of the value that the last {@link #getAndPut} replaced, or {@link
     *     Status#NOT_FOUND} when there was none.
     */
    public int previousLength() {
        return previousLength;
    }

    /**
     * Adds to a 64-bit little-endian counter; a key that is not there, or has expired, counts from
     * zero and never expires. An entry keeps its expiry.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param delta to add, may be negative.
     * @return {@link Status#OK} with the new {@link #counter()} and {@link #version()}; {@link
     *     Status#NOT_A_COUNTER} when the value is not 8 bytes long, {@link Status#OVERFLOW} when
     *     the sum does not fit in 64 bits, or a status as for {@link #put}: the entry is as before
     *     then.
     */
    public int add(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        final int status =
                target.add(key.byteArray(), keyAddress, keyLength, hash, delta, clock.time());
        version = target.version();
        counter = target.counter();
        return status;
    }

    /**
     * Gives a live entry a new expiry; its value stays, its version is new.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param expiresAtMs ms since the epoch at which the entry is gone, or 0 for never.
     * @return {@link Status#OK}, {@link Status#NOT_FOUND}, {@link Status#KEY_LENGTH_INVALID},
     *     {@link Status#WRONG_SHARD} or {@link Status#CLOSED}.
     */
    public int touch(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expiresAtMs) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        final int status =
                target.touch(
                        key.byteArray(), keyAddress, keyLength, hash, expiresAtMs, clock.time());
        version = target.version();
        return status;
    }

    /**
     * Removes an entry.
     *
     * @param mode {@link PutMode#ALWAYS}, or {@link PutMode#IF_VERSION} for one version alone.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param expectedVersion that the entry must have, for {@link PutMode#IF_VERSION}.
     * @return {@link Status#OK} with the removed {@link #version()}, {@link Status#NOT_FOUND},
     *     {@link Status#VERSION_MISMATCH} with the found version, {@link
     *     Status#KEY_LENGTH_INVALID}, {@link Status#WRONG_SHARD} or {@link Status#CLOSED}.
     */
    public int remove(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        final int status =
                target.remove(
                        mode,
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        expectedVersion,
                        clock.time());
        version = target.version();
        return status;
    }

    /**
     * Puts an entry back exactly as it was, with its version, from a snapshot or a dump; in any
     * order. The shard's applied position becomes at least the version.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes.
     * @param expiresAtMs ms since the epoch at which the entry is gone, or 0.
     * @param entryVersion that the entry had, 1 or more.
     * @return as {@link #put} with {@link PutMode#ALWAYS}.
     */
    public int restore(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiresAtMs,
            final long entryVersion) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        value.boundsCheck(valueOffset, valueLength);
        final int status =
                target.restore(
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        value.byteArray(),
                        value.addressOffset() + valueOffset,
                        valueLength,
                        expiresAtMs,
                        entryVersion);
        version = target.version();
        return status;
    }

    /**
     * Copies a live value; other threads and processes use a {@link StoreReader}.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param dst destination.
     * @param dstOffset in the destination.
     * @param maxLength room in the destination, bytes.
     * @return length of the value, or a status as for {@link StoreReader#get}, or {@link
     *     Status#WRONG_SHARD}.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        return copyRouted(key, keyLength, dst, dstOffset, maxLength, clock.time());
    }

    /**
     * Tells a listener from now on of entries that expire or are evicted, which no command removes.
     * An expired entry is told of when it is removed, by a sweep or because its key is removed; not
     * when a new value takes its place.
     *
     * @param listener of the writer's shards; there is one at most.
     */
    public void removalListener(final RemovalListener listener) {
        shards.removalListener(listener);
    }

    /**
     * Removes expired entries in a small slice: goes on where the last call stopped, over the
     * writer's shards in turn. Expired entries are misses anyhow; this gives their room back.
     *
     * @param timeMs what has expired by then goes; a replica gives its log's time.
     * @param maxSlots most places to look at: bounds the work; a full round takes about three times
     *     the configured entries.
     * @return entries removed.
     */
    public int sweep(final long timeMs, final int maxSlots) {
        return shards.sweep(timeMs, maxSlots);
    }

    /**
     * Removes every entry of one segment that has expired. Unlike {@link #sweep} it depends on
     * nothing but keys and time, so replicas that take their turns from the log stay alike.
     *
     * @param turn running number: turn 0, 1, … go over the segments of the writer's shards.
     * @param timeMs what has expired by then goes.
     * @return entries removed.
     */
    public int sweepSegment(final long turn, final long timeMs) {
        return shards.sweepSegment(turn, timeMs);
    }

    /**
     * Does a slice of a growth of the store, if one is under way: to be called in the duty cycle of
     * a thread that has a writer, whether or not there are commands.
     *
     * @param maxSlots most places to look at: bounds the work; about 0.2 us each.
     * @return places looked at, 0 when no growth is under way.
     */
    public int grow(final int maxSlots) {
        return shards.grow(maxSlots);
    }

    /**
     * What a duty cycle does beside commands, in slices: {@link #sweep} and {@link #grow}.
     *
     * @param timeMs as for {@link #sweep}.
     * @param maxSlots as for both.
     * @return work done: entries removed, and 1 when a growth was under way.
     */
    public int housekeep(final long timeMs, final int maxSlots) {
        return sweep(timeMs, maxSlots) + (grow(maxSlots) > 0 ? 1 : 0);
    }

    /**
     * Removes every entry of the writer's shards and sets their applied positions to 0: for a
     * replica that is built anew. Readers wait meanwhile.
     */
    public void clear() {
        shards.clear();
    }

    private int routeNext(final DirectBuffer key, final int keyOffset, final int keyLength) {
        version = 0;
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        key.boundsCheck(keyOffset, keyLength);
        final int status = route(key, keyOffset, keyLength);
        if (status == Status.OK) {
            target.startAt(NEXT_POSITION);
        }
        return status;
    }

    /** Leaves the commands of the key's shard, its address and its hash in fields. */
    private int route(final DirectBuffer key, final int keyOffset, final int keyLength) {
        keyAddress = key.addressOffset() + keyOffset;
        hash = XxHash64.ofKey(key.byteArray(), keyAddress, keyLength);
        target = commands[shardMap.shardOf(hash)];
        return target == null ? Status.WRONG_SHARD : Status.OK;
    }

    /**
     * @return version that the last command wrote, removed or found; 0 when there was none.
     */
    public long version() {
        return version;
    }

    /**
     * @return sum of the last successful {@link #add}.
     */
    public long counter() {
        return counter;
    }

    /**
     * @return whether the last {@link Status#STORE_FULL} was for want of room in the map's file or
     *     on its disk. That depends on where entries lie; the other reason, the configured number
     *     of entries, on the commands alone.
     */
    public boolean outOfSpace() {
        return target != null && target.outOfSpace();
    }

    /**
     * @return commands of the last batch that were tried, whose results the methods below tell; 0
     *     after another command.
     */
    public int results() {
        return batch.results();
    }

    /**
     * @param index of the command in the last batch.
     * @return its status. That of a command before a refused one says what it would have been.
     */
    public int status(final int index) {
        return batch.status(index);
    }

    /**
     * @param index of the command in the last batch.
     * @return version that it wrote, removed or found.
     */
    public long version(final int index) {
        return batch.version(index);
    }

    /**
     * @param index of the command in the last batch.
     * @return sum of a successful {@link Command#ADD}, else 0.
     */
    public long counter(final int index) {
        return batch.counter(index);
    }

    /**
     * @return index of the command for which the last batch was refused, -1 when none was.
     */
    public int refusedIndex() {
        return batch.refusedIndex();
    }

    /**
     * @param shard index.
     * @return whether the shard is one of this writer's.
     */
    public boolean owns(final int shard) {
        return shards.owns(shard);
    }

    /**
     * @param shard index, one of this writer's.
     * @return position of the last command that the shard has applied, 0 at first.
     */
    public long appliedPosition(final int shard) {
        return shards.get(shard).appliedPosition();
    }

    /**
     * @param shard index, one of this writer's.
     * @return leadership term that was set last, 0 at first.
     */
    public long leadershipTerm(final int shard) {
        return shards.get(shard).leadershipTerm();
    }

    /**
     * Says how far a log was applied, also when its last commands did not concern these shards.
     * Commands up to the position are then {@link Status#ALREADY_APPLIED}.
     *
     * @param position not below the shards' own; a lower one leaves a shard's as it is.
     * @param leadershipTerm of the log at that position.
     */
    public void appliedTo(final long position, final long leadershipTerm) {
        shards.appliedTo(position, leadershipTerm);
    }

    /**
     * Fingerprint of what the writer's shards hold: of each live entry's key, version, expiry and
     * value, whatever their order and place. Writers over the same shards of two replicas have the
     * same one at the same position. Reads everything: for tests and audits.
     *
     * @param timeMs entries that have expired by then are left out.
     * @return the fingerprint, 0 for no entries.
     */
    public long contentChecksum(final long timeMs) {
        return shards.contentChecksum(timeMs);
    }

    /**
     * Copies a value that is live at a given time. Parameters and results as {@link
     * #get(DirectBuffer, int, int, MutableDirectBuffer, int, int)}.
     *
     * @param timeMs what has expired by then is a miss; a replica gives its log's time.
     * @return length of the value, or a status.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength,
            final long timeMs) {
        final int routed = routeNext(key, keyOffset, keyLength);
        if (routed != Status.OK) {
            return routed;
        }
        return copyRouted(key, keyLength, dst, dstOffset, maxLength, timeMs);
    }

    private int copyRouted(
            final DirectBuffer key,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength,
            final long timeMs) {
        dst.boundsCheck(dstOffset, maxLength);
        final int result =
                target.get(
                        key.byteArray(),
                        keyAddress,
                        keyLength,
                        hash,
                        dst.byteArray(),
                        dst.addressOffset() + dstOffset,
                        maxLength,
                        timeMs);
        version = target.version();
        return result;
    }

    /**
     * @return entries of the writer's shards, with expired ones that were not removed yet.
     */
    public long size() {
        return shards.size();
    }

    /**
     * @return segments of the writer's shards: turns of {@link #sweepSegment} in a whole round.
     */
    public long segments() {
        return shards.segments();
    }

    /**
     * Visits every entry of the writer's shards in place, also those that have expired but were not
     * removed yet.
     *
     * @param visitor of the entries; it must not change them.
     */
    public void forEachEntry(final EntryVisitor visitor) {
        shards.forEachEntry(visitor);
    }

    /**
     * Begins a checkpoint of what the writer's shards hold now: another thread copies it while this
     * one goes on. Ends an earlier one, whose copy has to have returned.
     *
     * @param images of the store's longest value or longer; used by nobody else.
     * @param position not below that of any command applied so far, and below that of any to come.
     * @return the checkpoint.
     * @throws IllegalStateException when a shard is growing.
     */
    public Checkpoint beginCheckpoint(final CheckpointImages images, final long position) {
        return shards.beginCheckpoint(images, position);
    }

    /** Hands over no more entries: the checkpoint, if there is one, has ended. */
    public void endCheckpoint() {
        shards.endCheckpoint();
    }
}
