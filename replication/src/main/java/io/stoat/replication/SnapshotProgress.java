package io.stoat.replication;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which snapshots that Aeron Cluster's recording log shows are not complete: their entries are
 * still being copied, or that failed. Told by the service and its copier, asked by the upkeep; any
 * thread.
 */
final class SnapshotProgress {
    private final Set<Long> incomplete = ConcurrentHashMap.newKeySet();
    private volatile boolean isCopying;
    private volatile boolean hasFailed;

    /** A snapshot of this position will be known to the recording log before it is complete. */
    void begin(final long position) {
        incomplete.add(position);
        isCopying = true;
    }

    /** A snapshot of this position will never be complete. */
    void neverComplete(final long position) {
        incomplete.add(position);
        hasFailed = true;
    }

    /** Its end mark is recorded. */
    void complete(final long position) {
        incomplete.remove(position);
        hasFailed = false;
        isCopying = false;
    }

    /** Its copy has ended without an end mark. */
    void failed() {
        hasFailed = true;
        isCopying = false;
    }

    boolean isIncomplete(final long position) {
        return incomplete.contains(position);
    }

    /** Whether entries are being copied. */
    boolean isCopying() {
        return isCopying;
    }

    /** Whether the last snapshot stays incomplete: another one is due. */
    boolean hasFailed() {
        return hasFailed;
    }
}
