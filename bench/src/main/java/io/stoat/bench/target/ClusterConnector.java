package io.stoat.bench.target;

import io.stoat.replication.MemberReader;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** Clients of a cluster of three, and what may happen to it. */
final class ClusterConnector implements Target.Connector {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    private static final long KILL_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    private final RunContext context;
    private final boolean isLinearizable;
    private final ClusterFiles files;

    ClusterConnector(final RunContext context, final boolean isLinearizable) {
        this.context = context;
        this.isLinearizable = isLinearizable;
        files = new ClusterFiles(ClusterFiles.file(context.directory()));
    }

    @Override
    public Function<InFlight, Session> connect(final int client) {
        return inFlight ->
                DelayedSession.slowed(
                        inFlight,
                        context.option(RunContext.SLOWED_BUILD_PERCENT, null),
                        completions ->
                                new ClusterSession(
                                        clientContext(),
                                        isLinearizable
                                                ? null
                                                : MemberReader.attach(files.config(), 0),
                                        context.workload().valueLength(),
                                        batch(context.options()),
                                        inFlight,
                                        completions));
    }

    /** Most writes of a message. */
    static int batch(final Map<String, String> options) {
        return Integer.parseInt(options.getOrDefault("batch", "16"));
    }

    private ReplicatedClientContext clientContext() {
        return new ReplicatedClientContext()
                .config(files.config())
                .timeoutNs(Math.min(TIMEOUT_NS, ReplicatedClientContext.MAX_TIMEOUT_NS))
                .driverOnCallerThread(true)
                .idleStrategy(
                        context.pinned()
                                ? new BusySpinIdleStrategy()
                                : new BackoffIdleStrategy(200, 100, 1_000, 50_000));
    }

    @Override
    public BooleanSupplier cause(final Target.Event event) {
        final int leader = files.leader();
        if (leader < 0) {
            throw new IllegalStateException("no member leads: " + event.label() + " cannot be");
        }
        return switch (event) {
            case KILL_LEADER -> kill(leader);
            case SNAPSHOT -> snapshot(leader);
        };
    }

    private BooleanSupplier kill(final int leader) {
        final long pid;
        try (MemberStatus status = files.attach(leader)) {
            pid = status.pid();
        }
        ProcessHandle.of(pid).ifPresent(ClusterConnector::killAndWait);
        return () -> {
            try (MemberStatus status = files.attach(leader)) {
                return status.pid() != pid && files.isLive(leader);
            } catch (final ReplicationException notYet) {
                return false;
            }
        };
    }

    private static void killAndWait(final ProcessHandle process) {
        process.destroyForcibly();
        final long deadlineNs = System.nanoTime() + KILL_TIMEOUT_NS;
        while (process.isAlive() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(50_000);
        }
    }

    private BooleanSupplier snapshot(final int leader) {
        final long before;
        try (MemberStatus status = files.attach(leader)) {
            before = status.snapshotPosition();
            status.ask(MemberStatus.Request.SNAPSHOT);
        }
        return () -> {
            try (MemberStatus status = files.attach(leader)) {
                return status.snapshotPosition() > before;
            } catch (final ReplicationException gone) {
                return false;
            }
        };
    }

    @Override
    public void close() {
        // each session closes what it opened
    }
}
