package io.stoat.ops.chaos;

import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicationException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The members to which faults happen, and what can be seen of them. One thread. */
final class Scene {
    static final int MEMBERS = 3;
    private static final long STEP_NS = 1_000_000;

    private final ClusterProcesses cluster;
    private final Random random;

    Scene(final ClusterProcesses cluster, final Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    ClusterProcesses cluster() {
        return cluster;
    }

    Random random() {
        return random;
    }

    MemberView view(final int member) {
        return MemberView.of(cluster.config(), member);
    }

    /** Who leads a later term than a leader did, or null. */
    MemberView successor(final MemberView before) {
        for (int member = 0; member < MEMBERS; member++) {
            final MemberView view = cluster.isRunning(member) ? viewOrNull(member) : null;
            if (view != null && view.isLeader() && view.term() > before.term()) {
                return view;
            }
        }
        return null;
    }

    private MemberView viewOrNull(final int member) {
        try {
            return view(member);
        } catch (final ReplicationException itIsJustStarting) {
            return null;
        }
    }

    /** Waits for {@link #successor}; null when none comes in time. */
    MemberView awaitSuccessor(final MemberView before, final long timeoutMs) {
        isWithin(timeoutMs, () -> successor(before) != null);
        return successor(before);
    }

    /** Waits for a condition; false when it does not come in time, which is a result. */
    static boolean isWithin(final long timeoutMs, final BooleanSupplier condition) {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNs >= 0) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
        }
        return true;
    }

    /** Looks until a fault has struck; what was seen last when it does not in time. */
    static Evidence await(final long timeoutMs, final Supplier<Evidence> look) {
        final Evidence[] seen = new Evidence[1];
        isWithin(
                timeoutMs,
                () -> {
                    seen[0] = look.get();
                    return seen[0].struck();
                });
        return seen[0];
    }

    /** Lets a fault last. */
    void last(final int atLeastMs, final int atMostMs) {
        isWithin(random.nextInt(atLeastMs, atMostMs), () -> false);
    }

    void ask(final int member, final MemberStatus.Request request) {
        try (MemberStatus status = status(member)) {
            status.ask(request);
        }
    }

    MemberStatus status(final int member) {
        return MemberStatus.attach(cluster.config().memberDir(0, member));
    }
}
