package io.stoat.store;

import static io.stoat.store.ControlDescriptor.*;

import org.agrona.UnsafeApi;

/**
 * Brings a {@link BatchPlan} into the map. The sequences of all segments that it touches are odd
 * from before the first change to after the last, so a reader that validates several keys together
 * sees all of the batch or nothing. Owner's thread.
 */
final class BatchCommit {
    private final ShardStorage storage;
    private final RedoSlot redo;
    private final BatchPlan plan;
    private int refused;

    BatchCommit(final ShardStorage storage, final RedoSlot redo, final BatchPlan plan) {
        this.storage = storage;
        this.redo = redo;
        this.plan = plan;
    }

    /**
     * Applies all changes, or none.
     *
     * @param position of the batch.
     * @return {@link Status#OK}, with the slot still armed, or {@link Status#STORE_FULL}, with the
     *     slot idle.
     */
    int run(final long position) {
        plan.arm(position);
        hold();
        try {
            for (int i = 0; i < plan.count(); i++) {
                if (plan.needsRoom(i) && putThroughMap(i) != Status.OK) {
                    refused = plan.commandOf(i);
                    redo.turnBack();
                    undo(i);
                    redo.disarm();
                    return Status.STORE_FULL;
                }
            }
            for (int i = 0; i < plan.count(); i++) {
                if (plan.isRemove(i)) {
                    storage.remove(
                            plan.keyAddress(i), plan.keyLength(i), plan.hash(i), plan.oldLength(i));
                } else if (plan.isPut(i) && !plan.needsRoom(i)) {
                    overwrite(i);
                }
            }
            return Status.OK;
        } finally {
            release();
        }
    }

    private int putThroughMap(final int i) {
        return storage.put(
                plan.keyAddress(i),
                plan.keyLength(i),
                plan.hash(i),
                plan.valueAddress(i),
                plan.valueLength(i),
                plan.oldLength(i));
    }

    private void overwrite(final int i) {
        final EntryFinder finder = storage.finder();
        if (plan.valueLength(i) == plan.oldLength(i)
                && finder.find(null, plan.keyAddress(i), plan.keyLength(i), plan.hash(i))
                        == EntryFinder.FOUND) {
            UnsafeApi.copyMemory(plan.valueAddress(i), finder.valueAddress(), plan.valueLength(i));
        } else {
            // a shorter value stays in its place
            putThroughMap(i);
        }
    }

    /** Takes back the changes before the refused one; none of that needs room. */
    private void undo(final int end) {
        for (int i = end - 1; i >= 0; i--) {
            if (plan.needsRoom(i)) {
                if (plan.oldLength(i) == BatchPlan.ABSENT) {
                    storage.remove(
                            plan.keyAddress(i),
                            plan.keyLength(i),
                            plan.hash(i),
                            plan.valueLength(i));
                } else {
                    storage.put(
                            plan.keyAddress(i),
                            plan.keyLength(i),
                            plan.hash(i),
                            plan.oldValueAddress(i),
                            plan.oldLength(i),
                            plan.valueLength(i));
                }
            }
        }
    }

    private void hold() {
        for (int i = 0; i < plan.count(); i++) {
            final long address = storage.sequenceAddress(plan.hash(i));
            final long sequence = UnsafeApi.getLong(address);
            if ((sequence & 1) == 0) {
                UnsafeApi.putLongRelease(null, address, sequence + 1);
            }
        }
        // no change must become visible before the odd sequences
        UnsafeApi.storeFence();
    }

    private void release() {
        for (int i = 0; i < plan.count(); i++) {
            final long address = storage.sequenceAddress(plan.hash(i));
            final long sequence = UnsafeApi.getLong(address);
            if ((sequence & 1) != 0) {
                UnsafeApi.putLongRelease(null, address, sequence + 1);
            }
        }
    }

    /** Index of the command that found no room. */
    int refusedCommand() {
        return refused;
    }
}
