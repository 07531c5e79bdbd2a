package io.stoat.replication;

import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/**
 * A running member of a group of a cluster: media driver, archive, consensus module and the service
 * that owns the group's shards, all in this JVM. Everything about it follows from {@link
 * ClusterConfig} and its numbers.
 *
 * <p>When the member ends by itself ({@link #isTerminated()}: it was asked to step down, its log
 * fell behind what the others keep, or an error) it is to be closed and launched again: it then
 * resumes, is rebuilt, or fetches what it lacks from the others.
 */
public final class ReplicatedMember implements AutoCloseable {
    private static final long DUTY_INTERVAL_MS = 10;

    private final MemberContext context;
    private final MemberDirectories directories;
    private final MemberStatus status;
    private final AtomicBoolean terminated = new AtomicBoolean();
    private MediaDriver driver;
    private Archive archive;
    private MemberStore store;
    private ReplicatedStoreService service;
    private ConsensusModule consensusModule;
    private ClusteredServiceContainer container;
    private AgentRunner duty;
    private boolean closed;

    private ReplicatedMember(final MemberContext context, final MemberDirectories directories) {
        this.context = context;
        this.directories = directories;
        status = MemberStatus.own(directories.memberDir(), context.member());
    }

    /**
     * Starts the member: returns when its parts run, which is before there is a leader.
     *
     * @param context settings; concluded here.
     * @return the member.
     * @throws ReplicationException naming setting, value and mend: another process is this member,
     *     a port is in use, a directory cannot be used.
     */
    public static ReplicatedMember launch(final MemberContext context) {
        context.conclude();
        final MemberDirectories directories =
                MemberDirectories.own(context.config(), context.group(), context.member());
        ReplicatedMember member = null;
        try {
            member = new ReplicatedMember(context, directories);
            member.start();
            return member;
        } catch (final IOException ex) {
            CloseHelper.quietClose(member);
            CloseHelper.quietClose(directories);
            throw new UncheckedIOException(
                    "member " + context.member() + " cannot use " + directories.memberDir(), ex);
        } catch (final RuntimeException ex) {
            CloseHelper.quietClose(member);
            CloseHelper.quietClose(directories);
            throw ex;
        }
    }

    private void start() throws IOException {
        final long launchedMs = System.currentTimeMillis();
        status.heartbeat(launchedMs);
        driver = MediaDriver.launch(driverContext());
        archive = Archive.launch(archiveContext());
        final long seedTo = MemberSeed.neededTo(context, directories, status);
        if (seedTo != MemberSeed.NOT_NEEDED) {
            archive.close();
            directories.forgetLog();
            archive = Archive.launch(archiveContext());
            status.state(MemberStatus.State.SEEDING);
            MemberSeed.fetch(context, directories, localArchive(), seedTo);
            status.state(MemberStatus.State.STARTING);
        }
        final String logId = directories.logId();
        store =
                context.store() == null
                        ? MemberStore.open(context.config(), context.member())
                        : context.store();
        service =
                new ReplicatedStoreService(
                        context.config(),
                        store,
                        context.group(),
                        status,
                        store.takeResumePoint(context.group(), directories.memberDir(), logId));
        consensusModule = ConsensusModule.launch(consensusModuleContext());
        container = ClusteredServiceContainer.launch(containerContext());
        duty =
                new AgentRunner(
                        new SleepingMillisIdleStrategy(DUTY_INTERVAL_MS),
                        context.errorHandler(),
                        null,
                        new MemberDuty(
                                context,
                                directories,
                                status,
                                localArchive(),
                                launchedMs,
                                this::terminate));
        AgentRunner.startOnThread(duty, daemon("stoat-member-duty"));
    }

    private static java.util.concurrent.ThreadFactory daemon(final String name) {
        return task -> {
            final Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private MediaDriver.Context driverContext() {
        final ClusterConfig config = context.config();
        return new MediaDriver.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(context.newIdleStrategy())
                .mtuLength(config.mtu())
                .ipcMtuLength(config.mtu())
                .publicationTermBufferLength(config.termLength())
                .ipcTermBufferLength(config.termLength())
                .termBufferSparseFile(true)
                .performStorageChecks(false)
                .spiesSimulateConnection(true)
                // a process that is stopped and goes on is the case, not a fault of its threads
                .clientLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(30))
                .publicationUnblockTimeoutNs(TimeUnit.SECONDS.toNanos(40))
                .timerIntervalNs(TimeUnit.MILLISECONDS.toNanos(100))
                .errorHandler(quiet());
    }

    private ErrorHandler quiet() {
        return context.errorHandler();
    }

    private AeronArchive.Context localArchive() {
        return new AeronArchive.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .controlRequestChannel("aeron:ipc?term-length=64k")
                .controlResponseChannel("aeron:ipc?term-length=64k")
                .controlRequestStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .controlResponseStreamId(MemberContext.ARCHIVE_STREAM_ID + 1)
                .errorHandler(quiet());
    }

    private Archive.Context archiveContext() {
        final ClusterConfig config = context.config();
        return new Archive.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .archiveDir(directories.archiveDir().toFile())
                .controlChannel(
                        "aeron:udp?term-length=64k|endpoint="
                                + config.archiveEndpoint(context.group(), context.member()))
                .controlStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .localControlChannel("aeron:ipc?term-length=64k")
                .localControlStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .replicationChannel("aeron:udp?endpoint=" + config.host(context.member()) + ":0")
                .recordingEventsEnabled(false)
                .threadingMode(ArchiveThreadingMode.SHARED)
                .idleStrategySupplier(context::newIdleStrategy)
                .segmentFileLength(context.segmentLength())
                .fileSyncLevel(config.fileSyncLevel())
                .catalogFileSyncLevel(config.fileSyncLevel())
                .lowStorageSpaceThreshold(config.termLength() * 2L)
                .errorHandler(quiet());
    }

    private ConsensusModule.Context consensusModuleContext() {
        final ClusterConfig config = context.config();
        final int group = context.group();
        final String mtu = "mtu=" + config.mtu();
        final String term = "term-length=" + config.termLength();
        return new ConsensusModule.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .clusterDir(directories.clusterDir().toFile())
                .clusterMemberId(context.member())
                .clusterMembers(config.clusterMembers(group))
                .archiveContext(localArchive())
                .ingressChannel("aeron:udp?" + term + "|" + mtu)
                .egressChannel("aeron:udp?" + term + "|" + mtu)
                .isIpcIngressAllowed(true)
                .logChannel("aeron:udp?" + term + "|" + mtu)
                .followerCatchupChannel("aeron:udp?" + mtu)
                .replicationChannel("aeron:udp?endpoint=" + config.host(context.member()) + ":0")
                .leaderArchiveControlChannel("aeron:udp?term-length=64k")
                .fileSyncLevel(config.fileSyncLevel())
                .leaderHeartbeatTimeoutNs(config.heartbeatTimeoutNs())
                .leaderHeartbeatIntervalNs(
                        Math.min(
                                TimeUnit.MILLISECONDS.toNanos(20),
                                config.heartbeatTimeoutNs() / 10))
                .electionTimeoutNs(config.electionTimeoutNs())
                .electionStatusIntervalNs(
                        Math.min(TimeUnit.MILLISECONDS.toNanos(20), config.electionTimeoutNs() / 4))
                .startupCanvassTimeoutNs(
                        Math.max(TimeUnit.SECONDS.toNanos(2), 2 * config.heartbeatTimeoutNs()))
                .sessionTimeoutNs(TimeUnit.SECONDS.toNanos(10))
                .maxConcurrentSessions(ClientTable.MAX_CLIENTS * 2)
                .terminationHook(this::terminate)
                .idleStrategySupplier(context::newIdleStrategy)
                .errorHandler(quiet());
    }

    private ClusteredServiceContainer.Context containerContext() {
        return new ClusteredServiceContainer.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .clusterDir(directories.clusterDir().toFile())
                .archiveContext(localArchive())
                .clusteredService(service)
                .idleStrategySupplier(context::newIdleStrategy)
                .terminationHook(this::terminate)
                .errorHandler(quiet());
    }

    private void terminate() {
        terminated.set(true);
        context.onTerminated().run();
    }

    /**
     * @return whether the member ended by itself; any thread.
     */
    public boolean isTerminated() {
        return terminated.get();
    }

    /**
     * @return the member's state, readable by any thread until {@link #close()}.
     */
    public MemberStatus status() {
        return status;
    }

    /**
     * @return data directory, which other processes of the host may read.
     */
    public Path dataDir() {
        return store.dataDir();
    }

    /**
     * @return directory of the member's media driver.
     */
    public Path aeronDirectory() {
        return directories.aeronDir();
    }

    /** Stops the member; cleanly, if it works: the next start then resumes where it ends. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CloseHelper.quietCloseAll(duty, container, consensusModule, archive, driver);
        try {
            if (store != null) {
                final ResumePoint resumePoint =
                        container == null || service == null ? null : service.resumePoint();
                if (resumePoint != null) {
                    store.leave(
                            context.group(),
                            directories.memberDir(),
                            directories.logId(),
                            resumePoint);
                }
                if (context.store() == null) {
                    store.close();
                }
            }
        } catch (final IOException ex) {
            context.errorHandler().onError(ex);
        } finally {
            status.state(MemberStatus.State.CLOSED);
            status.close();
            directories.close();
        }
    }
}
