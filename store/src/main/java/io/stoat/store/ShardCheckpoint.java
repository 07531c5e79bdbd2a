package io.stoat.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * What a shard's writer and the copier of a {@link Checkpoint} tell each other: which segments are
 * copied, and which one changes so often that the copier needs the writer's help.
 */
final class ShardCheckpoint {
    private static final int NOTHING = -1;
    private static final int LISTING = -2;
    private static final int LISTED = -3;
    private static final int COPIED = 1;

    private final Checkpoint checkpoint;
    private final CheckpointImages images;
    private final int index;
    private final AtomicIntegerArray segments;
    private final AtomicInteger wanted = new AtomicInteger(NOTHING);
    private volatile SlotList list;

    ShardCheckpoint(
            final Checkpoint checkpoint,
            final CheckpointImages images,
            final int index,
            final int segments) {
        this.checkpoint = checkpoint;
        this.images = images;
        this.index = index;
        this.segments = new AtomicIntegerArray(segments);
    }

    int index() {
        return index;
    }

    long position() {
        return checkpoint.position();
    }

    /**
     * Writer: something of the hash's segment is about to change; its sequence is still even.
     *
     * @param valueAddress of the entry that will change, 0 when there is none.
     * @param valueLength with the header.
     */
    void beforeChange(
            final EntryFinder finder,
            final long hash,
            final long keyAddress,
            final int keyLength,
            final long valueAddress,
            final int valueLength) {
        final int segment = finder.segmentOf(hash);
        if (segments.get(segment) == COPIED || checkpoint.isEnded()) {
            return;
        }
        if (wanted.get() == segment && wanted.compareAndSet(segment, LISTING)) {
            if (!list.fill(finder, segment)) {
                checkpoint.abandon();
            }
            wanted.set(LISTED);
        }
        if (valueAddress != 0 && ValueDescriptor.version(valueAddress) <= checkpoint.position()) {
            images.save(keyAddress, keyLength, valueAddress, valueLength, checkpoint);
        }
    }

    /** Writer: all changes of a batch are about to be made. */
    void beforeChanges(final EntryFinder finder, final BatchPlan plan) {
        for (int i = 0; i < plan.count(); i++) {
            final long keyAddress = plan.keyAddress(i);
            final int length = plan.keyLength(i);
            final long hash = plan.hash(i);
            final boolean found = finder.find(null, keyAddress, length, hash) == EntryFinder.FOUND;
            beforeChange(
                    finder,
                    hash,
                    keyAddress,
                    length,
                    found ? finder.valueAddress() : 0,
                    found ? finder.valueLength() : 0);
        }
    }

    /** Writer: the entries are about to change in a way that cannot be told one by one. */
    void abandon() {
        checkpoint.abandon();
    }

    /**
     * Copier: asks the writer to list a segment's slots before it changes the segment again.
     *
     * @param slots filled by the writer, and to be left alone until {@link #takeList()}.
     */
    void wantList(final int segment, final SlotList slots) {
        list = slots;
        wanted.set(segment);
    }

    /** Copier: whether the writer has done so; then nothing is wanted any more. */
    boolean takeList() {
        return wanted.compareAndSet(LISTED, NOTHING);
    }

    /** Copier: takes the wish back; false when the writer is at it or has done it. */
    boolean withdraw(final int segment) {
        return wanted.compareAndSet(segment, NOTHING);
    }

    /** Copier: from here on the writer keeps nothing of the segment. */
    void copied(final int segment) {
        segments.set(segment, COPIED);
    }
}
