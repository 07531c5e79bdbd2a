package io.stoat.replication;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;

/** Configuration of a {@link ReplicatedClient}: set, then frozen by {@link #conclude()}. */
public final class ReplicatedClientContext {
    /** Longest time-out: well within the time for which the cluster remembers a silent client. */
    public static final long MAX_TIMEOUT_NS =
            TimeUnit.MILLISECONDS.toNanos(ClientTable.LONGEST_RETRY_MS);

    private ClusterConfig config;
    private Path aeronDirectory;
    private String egressHost;
    private long timeoutNs = TimeUnit.SECONDS.toNanos(10);
    private long resendNs = TimeUnit.MILLISECONDS.toNanos(500);
    private boolean driverOnCallerThread;
    private IdleStrategy idleStrategy = new PromptIdleStrategy(20, 20, 100_000);
    private ResultListener resultListener = (sequence, index, status, version, counter, at) -> {};
    private boolean concluded;

    /**
     * Checks and completes the settings. Idempotent.
     *
     * @return this
     * @throws ReplicationException naming the setting, its value and the mend.
     */
    public ReplicatedClientContext conclude() {
        if (!concluded) {
            if (config == null) {
                throw new ReplicationException(
                        "config is not set: give the cluster's configuration");
            }
            config.token();
            if (timeoutNs < 1 || timeoutNs > MAX_TIMEOUT_NS) {
                throw new ReplicationException(
                        "timeoutNs="
                                + timeoutNs
                                + ": must be from 1 to "
                                + MAX_TIMEOUT_NS
                                + ", so that the cluster remembers the client while it tries");
            }
            if (egressHost == null) {
                egressHost = OwnAddress.towards(config);
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
    public ReplicatedClientContext config(final ClusterConfig config) {
        requireOpen();
        this.config = Objects.requireNonNull(config, "config");
        return this;
    }

    ClusterConfig config() {
        return config;
    }

    /**
     * @param aeronDirectory of a media driver that runs already; by default the client launches its
     *     own.
     * @return this
     */
    public ReplicatedClientContext aeronDirectory(final Path aeronDirectory) {
        requireOpen();
        this.aeronDirectory = aeronDirectory;
        return this;
    }

    Path aeronDirectory() {
        return aeronDirectory;
    }

    /**
     * @param egressHost address of this host at which the members reach it; by default the one from
     *     which it would send to them.
     * @return this
     */
    public ReplicatedClientContext egressHost(final String egressHost) {
        requireOpen();
        this.egressHost = Objects.requireNonNull(egressHost, "egressHost");
        return this;
    }

    String egressHost() {
        return egressHost;
    }

    /**
     * @param timeoutNs after which a message without an answer has an unknown outcome, ns.
     * @return this
     */
    public ReplicatedClientContext timeoutNs(final long timeoutNs) {
        requireOpen();
        this.timeoutNs = timeoutNs;
        return this;
    }

    long timeoutNs() {
        return timeoutNs;
    }

    /**
     * @param resendNs after which a message without an answer is sent again, ns. The cluster
     *     applies it once all the same.
     * @return this
     */
    public ReplicatedClientContext resendNs(final long resendNs) {
        requireOpen();
        this.resendNs = resendNs;
        return this;
    }

    long resendNs() {
        return resendNs;
    }

    /**
     * @param driverOnCallerThread whether the client's own media driver works only while the client
     *     is polled: the lowest latency for a thread that never does anything else. By default it
     *     has a thread of its own.
     * @return this
     */
    public ReplicatedClientContext driverOnCallerThread(final boolean driverOnCallerThread) {
        requireOpen();
        this.driverOnCallerThread = driverOnCallerThread;
        return this;
    }

    boolean driverOnCallerThread() {
        return driverOnCallerThread;
    }

    /**
     * @param idleStrategy of the calling thread while a synchronous call waits.
     * @return this
     */
    public ReplicatedClientContext idleStrategy(final IdleStrategy idleStrategy) {
        requireOpen();
        this.idleStrategy = Objects.requireNonNull(idleStrategy, "idleStrategy");
        return this;
    }

    IdleStrategy idleStrategy() {
        return idleStrategy;
    }

    /**
     * @param resultListener told of each command's outcome, on the thread that polls the client.
     * @return this
     */
    public ReplicatedClientContext resultListener(final ResultListener resultListener) {
        requireOpen();
        this.resultListener = Objects.requireNonNull(resultListener, "resultListener");
        return this;
    }

    ResultListener resultListener() {
        return resultListener;
    }
}
