package io.stoat.store;

import java.nio.file.Path;

/**
 * The entries of a writer's shards as of one position, copied by another thread while the writer
 * goes on.
 *
 * <p>An entry's version is the position that wrote it, so an entry whose version is not above the
 * checkpoint's position has not changed since. The copier reads the shards as any reader does and
 * shows such entries. Before the writer changes or removes one of them, it hands the entry over as
 * it is, unless its segment is copied already. An entry may be shown twice, with the same content.
 *
 * <p>Begun by {@link StoreWriter#beginCheckpoint} on the writer's thread; {@link #copy} runs on one
 * other thread, and has to have returned before the next one is begun; {@link #abandon()} may be
 * called by any. The writer allocates nothing for it, and waits for the copier only when {@link
 * CheckpointImages} is full; in the end it abandons the checkpoint rather than wait for long.
 */
public final class Checkpoint {
    private final Path dataDir;
    private final CheckpointImages images;
    private final ShardCheckpoint[] shards;
    private final long position;
    private volatile boolean isEnded;
    private volatile boolean isAbandoned;

    Checkpoint(
            final Path dataDir,
            final CheckpointImages images,
            final int[] owned,
            final Shard[] all,
            final long position) {
        this.dataDir = dataDir;
        this.images = images;
        this.position = position;
        images.reset();
        shards = new ShardCheckpoint[owned.length];
        for (int i = 0; i < owned.length; i++) {
            shards[i] = new ShardCheckpoint(this, images, owned[i], all[owned[i]].segments());
        }
    }

    ShardCheckpoint shard(final int index) {
        return shards[index];
    }

    /**
     * Shows every entry that the shards held at the checkpoint's position, expired ones, too, some
     * of them twice. Ends the checkpoint, however it ends.
     *
     * @param visitor called on this thread with buffers that are valid until it returns.
     * @throws DamageException when an entry or a shard is not what was written: what was shown is
     *     incomplete then.
     * @throws StoreException when a shard was replaced, or {@link #abandon()} was called: as above.
     */
    public void copy(final EntryVisitor visitor) {
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            final CheckpointScan scan = new CheckpointScan(this, images, visitor);
            for (final ShardCheckpoint shard : shards) {
                scan.run(reader.shardAt(shard.index()), shard);
            }
            images.drainAll(visitor);
            requireWanted();
        } finally {
            isEnded = true;
        }
    }

    /** Makes {@link #copy} end soon, with an exception, and the writer go on without it. */
    public void abandon() {
        isAbandoned = true;
        isEnded = true;
    }

    /**
     * @return whether the copy has ended, complete or not; any thread.
     */
    public boolean isEnded() {
        return isEnded;
    }

    /**
     * @return position that the checkpoint is of.
     */
    public long position() {
        return position;
    }

    /**
     * @return entries that the writer handed over; writer's thread.
     */
    public long savedImages() {
        return images.saved();
    }

    /**
     * @return how long the writer waited because entries came faster than they were copied, ns;
     *     writer's thread.
     */
    public long waitedNs() {
        return images.waitedNs();
    }

    void requireWanted() {
        if (isAbandoned) {
            throw new StoreException("the checkpoint at position " + position + " was abandoned");
        }
    }
}
