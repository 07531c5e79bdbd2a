package io.stoat.bench.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for programs of the host. */
final class PeerProcesses {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private PeerProcesses() {}

    static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IllegalStateException(what + " is not ready within 60 s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
