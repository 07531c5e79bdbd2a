package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ClusterBackup;
import io.aeron.cluster.ClusterBackupEventsListener;
import io.aeron.cluster.ClusterMember;
import io.aeron.cluster.RecordingLog;
import java.io.File;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.concurrent.SystemEpochClock;

/**
 * Fetches the last snapshot and the log since then from the leader, by Aeron's cluster backup, for
 * a member that has no log (new, or its disk was wiped) or whose log ends before the others' begin.
 * It takes part in elections only afterwards, so that what it once acknowledged is not outvoted.
 */
final class MemberSeed {
    private static final long IDLE_LIMIT_NS = TimeUnit.SECONDS.toNanos(15);
    private static final int ATTEMPTS = 60;
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    private MemberSeed() {}

    /** What one attempt has fetched. */
    record Fetched(long position, SnapshotChoice snapshots) {}

    /**
     * Fetches until the newest snapshot that came is whole: the leader may just be copying its
     * entries.
     *
     * @param attempt fetches once.
     * @param beforeNext called before each further attempt.
     * @return log position that was reached.
     * @throws ReplicationException when the leader's newest snapshot is damaged, or stays
     *     incomplete.
     */
    static long untilWhole(final Supplier<Fetched> attempt, final Runnable beforeNext) {
        for (int i = 0; i < ATTEMPTS; i++) {
            final Fetched fetched = attempt.get();
            if (fetched.snapshots().isNewest()) {
                return fetched.position();
            }
            if (fetched.snapshots().isAnyDamaged()) {
                throw new ReplicationException(
                        "what the leader sends is not whole: "
                                + fetched.snapshots().findings()
                                + "; let the members take another one: stoat cluster snapshot");
            }
            LockSupport.parkNanos(PAUSE_NS);
            beforeNext.run();
        }
        throw new ReplicationException(
                "the leader's newest snapshot stays incomplete: see its errors");
    }

    /** Where a copy goes, and how the one who makes it is reached. */
    record Target(
            String aeronDir,
            File clusterDir,
            AeronArchive.Context localArchive,
            String host,
            String consensusEndpoint,
            String fetchEndpoint,
            int except) {}

    static long fetch(
            final MemberContext context,
            final MemberDirectories directories,
            final AeronArchive.Context localArchive,
            final long toPosition) {
        final ClusterConfig config = context.config();
        final int member = context.member();
        return fetch(
                config,
                context.group(),
                new Target(
                        directories.aeronDir().toString(),
                        directories.clusterDir().toFile(),
                        localArchive,
                        config.host(member),
                        config.consensusEndpoint(context.group(), member),
                        config.seedEndpoint(context.group(), member),
                        member),
                toPosition);
    }

    /**
     * Copies the leader's last snapshot and its log since then.
     *
     * @param toPosition that the log has to reach.
     * @return position that it has reached.
     */
    static long fetch(
            final ClusterConfig config,
            final int group,
            final Target target,
            final long toPosition) {
        final Progress progress = new Progress(toPosition);
        try (ClusterBackup backup =
                ClusterBackup.launch(backupContext(config, group, target, progress))) {
            while (!progress.isDone()) {
                if (progress.isStuck()) {
                    throw new ReplicationException(
                            "cannot fetch snapshot and log from the leader"
                                    + progress.cause()
                                    + "; is a quorum of the members running?");
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
        return progress.position;
    }

    private static ClusterBackup.Context backupContext(
            final ClusterConfig config,
            final int group,
            final Target target,
            final Progress progress) {
        return new ClusterBackup.Context()
                .aeronDirectoryName(target.aeronDir())
                .clusterDir(target.clusterDir())
                .archiveContext(target.localArchive())
                .clusterArchiveContext(PeerLogs.peerContext(config, group, target.host(), 0))
                .clusterConsensusEndpoints(
                        IntStream.range(0, config.members())
                                .filter(peer -> peer != target.except())
                                .mapToObj(peer -> config.consensusEndpoint(group, peer))
                                .collect(Collectors.joining(",")))
                .consensusChannel(
                        "aeron:udp?term-length=64k|"
                                + MemberEngine.controlMtu(config)
                                + "|endpoint="
                                + target.consensusEndpoint())
                .catchupEndpoint(target.fetchEndpoint())
                .catchupChannel("aeron:udp?mtu=" + config.mtu())
                .sourceType(ClusterBackup.SourceType.LEADER)
                .initialReplayStart(ClusterBackup.Configuration.ReplayStart.LATEST_SNAPSHOT)
                .clusterBackupIntervalNs(TimeUnit.HOURS.toNanos(1))
                .clusterBackupResponseTimeoutNs(TimeUnit.SECONDS.toNanos(1))
                .clusterBackupProgressTimeoutNs(TimeUnit.SECONDS.toNanos(5))
                .clusterBackupCoolDownIntervalNs(TimeUnit.MILLISECONDS.toNanos(200))
                .credentialsSupplier(config.token().credentialsSupplier())
                .eventsListener(progress)
                .epochClock(SystemEpochClock.INSTANCE)
                .errorHandler(progress::onError);
    }

    /** Written by the backup's thread, read by the one that waits. */
    private static final class Progress implements ClusterBackupEventsListener {
        private final long toPosition;
        private volatile boolean isUpdated;
        private volatile long position = -1;
        private volatile long progressNs = System.nanoTime();
        private volatile Throwable error;

        Progress(final long toPosition) {
            this.toPosition = toPosition;
        }

        void onError(final Throwable ex) {
            error = ex;
        }

        boolean isDone() {
            return isUpdated && position >= toPosition;
        }

        boolean isStuck() {
            return System.nanoTime() - progressNs > IDLE_LIMIT_NS;
        }

        String cause() {
            return error == null ? "" : " (" + error.getMessage() + ")";
        }

        @Override
        public void onBackupQuery() {}

        @Override
        public void onPossibleFailure(final Exception ex) {
            error = ex;
        }

        @Override
        public void onBackupResponse(
                final ClusterMember[] clusterMembers,
                final ClusterMember logSourceMember,
                final List<RecordingLog.Snapshot> snapshotsToRetrieve) {
            progressNs = System.nanoTime();
        }

        @Override
        public void onUpdatedRecordingLog(
                final RecordingLog recordingLog,
                final List<RecordingLog.Snapshot> snapshotsRetrieved) {
            progressNs = System.nanoTime();
            isUpdated = true;
        }

        @Override
        public void onLiveLogProgress(
                final long recordingId, final long recordingPosCounterId, final long logPosition) {
            if (logPosition > position) {
                position = logPosition;
                progressNs = System.nanoTime();
            }
        }
    }
}
