package io.stoat.store;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The shards of one {@link StoreWriter} taken together: whatever concerns no single key, as {@link
 * StoreWriter}'s methods of the same names say. Writer's thread.
 */
final class WriterShards {
    private final Shard[] shards;
    private final int[] owned;
    private final AtomicReference<StoreGrowth> growth;
    private int sweepTurn;
    private int growTurn;

    /**
     * @param shards of the store, null where another writer has them.
     * @param growth of the store, null in it when there was none.
     */
    WriterShards(final Shard[] shards, final AtomicReference<StoreGrowth> growth) {
        this.shards = shards;
        this.growth = growth;
        int count = 0;
        final int[] indexes = new int[shards.length];
        for (int i = 0; i < shards.length; i++) {
            if (shards[i] != null) {
                indexes[count++] = i;
            }
        }
        owned = Arrays.copyOf(indexes, count);
    }

    /** The commands of each shard of the store, null where another writer has it. */
    ShardCommands[] commands() {
        final ShardCommands[] commands = new ShardCommands[shards.length];
        for (final int index : owned) {
            commands[index] = shards[index].commands();
        }
        return commands;
    }

    boolean owns(final int index) {
        return index >= 0 && index < shards.length && shards[index] != null;
    }

    /**
     * @throws IllegalArgumentException when it is not one of the writer's.
     */
    Shard get(final int index) {
        if (!owns(index)) {
            throw new IllegalArgumentException("shard " + index + " is not one of this writer's");
        }
        return shards[index];
    }

    void removalListener(final RemovalListener listener) {
        for (final int index : owned) {
            shards[index].removals(new ShardRemovals(index, listener));
        }
    }

    int sweep(final long timeMs, final int maxSlots) {
        if (owned.length == 0) {
            return 0;
        }
        final int removed = shards[owned[sweepTurn]].sweep(timeMs, maxSlots);
        sweepTurn = (sweepTurn + 1) % owned.length;
        return removed;
    }

    int sweepSegment(final long turn, final long timeMs) {
        if (owned.length == 0) {
            return 0;
        }
        final Shard swept = shards[owned[(int) Long.remainderUnsigned(turn, owned.length)]];
        final long segment = Long.divideUnsigned(turn, owned.length);
        return swept.sweepSegment((int) segment & swept.segments() - 1, timeMs);
    }

    int grow(final int maxSlots) {
        final StoreGrowth current = growth.getAcquire();
        if (current == null || owned.length == 0) {
            return 0;
        }
        int looked = 0;
        for (int tries = owned.length; looked == 0 && tries > 0; tries--) {
            looked = current.advance(owned[growTurn], maxSlots);
            growTurn = looked == 0 ? (growTurn + 1) % owned.length : growTurn;
        }
        return looked;
    }

    void clear() {
        for (final int index : owned) {
            shards[index].clear();
        }
    }

    void appliedTo(final long position, final long leadershipTerm) {
        for (final int index : owned) {
            shards[index].appliedTo(position, leadershipTerm);
        }
    }

    long contentChecksum(final long timeMs) {
        long sum = 0;
        for (final int index : owned) {
            sum += shards[index].contentChecksum(timeMs);
        }
        return sum;
    }

    long size() {
        long size = 0;
        for (final int index : owned) {
            size += shards[index].entryCount();
        }
        return size;
    }

    long segments() {
        long count = 0;
        for (final int index : owned) {
            count += shards[index].segments();
        }
        return count;
    }

    void forEachEntry(final EntryVisitor visitor) {
        final UnsafeBuffer keyView = new UnsafeBuffer(0, 0);
        final UnsafeBuffer valueView = new UnsafeBuffer(0, 0);
        for (final int index : owned) {
            shards[index].forEachEntry(keyView, valueView, visitor);
        }
    }

    Checkpoint beginCheckpoint(final CheckpointImages images, final long position) {
        for (final int index : owned) {
            if (shards[index].growth() != null) {
                throw new IllegalStateException(
                        "shard " + index + " is growing: no checkpoint can be made of it");
            }
        }
        final Path dataDir = owned.length == 0 ? null : shards[owned[0]].dataDir();
        final Checkpoint checkpoint = new Checkpoint(dataDir, images, owned, shards, position);
        for (int i = 0; i < owned.length; i++) {
            shards[owned[i]].checkpoint(checkpoint.shard(i));
        }
        return checkpoint;
    }

    void endCheckpoint() {
        for (final int index : owned) {
            shards[index].checkpoint(null);
        }
    }
}
