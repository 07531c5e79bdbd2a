package io.stoat.replication;

import io.stoat.transport.AgentThreads;
import java.util.Objects;
import java.util.function.Supplier;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.IdleStrategy;

/** Configuration of a {@link ReplicatedMember}: set, then frozen by {@link #conclude()}. */
public final class MemberContext {
    /**
     * Stream of requests to an archive, the same over IPC as over UDP: a member asks another's
     * archive on the stream on which it asks its own.
     */
    static final int ARCHIVE_STREAM_ID = 10;

    private static final int MIN_SEGMENT_LENGTH = 4 << 20;

    private ClusterConfig config;
    private int group;
    private int member = -1;
    private MemberStore store;
    private Supplier<IdleStrategy> idleStrategySupplier = MemberThreads::newBackoff;
    private MemberThreads threads;
    private AgentThreads agentThreads;
    private ErrorHandler errorHandler = Throwable::printStackTrace;
    private Runnable onTerminated = () -> {};
    private Runnable beforeSnapshotEnd = () -> {};
    private boolean concluded;

    /**
     * Checks and completes the settings. Idempotent.
     *
     * @return this
     * @throws ReplicationException naming the setting, its value and the mend.
     */
    public MemberContext conclude() {
        if (!concluded) {
            if (config == null) {
                throw new ReplicationException(
                        "config is not set: give the cluster's configuration");
            }
            config.host(member);
            config.token();
            if (group < 0 || group >= config.groups()) {
                throw new ReplicationException(
                        "group " + group + " does not exist: groups=" + config.groups());
            }
            if (store == null && config.groups() > 1) {
                throw new ReplicationException(
                        "store is not set: the members of a process's groups share one, give"
                                + " MemberStore.open(config, member)");
            }
            if (threads == null) {
                threads =
                        config.fileSyncLevel() == 0 ? MemberThreads.SHARED : MemberThreads.SEPARATE;
            }
            if (agentThreads == null) {
                agentThreads = threads.unpinned(idleStrategySupplier);
            }
            concluded = true;
        }
        return this;
    }

    private void requireOpen() {
        if (concluded) {
            throw new IllegalStateException(
                    "the context is concluded: settings can no longer change");
        }
    }

    /**
     * @param config of the cluster. Required.
     * @return this
     */
    public MemberContext config(final ClusterConfig config) {
        requireOpen();
        this.config = Objects.requireNonNull(config, "config");
        return this;
    }

    /**
     * @return configuration of the cluster.
     */
    public ClusterConfig config() {
        return config;
    }

    /**
     * @param group that the member belongs to, from 0.
     * @return this
     */
    public MemberContext group(final int group) {
        requireOpen();
        this.group = group;
        return this;
    }

    /**
     * @return group that the member belongs to.
     */
    public int group() {
        return group;
    }

    /**
     * @param member number, from 0, in the order of the configuration's hosts. Required.
     * @return this
     */
    public MemberContext member(final int member) {
        requireOpen();
        this.member = member;
        return this;
    }

    /**
     * @return number of the member.
     */
    public int member() {
        return member;
    }

    /**
     * @param store of the process's members, which stays open when this one is closed; by default
     *     the member opens and closes one of its own, which a cluster of one group allows.
     * @return this
     */
    public MemberContext store(final MemberStore store) {
        requireOpen();
        this.store = store;
        return this;
    }

    MemberStore store() {
        return store;
    }

    /**
     * @param idleStrategySupplier of the member's threads when {@link #agentThreads} arranges none;
     *     by default {@link MemberThreads#newBackoff}.
     * @return this
     */
    public MemberContext idleStrategySupplier(final Supplier<IdleStrategy> idleStrategySupplier) {
        requireOpen();
        this.idleStrategySupplier =
                Objects.requireNonNull(idleStrategySupplier, "idleStrategySupplier");
        return this;
    }

    /**
     * @param threads on which the member's parts run. By default {@link MemberThreads#SHARED}, but
     *     {@link MemberThreads#SEPARATE} when files are synced, for which the driver is not to
     *     wait.
     * @return this
     */
    public MemberContext threads(final MemberThreads threads) {
        requireOpen();
        this.threads = Objects.requireNonNull(threads, "threads");
        return this;
    }

    /**
     * @param agentThreads decides which thread runs the roles {@value MemberThreads#DRIVER},
     *     {@value MemberThreads#ARCHIVE}, {@value MemberThreads#CONSENSUS} and {@value
     *     MemberThreads#SERVICE}, of which only the first two can share one. Asked at each launch.
     *     By default {@link #threads} not pinned.
     * @return this
     */
    public MemberContext agentThreads(final AgentThreads agentThreads) {
        requireOpen();
        this.agentThreads = Objects.requireNonNull(agentThreads, "agentThreads");
        return this;
    }

    AgentThreads agentThreads() {
        return agentThreads;
    }

    /**
     * @param errorHandler of what nobody expects; any thread of the member calls it; it must not
     *     throw.
     * @return this
     */
    public MemberContext errorHandler(final ErrorHandler errorHandler) {
        requireOpen();
        this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
        return this;
    }

    /**
     * @return handler of what nobody expects.
     */
    public ErrorHandler errorHandler() {
        return errorHandler;
    }

    /**
     * @param onTerminated called, by a thread of the member, when it ends by itself; it must return
     *     at once and leave closing to another thread.
     * @return this
     */
    public MemberContext onTerminated(final Runnable onTerminated) {
        requireOpen();
        this.onTerminated = Objects.requireNonNull(onTerminated, "onTerminated");
        return this;
    }

    Runnable onTerminated() {
        return onTerminated;
    }

    /** For tests: called by the thread that copies a snapshot, before it records the end mark. */
    MemberContext beforeSnapshotEnd(final Runnable beforeSnapshotEnd) {
        requireOpen();
        this.beforeSnapshotEnd = beforeSnapshotEnd;
        return this;
    }

    Runnable beforeSnapshotEnd() {
        return beforeSnapshotEnd;
    }

    /** Length of a file of the log: what is purged at once. */
    int segmentLength() {
        return Math.max(MIN_SEGMENT_LENGTH, config.termLength());
    }
}
