package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusterControl;
import io.aeron.cluster.ClusterTool;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.ElectionState;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusterCounters;
import io.aeron.cluster.service.ClusteredServiceContainer;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersReader;

/**
 * What a member does beside the log: shows that it lives, follows requests, asks for snapshots when
 * they are due (the leader), reports its own, and purges log and snapshots that are no longer
 * needed. On a thread of its own that mostly sleeps.
 */
final class MemberDuty implements Agent {
    private static final long UPKEEP_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long AFTER_FAILURE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long QUERY_TIMEOUT_MS = 500;
    private static final int CLOSED_ELECTION = ElectionState.CLOSED.code();
    private static final int LEADER = Cluster.Role.LEADER.code();
    private static final int CANDIDATE = Cluster.Role.CANDIDATE.code();

    private final MemberContext context;
    private final MemberDirectories directories;
    private final OwnMemberStatus status;
    private final AeronArchive.Context archiveContext;
    private final long launchedMs;
    private final SnapshotProgress progress;
    private final Runnable terminate;
    private final MemberStore store;
    private final LeaderReturn leaderReturn;
    private Aeron aeron;
    private CountersReader counters;
    private LogUpkeep upkeep;
    private MemberReporter reporter;
    // intervals are of the monotonic clock: somebody may set the other one
    private long nextUpkeepNs;
    private long lastSnapshotNs;
    private long loadedAt = -1;
    private boolean isLoaded;
    private boolean isSnapshotAsked;
    private boolean isEnding;
    private boolean isLive;
    private boolean hasForgotten;

    MemberDuty(
            final MemberContext context,
            final MemberDirectories directories,
            final OwnMemberStatus status,
            final AeronArchive.Context archiveContext,
            final long launchedMs,
            final SnapshotProgress progress,
            final MemberStore store,
            final Runnable terminate) {
        this.store = store;
        this.progress = progress;
        this.context = context;
        this.directories = directories;
        this.status = status;
        this.archiveContext = archiveContext;
        this.launchedMs = launchedMs;
        this.terminate = terminate;
        leaderReturn =
                new LeaderReturn(
                        context.config(),
                        context.group(),
                        context.member(),
                        membership ->
                                ClusterTool.listMembers(
                                        membership,
                                        directories.clusterDir().toFile(),
                                        QUERY_TIMEOUT_MS));
    }

    @Override
    public void onStart() {
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(directories.aeronDir().toString())
                                .errorHandler(context.errorHandler())
                                .subscriberErrorHandler(context.errorHandler()));
        counters = aeron.countersReader();
        nextUpkeepNs = System.nanoTime();
        lastSnapshotNs = nextUpkeepNs;
    }

    @Override
    public int doWork() {
        if (aeron.isClosed()) {
            return 0;
        }
        final long nowNs = System.nanoTime();
        status.heartbeat(System.currentTimeMillis());
        status.elections(value(AeronCounters.CLUSTER_ELECTION_COUNT_TYPE_ID));
        status.commitPosition(
                value(ClusteredServiceContainer.Configuration.COMMIT_POSITION_TYPE_ID));
        final boolean isElected =
                value(ConsensusModule.Configuration.ELECTION_STATE_TYPE_ID) == CLOSED_ELECTION
                        && value(ConsensusModule.Configuration.CONSENSUS_MODULE_STATE_TYPE_ID) > 0;
        if (isElected != isLive) {
            isLive = isElected;
            status.state(isLive ? MemberStatus.State.LIVE : MemberStatus.State.STARTING);
        }
        if (store.isDamaged()) {
            endDamaged();
        } else if (isLive && !isLoaded) {
            showLoaded();
        }
        final long role =
                isLive ? value(ConsensusModule.Configuration.CLUSTER_NODE_ROLE_TYPE_ID) : CANDIDATE;
        status.role(role);
        final boolean isLeader = role == LEADER;
        follow(status.takeRequest(), isLeader, nowNs);
        if (nowNs - nextUpkeepNs >= 0 && isLive) {
            nextUpkeepNs = nowNs + UPKEEP_INTERVAL_NS;
            upkeep(isLeader, nowNs);
            giveWay(isLeader, nowNs);
        }
        return reporter == null ? 0 : reporter.poll();
    }

    /** Nobody is to read on, and the next launch makes the shards anew. */
    private void endDamaged() {
        status.store(0);
        if (!isEnding) {
            isEnding = true;
            terminate.run();
        }
    }

    /**
     * The state is there once everything is applied that was committed when the member got live.
     */
    private void showLoaded() {
        if (loadedAt < 0) {
            loadedAt = status.commitPosition();
        }
        if (status.appliedPosition() >= loadedAt) {
            status.store(store.id());
            isLoaded = true;
        }
    }

    private long value(final int typeId) {
        final int id = ClusterCounters.find(counters, typeId, 0);
        return id == CountersReader.NULL_COUNTER_ID ? -1 : counters.getCounterValue(id);
    }

    private void follow(
            final MemberStatus.Request request, final boolean isLeader, final long nowNs) {
        switch (request) {
            case SNAPSHOT -> isSnapshotAsked = true;
            case STEP_DOWN -> {
                if (isLeader) {
                    terminate.run();
                }
            }
            default -> {
                // nobody asks
            }
        }
        // refused while one is being taken, which may be older than what the request is for
        isSnapshotAsked &= isLeader;
        if (isSnapshotAsked) {
            askForSnapshot(nowNs);
        }
    }

    private void upkeep(final boolean isLeader, final long nowNs) {
        try {
            if (upkeep == null) {
                upkeep =
                        new LogUpkeep(
                                context,
                                directories,
                                archiveContext.clone().aeron(aeron),
                                launchedMs,
                                progress);
                reporter = new MemberReporter(context, aeron, status);
            }
            if (!hasForgotten) {
                // the member lives: what it was launched with has done
                directories.forgetReplacedLog();
                hasForgotten = true;
            }
            upkeep.run(status.quorumSnapshotPosition());
            status.logStart(upkeep.logStart());
            reporter.report(upkeep.snapshotPosition());
            if (upkeep.snapshotPosition() > status.snapshotPosition()) {
                status.snapshot(upkeep.snapshotPosition(), status.snapshotPauseNs());
            }
            if (isLeader && isSnapshotDue(nowNs)) {
                askForSnapshot(nowNs);
            }
        } catch (final RuntimeException ex) {
            CloseHelper.quietClose(upkeep);
            upkeep = null;
            context.errorHandler().onError(ex);
        }
    }

    private void giveWay(final boolean isLeader, final long nowNs) {
        try {
            if (!progress.isCopying()
                    && leaderReturn.isDue(isLeader, TimeUnit.NANOSECONDS.toMillis(nowNs))) {
                terminate.run();
            }
        } catch (final RuntimeException ex) {
            context.errorHandler().onError(ex);
        }
    }

    private boolean isSnapshotDue(final long nowNs) {
        if (progress.isCopying()) {
            return false;
        }
        if (progress.hasFailed()) {
            // a member that fetches the newest snapshot needs a complete one
            return nowNs - lastSnapshotNs >= AFTER_FAILURE_NS;
        }
        final long logBytes = status.appliedPosition() - status.snapshotPosition();
        final long maxBytes = context.config().snapshotLogBytes();
        final long maxMs = context.config().snapshotIntervalMs();
        return maxBytes > 0 && logBytes >= maxBytes
                || maxMs > 0
                        && nowNs - lastSnapshotNs >= TimeUnit.MILLISECONDS.toNanos(maxMs)
                        && logBytes > 0;
    }

    private void askForSnapshot(final long nowNs) {
        final AtomicCounter toggle = ClusterControl.findControlToggle(counters, 0);
        if (toggle != null && ClusterControl.ToggleState.SNAPSHOT.toggle(toggle)) {
            lastSnapshotNs = nowNs;
            isSnapshotAsked = false;
        }
    }

    @Override
    public void onClose() {
        CloseHelper.quietCloseAll(reporter, upkeep, aeron);
    }

    @Override
    public String roleName() {
        return "stoat-member-duty";
    }
}
