package io.stoat.replication;

import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.cluster.service.ClusteredServiceContainer;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.stoat.transport.AgentThread;
import io.stoat.transport.PartTracker;
import io.stoat.transport.ReceiverWindow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The Aeron parts of a member, around whatever service: media driver, archive, consensus module and
 * service container, all set from {@link ClusterConfig} and the member's number, on the threads
 * that {@link MemberContext#agentThreads} says.
 *
 * <p>A {@link ReplicatedMember} runs its store in one. By itself it is for those who measure what
 * Aeron Cluster costs alone, with the same settings. Used by one thread.
 */
public final class MemberEngine implements AutoCloseable {
    private static final long DRIVER_LIVENESS_S = 30;
    private static final int LONGEST_CONTROL_MTU = 8 * 1024;

    private final MemberContext context;
    private final MemberDirectories directories;
    private final boolean ownsDirectories;
    private final MemberArrangement arrangement;
    private MediaDriver driver;
    private Archive archive;
    private AgentRunner driverRunner;
    private AgentRunner archiveRunner;
    private ConsensusModule consensusModule;
    private ClusteredServiceContainer container;

    MemberEngine(final MemberContext context, final MemberDirectories directories) {
        this(context, directories, false);
    }

    private MemberEngine(
            final MemberContext context,
            final MemberDirectories directories,
            final boolean ownsDirectories) {
        this.context = context;
        this.directories = directories;
        this.ownsDirectories = ownsDirectories;
        arrangement = MemberArrangement.of(context.agentThreads());
    }

    /**
     * Starts a member of a cluster of any service: without a store, without snapshots by itself,
     * without seeding.
     *
     * @param context settings; concluded here. {@link MemberContext#onTerminated} is told when it
     *     ends by itself.
     * @param service that all members of the cluster run.
     * @return the running parts.
     */
    public static MemberEngine launch(final MemberContext context, final ClusteredService service) {
        context.conclude();
        final MemberDirectories directories =
                MemberDirectories.own(context.config(), context.group(), context.member());
        final MemberEngine engine = new MemberEngine(context, directories, true);
        try {
            engine.startLog();
            engine.startService(service, context.onTerminated());
            return engine;
        } catch (final RuntimeException ex) {
            engine.close();
            throw ex;
        }
    }

    /** Media driver and archive. */
    void startLog() {
        driver =
                MediaDriver.launch(
                        ReceiverWindow.set(driverContext(), context.config().termLength()));
        startArchive();
    }

    /**
     * The archive invokes the driver when they share a thread; the launching thread does so, too.
     */
    private void startArchive() {
        final Archive.Context archiveContext =
                archiveContext().threadingMode(ArchiveThreadingMode.INVOKER);
        if (arrangement.hasSharedLog()) {
            archiveContext.mediaDriverAgentInvoker(driver.sharedAgentInvoker());
        } else {
            driverRunner = run(arrangement.driver(), driver.sharedAgentInvoker());
        }
        archive = Archive.launch(archiveContext);
        archiveRunner = run(arrangement.archive(), archive.invoker());
    }

    private AgentRunner run(final AgentThread thread, final AgentInvoker invoker) {
        final AgentRunner runner =
                new AgentRunner(
                        thread.idleStrategy(),
                        context.errorHandler(),
                        null,
                        thread.decorator().apply(new InvokedAgent(thread.name(), invoker)));
        AgentRunner.startOnThread(runner, thread.threadFactory());
        return runner;
    }

    /** Ends driver and archive, removes the log, and starts them again without one. */
    void startLogAnew() {
        closeLog();
        directories.forgetLog();
        startLog();
    }

    /**
     * As {@link #startLogAnew()}, but what there was is put aside.
     *
     * @return where it is.
     */
    Path startLogBeside() throws IOException {
        closeLog();
        final Path aside = directories.putLogAside();
        startLog();
        return aside;
    }

    /** Consensus module and service, once the log runs. */
    void startService(final ClusteredService service, final Runnable onTerminated) {
        consensusModule = ConsensusModule.launch(consensusModuleContext(onTerminated));
        container = ClusteredServiceContainer.launch(containerContext(service, onTerminated));
    }

    private MediaDriver.Context driverContext() {
        final ClusterConfig config = context.config();
        return new MediaDriver.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .threadingMode(ThreadingMode.INVOKER)
                .mtuLength(config.mtu())
                .ipcMtuLength(config.mtu())
                .publicationTermBufferLength(config.termLength())
                .ipcTermBufferLength(config.termLength())
                .termBufferSparseFile(true)
                .performStorageChecks(false)
                .spiesSimulateConnection(true)
                // a process that is stopped and goes on is the case, not a fault of its
                // threads
                .clientLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(DRIVER_LIVENESS_S))
                .publicationUnblockTimeoutNs(TimeUnit.SECONDS.toNanos(DRIVER_LIVENESS_S + 10))
                .timerIntervalNs(TimeUnit.MILLISECONDS.toNanos(100))
                .errorHandler(context.errorHandler());
    }

    /** How the member's own parts reach its archive. */
    AeronArchive.Context localArchive() {
        return new AeronArchive.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .controlRequestChannel("aeron:ipc?term-length=64k")
                .controlResponseChannel("aeron:ipc?term-length=64k")
                .controlRequestStreamId(MemberContext.ARCHIVE_STREAM_ID)
                .controlResponseStreamId(MemberContext.ARCHIVE_STREAM_ID + 1)
                .credentialsSupplier(context.config().token().credentialsSupplier())
                .errorHandler(context.errorHandler());
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
                .authenticatorSupplier(config.token().authenticatorSupplier())
                .archiveClientContext(
                        new AeronArchive.Context()
                                .credentialsSupplier(config.token().credentialsSupplier()))
                .recordingEventsEnabled(false)
                .idleStrategySupplier(MemberThreads::newBackoff)
                .segmentFileLength(context.segmentLength())
                .fileSyncLevel(config.fileSyncLevel())
                .catalogFileSyncLevel(config.fileSyncLevel())
                .lowStorageSpaceThreshold(config.termLength() * 2L)
                .errorHandler(context.errorHandler());
    }

    /** What goes through channels with short buffers is short: the log's MTU would be too long. */
    static String controlMtu(final ClusterConfig config) {
        return "mtu=" + Math.min(config.mtu(), LONGEST_CONTROL_MTU);
    }

    private String serviceControlChannel() {
        return "aeron:ipc?term-length=128k|" + controlMtu(context.config());
    }

    private ConsensusModule.Context consensusModuleContext(final Runnable onTerminated) {
        final PartTracker tracker = new PartTracker(arrangement.consensus());
        final ClusterConfig config = context.config();
        final int group = context.group();
        final String mtu = "mtu=" + config.mtu();
        final String term = "term-length=" + config.termLength();
        return new ConsensusModule.Context()
                .appVersion(config.content().fingerprint())
                .aeronDirectoryName(directories.aeronDir().toString())
                .clusterDir(directories.clusterDir().toFile())
                .clusterMemberId(context.member())
                .clusterMembers(config.clusterMembers(group))
                .archiveContext(localArchive())
                .ingressChannel("aeron:udp?" + term + "|" + mtu)
                .egressChannel("aeron:udp?" + term + "|" + mtu)
                .consensusChannel("aeron:udp?term-length=64k|" + controlMtu(config))
                .controlChannel(serviceControlChannel())
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
                .authenticatorSupplier(config.token().authenticatorSupplier())
                .random(new NominationOrder(config, group, context.member()))
                .terminationHook(onTerminated)
                .threadFactory(arrangement.consensus().threadFactory())
                .idleStrategySupplier(tracker::idleStrategy)
                .dutyCycleTracker(tracker)
                .errorHandler(
                        new CatchUpWatch(
                                context.errorHandler(), onTerminated, SystemNanoClock.INSTANCE));
    }

    private ClusteredServiceContainer.Context containerContext(
            final ClusteredService service, final Runnable onTerminated) {
        final PartTracker tracker = new PartTracker(arrangement.service());
        return new ClusteredServiceContainer.Context()
                .aeronDirectoryName(directories.aeronDir().toString())
                .clusterDir(directories.clusterDir().toFile())
                .archiveContext(localArchive())
                .controlChannel(serviceControlChannel())
                .clusteredService(service)
                .threadFactory(arrangement.service().threadFactory())
                .idleStrategySupplier(tracker::idleStrategy)
                .dutyCycleTracker(tracker)
                .terminationHook(onTerminated)
                .errorHandler(context.errorHandler());
    }

    /** Whether the service was started. */
    boolean hasService() {
        return container != null;
    }

    private void closeLog() {
        CloseHelper.quietCloseAll(archiveRunner, archive, driverRunner, driver);
        archiveRunner = null;
        driverRunner = null;
        archive = null;
        driver = null;
    }

    /** Stops everything; idempotent. */
    @Override
    public void close() {
        CloseHelper.quietCloseAll(container, consensusModule);
        closeLog();
        if (ownsDirectories) {
            directories.close();
        }
    }
}
