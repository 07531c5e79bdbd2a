package io.stoat.store;

import net.openhft.chronicle.map.ChronicleMap;

/**
 * Finishes the batch in the redo slot of a killed owner: applies it as a whole, or, when it had
 * found no room, takes it back as a whole. What was done already is done again, which changes
 * nothing. The map's structures are sound by now.
 */
final class BatchRecovery {
    /** Takes back what a put without room left behind. */
    interface Undo {
        void undo(
                RuntimeException refusal,
                ChronicleMap<NativeBytes, NativeBytes> map,
                long keyAddress,
                int keyLength,
                long keyHash);
    }

    private final RedoSlot redo;
    private final ChronicleMap<NativeBytes, NativeBytes> map;
    private final Undo undo;
    private final BatchPlan plan;
    private final NativeBytes key = new NativeBytes();
    private final NativeBytes value = new NativeBytes();

    BatchRecovery(
            final RedoSlot redo,
            final ChronicleMap<NativeBytes, NativeBytes> map,
            final Undo undo) {
        this.redo = redo;
        this.map = map;
        this.undo = undo;
        plan = new BatchPlan(redo);
        plan.load();
    }

    /** Returns whether the batch is applied. */
    boolean run() {
        if (redo.operation() == RedoSlot.BATCH && putAll()) {
            return true;
        }
        // a recovery that is itself killed must not begin to apply it again
        redo.turnBack();
        takeBack();
        return false;
    }

    /** Those that need room first, in the owner's order; false when one finds none. */
    private boolean putAll() {
        for (int i = 0; i < plan.count(); i++) {
            if (plan.needsRoom(i) && !put(i, plan.valueAddress(i), plan.valueLength(i))) {
                return false;
            }
        }
        for (int i = 0; i < plan.count(); i++) {
            if (plan.isRemove(i)) {
                map.remove(key.wrap(plan.keyAddress(i), plan.keyLength(i)));
            } else if (plan.isPut(i) && !plan.needsRoom(i)) {
                put(i, plan.valueAddress(i), plan.valueLength(i));
            }
        }
        return true;
    }

    private void takeBack() {
        for (int i = plan.count() - 1; i >= 0; i--) {
            if (plan.needsRoom(i)) {
                if (plan.oldLength(i) == BatchPlan.ABSENT) {
                    map.remove(key.wrap(plan.keyAddress(i), plan.keyLength(i)));
                } else {
                    put(i, plan.oldValueAddress(i), plan.oldLength(i));
                }
            }
        }
    }

    private boolean put(final int i, final long valueAddress, final int length) {
        try {
            map.put(
                    key.wrap(plan.keyAddress(i), plan.keyLength(i)),
                    value.wrap(valueAddress, length));
            return true;
        } catch (final RuntimeException ex) {
            if (!RefusedPut.isRefusal(ex)) {
                throw ex;
            }
            undo.undo(ex, map, plan.keyAddress(i), plan.keyLength(i), plan.hash(i));
            return false;
        }
    }
}
