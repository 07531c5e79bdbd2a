package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One shard, seen by its owner: its files, and what happens to it as a whole. {@link #commands()}
 * are those on its entries, {@link #batch()} takes several together; both change entries through
 * one {@link EntryWriter}, and so do sweeps. A growth puts larger files in the place of the present
 * ones. Called by one thread of one process, but for the methods that name any thread.
 */
final class Shard implements AutoCloseable {
    private final StoreContext context;
    private final EntryWriter entries;
    private final ShardCommands commands;
    private final ShardBatch batch;
    private ShardStorage storage;
    private volatile ControlFile control;
    private ShardSweep sweep;

    /** Takes over what {@link ShardOpener} opened. */
    Shard(final ShardStorage storage, final StoreContext context) {
        this.context = context;
        entries = new EntryWriter(storage.control().get(APPLIED_POSITION_OFFSET));
        commands = new ShardCommands(entries);
        batch = new ShardBatch(entries, commands);
        use(storage);
    }

    private void use(final ShardStorage newStorage) {
        storage = newStorage;
        final ControlFile file = storage.control();
        sweep = new ShardSweep(storage);
        file.eviction(context.eviction(), context.highWaterPercent());
        ShardEvictor evictor = entries.evictor();
        if (evictor != null) {
            evictor = evictor.grown(storage, context.highWaterPercent());
        } else if (context.eviction() != Eviction.REJECT) {
            evictor = new ShardEvictor(storage, context.eviction(), context.highWaterPercent());
        }
        entries.use(storage, evictor);
        commands.use(storage);
        batch.use(storage);
        control = file;
    }

    /** The commands on single entries. */
    ShardCommands commands() {
        return commands;
    }

    /** Several commands, all or nothing. */
    ShardBatch batch() {
        return batch;
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
        entries.growth(newGrowth);
        entries.abandonCheckpoint();
        if (entries.evictor() != null) {
            entries.evictor().beginGrowth(order);
        }
    }

    /**
     * Goes on copying into the larger shard: entries first, then the order of eviction.
     *
     * @param most to look at: bounds the work.
     * @return what was looked at.
     */
    int advanceGrowth(final int most) {
        final ShardGrowth growth = entries.growth();
        final ShardEvictor evictor = entries.evictor();
        final int looked = growth.copy(most);
        return evictor != null && growth.isCopied()
                ? looked + evictor.copyOrder(most - looked)
                : looked;
    }

    /** Whether the larger shard can take over. */
    boolean isGrown() {
        final ShardEvictor evictor = entries.evictor();
        return entries.growth().isCopied() && (evictor == null || evictor.isOrderCopied());
    }

    /** The growth under way, or null. */
    ShardGrowth growth() {
        return entries.growth();
    }

    /** Forgets the growth under way. */
    void abandonGrowth() {
        entries.growth(null);
        if (entries.evictor() != null) {
            entries.evictor().abandonGrowth();
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
        file.put(APPLIED_POSITION_OFFSET, entries.position());
        file.put(LEADERSHIP_TERM_OFFSET, old.get(LEADERSHIP_TERM_OFFSET));
        file.put(EVICTIONS_OFFSET, old.get(EVICTIONS_OFFSET));
        file.put(HEARTBEAT_OFFSET, old.get(HEARTBEAT_OFFSET));
        mark.shardGeneration(index, file.get(GENERATION_OFFSET));
        old.retire();
        entries.growth(null);
        entries.abandonCheckpoint();
        use(larger);
    }

    void appliedTo(final long logPosition, final long leadershipTerm) {
        if (!commands.isClosed()) {
            control.put(LEADERSHIP_TERM_OFFSET, leadershipTerm);
            commands.finishAt(logPosition);
        }
    }

    /** From here on somebody is told of entries that expire or are evicted. */
    void removals(final ShardRemovals told) {
        entries.removals(told);
    }

    /**
     * From here on entries are handed over before they change.
     *
     * @param begun null when that is to end.
     */
    void checkpoint(final ShardCheckpoint begun) {
        entries.checkpoint(begun);
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
        for (int left = commands.isClosed() ? 0 : maxSlots; left > 0; left--) {
            if (sweep.isExpired(nowMs)) {
                entries.drop(false);
                removed++;
            }
            sweep.next();
        }
        return removed;
    }

    /** Removes all entries of a segment that have expired. */
    int sweepSegment(final int segment, final long nowMs) {
        int removed = 0;
        if (!commands.isClosed()) {
            sweep.startAt(segment);
            do {
                if (sweep.isExpired(nowMs)) {
                    entries.drop(false);
                    removed++;
                }
                sweep.next();
            } while (!sweep.isAtStart());
        }
        return removed;
    }

    /** Removes every entry and forgets the position. */
    void clear() {
        if (!commands.isClosed()) {
            entries.clear();
        }
    }

    long appliedPosition() {
        return entries.position();
    }

    long leadershipTerm() {
        return commands.isClosed() ? 0 : control.get(LEADERSHIP_TERM_OFFSET);
    }

    int segments() {
        return storage.segments();
    }

    Path dataDir() {
        return context.dataDir();
    }

    long contentChecksum(final long timeMs) {
        return commands.isClosed() ? 0 : storage.contentChecksum(timeMs);
    }

    /** Any thread. */
    long entryCount() {
        return commands.isClosed() ? 0 : control.get(ENTRY_COUNT_OFFSET);
    }

    /** Any thread. */
    void heartbeat(final long nowMs) {
        control.put(HEARTBEAT_OFFSET, nowMs);
    }

    /** Visits every entry in place, the expired ones, too. */
    void forEachEntry(
            final UnsafeBuffer keyView, final UnsafeBuffer valueView, final EntryVisitor visitor) {
        final EntryFinder finder = entries.finder();
        for (int segment = 0; segment < segments() && !commands.isClosed(); segment++) {
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
        if (!commands.isClosed()) {
            commands.close();
            entries.abandonCheckpoint();
            storage.close();
        }
    }
}
