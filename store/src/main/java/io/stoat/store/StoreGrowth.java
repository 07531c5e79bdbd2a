package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Grows the shards of a store: a thread of its own makes the larger files and, at the end, unmaps
 * and deletes the old ones, as both take long; the threads that own the shards copy and switch, in
 * slices. Until the mark names a shard's larger files, the present ones are the store; a growth
 * that is cut off leaves files that the next owner deletes.
 */
final class StoreGrowth implements Runnable {
    static final String THREAD_NAME = "stoat-growth";

    private static final long WAIT_NS = 1_000_000;

    private final Path dataDir;
    private final StoreMark mark;
    private final Shard[] shards;
    private final Growth growth;
    private final ShardSizing[] sizings;
    private final long generation;
    private final Object unmapping;
    private final AtomicReferenceArray<ShardStorage> larger;
    private final AtomicIntegerArray inUse;
    private final ShardStorage[] old;

    /** Each written before {@link #larger}, and read after it. */
    private final EvictionIndex[] orders;

    private final int maxBatchLength;
    private volatile boolean abandoned;

    /**
     * @param unmapping lock that whoever touches a control file from another thread than the
     *     owner's holds.
     */
    StoreGrowth(
            final Path dataDir,
            final StoreMark mark,
            final Shard[] shards,
            final long entries,
            final Object unmapping) {
        this.dataDir = dataDir;
        this.mark = mark;
        this.shards = shards;
        this.unmapping = unmapping;
        larger = new AtomicReferenceArray<>(shards.length);
        inUse = new AtomicIntegerArray(shards.length);
        old = new ShardStorage[shards.length];
        orders = new EvictionIndex[shards.length];
        sizings = new ShardSizing[shards.length];
        int count = 0;
        long highest = ShardFiles.FIRST_GENERATION;
        long need = 0;
        long redoLength = 0;
        for (int i = 0; i < shards.length; i++) {
            final ControlFile control = shards[i].storage().control();
            final ShardSizing sizing = ShardSizing.grown(control, entries, shards.length);
            highest = Math.max(highest, mark.shardGeneration(i));
            redoLength = control.get(REDO_LENGTH_OFFSET);
            // a growth that was cut off may have switched this shard
            if (sizing.capacityEntries() > control.get(CAPACITY_ENTRIES_OFFSET)) {
                sizings[i] = sizing;
                old[i] = shards[i].storage();
                need += sizing.estimatedBytes();
                count++;
            }
        }
        StoreDirectory.requireRoom(dataDir, need, entries);
        maxBatchLength = RedoSlot.maxBatchLength(redoLength);
        generation = highest + 1;
        growth = new Growth(entries, count);
    }

    Growth growth() {
        return growth;
    }

    @Override
    public void run() {
        try {
            for (int i = 0; i < shards.length && !abandoned; i++) {
                if (sizings[i] != null) {
                    orders[i] = shards[i].newOrder(sizings[i].capacityEntries());
                    larger.set(
                            i,
                            ShardOpener.create(
                                    dataDir,
                                    i,
                                    generation,
                                    sizings[i],
                                    mark.maxValueLength(),
                                    maxBatchLength));
                }
            }
            growth.copying();
            while (growth.shardsSwitched() < growth.shards()
                    && growth.failure() == null
                    && !abandoned) {
                LockSupport.parkNanos(WAIT_NS);
            }
        } catch (final IOException | RuntimeException ex) {
            growth.fail(
                    "cannot make larger shards in "
                            + dataDir
                            + ": "
                            + ex.getMessage()
                            + "; free space there and try again");
        }
        try {
            end();
        } catch (final IOException | RuntimeException ex) {
            growth.fail("cannot delete old files in " + dataDir + ": " + ex.getMessage());
        }
    }

    private void end() throws IOException {
        for (int i = 0; i < shards.length; i++) {
            if (larger.get(i) == null) {
                if (sizings[i] != null) {
                    ShardFiles.delete(dataDir, i, generation);
                }
                continue;
            }
            while (inUse.get(i) != 0 && !abandoned) {
                // the owner's thread lets go of it at its next slice
                LockSupport.parkNanos(WAIT_NS);
            }
            final boolean switched = mark.shardGeneration(i) == generation;
            final ShardStorage gone = switched ? old[i] : larger.get(i);
            final long goneGeneration = gone.control().get(GENERATION_OFFSET);
            synchronized (unmapping) {
                gone.discard();
            }
            ShardFiles.delete(dataDir, i, goneGeneration);
        }
        if (growth.shardsSwitched() == growth.shards()) {
            mark.signalGrown(generation, growth.entries());
            growth.done();
        } else if (growth.failure() == null) {
            growth.fail("the store was closed before every shard had switched: grow it again");
        }
    }

    /**
     * Does a slice of a shard's growth, on the thread that owns the shard.
     *
     * @return slots looked at, 0 when there is nothing to do.
     */
    int advance(final int index, final int maxSlots) {
        final ShardStorage target = larger.get(index);
        final Shard shard = shards[index];
        if (growth.state() == Growth.State.FAILED && shard.growth() != null) {
            shard.abandonGrowth();
            inUse.set(index, 0);
        }
        if (target == null || growth.state() != Growth.State.COPYING || shard.storage() == target) {
            return 0;
        }
        final long startNs = System.nanoTime();
        if (shard.growth() == null) {
            inUse.set(index, 1);
            shard.beginGrowth(new ShardGrowth(shard.storage(), target), orders[index]);
            orders[index] = null;
        }
        final int looked = shard.advanceGrowth(maxSlots);
        final boolean copied = shard.isGrown();
        if (copied) {
            shard.switchTo(target, mark, index);
            inUse.set(index, 0);
        } else if (shard.growth().isFailed()) {
            shard.abandonGrowth();
            inUse.set(index, 0);
            growth.fail(
                    "shard " + index + " found no room in its larger file: free space on the disk");
        }
        growth.onSlice(System.nanoTime() - startNs, copied);
        return Math.max(1, looked);
    }

    /** Ends a growth whose owners have stopped. */
    void abandon() {
        abandoned = true;
    }
}
