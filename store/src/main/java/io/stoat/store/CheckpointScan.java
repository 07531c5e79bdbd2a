package io.stoat.store;

import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.UnsafeApi;

/**
 * Reads shards for a {@link Checkpoint} while their writer goes on. Of each segment the slots are
 * listed as of one moment; then the entry of each is read, validated against the segment's
 * sequence, wherever removals have shifted its slot to. An entry that is no longer there, or has a
 * version above the checkpoint's position, was handed over by the writer if it counts. Copier's
 * thread.
 */
final class CheckpointScan {
    private static final int LIST_ATTEMPTS = 64;
    private static final int SPINS = 64;
    private static final int ENTRIES_PER_DRAIN = 32;
    private static final int GONE = EntryFinder.ABSENT;

    private final Checkpoint checkpoint;
    private final CheckpointImages images;
    private final EntryVisitor visitor;
    private final SlotList own = new SlotList();
    private final SlotList fromWriter = new SlotList();
    private final ExpandableDirectByteBuffer copy = new ExpandableDirectByteBuffer(64 * 1024);
    private final CheckpointEntry entry = new CheckpointEntry();
    private ShardReader reader;
    private ShardCheckpoint shard;
    private long sequenceAddress;
    private int keyLength;
    private int valueLength;

    CheckpointScan(
            final Checkpoint checkpoint,
            final CheckpointImages images,
            final EntryVisitor visitor) {
        this.checkpoint = checkpoint;
        this.images = images;
        this.visitor = visitor;
    }

    void run(final ShardReader shardReader, final ShardCheckpoint shardCheckpoint) {
        reader = shardReader;
        shard = shardCheckpoint;
        for (int segment = 0; segment < reader.segments(); segment++) {
            sequenceAddress = reader.sequenceAddressOf(segment);
            final SlotList list = list(segment);
            for (int tier = 0; tier < list.tiers(); tier++) {
                copyTier(segment, tier, list);
            }
            shard.copied(segment);
        }
    }

    /** The segment's slots; of a segment that never holds still, as the writer lists them. */
    private SlotList list(final int segment) {
        for (int attempt = 0; attempt < LIST_ATTEMPTS; attempt++) {
            if (tryList(segment)) {
                return own;
            }
            pause(attempt);
        }
        fromWriter.reserveLike(own);
        shard.wantList(segment, fromWriter);
        for (int attempt = 0; ; attempt++) {
            if (shard.takeList()) {
                return fromWriter;
            }
            if (tryList(segment) && shard.withdraw(segment)) {
                return own;
            }
            pause(attempt);
        }
    }

    private boolean tryList(final int segment) {
        final long sequence = ShardReader.sequence(sequenceAddress);
        if (ShardReader.isOdd(sequence)) {
            return false;
        }
        final boolean sound = own.fill(reader.finder(), segment);
        if (!ShardReader.isUnchanged(sequenceAddress, sequence)) {
            return false;
        }
        if (!sound && !reader.follow()) {
            throw damaged(segment);
        }
        return sound;
    }

    private void copyTier(final int segment, final int tier, final SlotList list) {
        int sinceDrain = 0;
        for (int at = list.start(tier); at < list.end(tier); at++) {
            if (copyEntry(segment, tier, list.slot(at)) != GONE) {
                show();
            }
            if (++sinceDrain == ENTRIES_PER_DRAIN) {
                sinceDrain = 0;
                checkpoint.requireWanted();
                images.drain(visitor);
            }
        }
        checkpoint.requireWanted();
        images.drain(visitor);
    }

    private int copyEntry(final int segment, final int tierNumber, final long slot) {
        for (int attempt = 0; ; attempt++) {
            final long sequence = ShardReader.sequence(sequenceAddress);
            if (!ShardReader.isOdd(sequence)) {
                final int result = tryCopy(reader.finder(), segment, tierNumber, slot);
                if (ShardReader.isUnchanged(sequenceAddress, sequence)) {
                    if (result != EntryFinder.OUT_OF_BOUNDS) {
                        return result;
                    }
                    if (!reader.follow()) {
                        throw damaged(segment);
                    }
                }
            }
            pause(attempt);
        }
    }

    /** Only what is validated by the caller counts. */
    private int tryCopy(
            final EntryFinder finder, final int segment, final int tierNumber, final long slot) {
        long tier = finder.firstTier(segment);
        for (int i = 0; i < tierNumber; i++) {
            tier = finder.nextTier(segment, tier);
            if (tier <= 0) {
                return EntryFinder.OUT_OF_BOUNDS;
            }
        }
        long at = finder.firstChoice(slot);
        long left = finder.slotCapacity();
        for (long found = finder.slotAt(tier, at); found != slot; found = finder.slotAt(tier, at)) {
            if (found == 0 || --left == 0) {
                return GONE;
            }
            at = at + 1 & finder.slotCapacity() - 1;
        }
        final int result = finder.entryAt(tier, at);
        if (result != EntryFinder.FOUND) {
            return result;
        }
        final long valueAddress = finder.valueAddress();
        if (ValueDescriptor.version(valueAddress) > shard.position()) {
            return GONE;
        }
        keyLength = finder.keyLength();
        valueLength = finder.valueLength();
        copy.checkLimit(keyLength + valueLength);
        UnsafeApi.copyMemory(finder.keyAddress(), copy.addressOffset(), keyLength);
        UnsafeApi.copyMemory(valueAddress, copy.addressOffset() + keyLength, valueLength);
        return EntryFinder.FOUND;
    }

    private void show() {
        final long keyAddress = copy.addressOffset();
        entry.show(keyAddress, keyLength, keyAddress + keyLength, valueLength, visitor);
    }

    /** Lets the writer get on; it may itself be waiting for room. */
    private void pause(final int attempt) {
        if (attempt % SPINS == SPINS - 1) {
            checkpoint.requireWanted();
            if (reader.isRetired()) {
                throw new StoreException("a shard was replaced during a checkpoint");
            }
            images.drain(visitor);
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private DamageException damaged(final int segment) {
        return new DamageException(
                "segment " + segment + " of shard " + shard.index() + " is damaged");
    }
}
