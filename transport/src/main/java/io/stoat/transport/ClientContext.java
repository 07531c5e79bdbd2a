package io.stoat.transport;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Configuration of a {@link StoreClient}: set, then frozen by {@link #conclude()}. */
public final class ClientContext {
    /** Time to connect when none is configured, ns. */
    public static final long DEFAULT_CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    /** Time for an answer when none is configured, ns. */
    public static final long DEFAULT_REQUEST_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);

    private Path dataDir;
    private String endpoint;
    private Path aeronDirectory;
    private int requestStreamId = ServerContext.DEFAULT_REQUEST_STREAM_ID;
    private long connectTimeoutNs = DEFAULT_CONNECT_TIMEOUT_NS;
    private long requestTimeoutNs = DEFAULT_REQUEST_TIMEOUT_NS;
    private boolean driverOnCallerThread;
    private IdleStrategy idleStrategy = new BackoffIdleStrategy(200, 100, 1_000, 50_000);
    private boolean concluded;

    /**
     * Checks the settings. Idempotent.
     *
     * @return this
     * @throws TransportException naming the setting, its value and the mend.
     */
    public ClientContext conclude() {
        if (!concluded) {
            if ((dataDir == null) == (endpoint == null)) {
                throw new TransportException(
                        "dataDir="
                                + dataDir
                                + ", endpoint="
                                + endpoint
                                + ": give one of them, dataDir for IPC to a node on this host, endpoint for UDP");
            }
            if (endpoint != null) {
                endpoint = Endpoint.parse(endpoint).requireLoopback().toString();
            }
            if (connectTimeoutNs <= 0 || requestTimeoutNs <= 0) {
                throw new TransportException(
                        "connectTimeoutNs="
                                + connectTimeoutNs
                                + ", requestTimeoutNs="
                                + requestTimeoutNs
                                + ": both must be more than 0");
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
     * @param dataDir of a node on this host, reached over IPC through that node's media driver.
     * @return this
     */
    public ClientContext dataDir(final Path dataDir) {
        requireOpen();
        this.dataDir = dataDir;
        return this;
    }

    /**
     * @return data directory of the node, or null.
     */
    public Path dataDir() {
        return dataDir;
    }

    /**
     * @param endpoint HOST:PORT of a node, reached over UDP.
     * @return this
     */
    public ClientContext endpoint(final String endpoint) {
        requireOpen();
        this.endpoint = endpoint;
        return this;
    }

    /**
     * @return HOST:PORT of the node, or null.
     */
    public String endpoint() {
        return endpoint;
    }

    /**
     * @param aeronDirectory of a running media driver to use instead of the node's (IPC) or an
     *     embedded one (UDP).
     * @return this
     */
    public ClientContext aeronDirectory(final Path aeronDirectory) {
        requireOpen();
        this.aeronDirectory = aeronDirectory;
        return this;
    }

    /**
     * @return directory of the media driver to use, or null.
     */
    public Path aeronDirectory() {
        return aeronDirectory;
    }

    /**
     * @param requestStreamId Aeron stream of the node's requests.
     * @return this
     */
    public ClientContext requestStreamId(final int requestStreamId) {
        requireOpen();
        this.requestStreamId = requestStreamId;
        return this;
    }

    /**
     * @return Aeron stream of the node's requests.
     */
    public int requestStreamId() {
        return requestStreamId;
    }

    /**
     * @param connectTimeoutNs most time for {@link StoreClient#connect}, ns.
     * @return this
     */
    public ClientContext connectTimeoutNs(final long connectTimeoutNs) {
        requireOpen();
        this.connectTimeoutNs = connectTimeoutNs;
        return this;
    }

    /**
     * @return most time to connect, ns.
     */
    public long connectTimeoutNs() {
        return connectTimeoutNs;
    }

    /**
     * @param requestTimeoutNs most time for an answer, ns.
     * @return this
     */
    public ClientContext requestTimeoutNs(final long requestTimeoutNs) {
        requireOpen();
        this.requestTimeoutNs = requestTimeoutNs;
        return this;
    }

    /**
     * @return most time for an answer, ns.
     */
    public long requestTimeoutNs() {
        return requestTimeoutNs;
    }

    /**
     * @param driverOnCallerThread UDP only. False (the default): the embedded driver has a thread
     *     of its own, so that the connection lives however rarely the client is used. True: the
     *     calling thread drives it, which saves two thread hops a round trip; then call the client
     *     at least every few seconds.
     * @return this
     */
    public ClientContext driverOnCallerThread(final boolean driverOnCallerThread) {
        requireOpen();
        this.driverOnCallerThread = driverOnCallerThread;
        return this;
    }

    /**
     * @return whether the calling thread drives the embedded driver.
     */
    public boolean driverOnCallerThread() {
        return driverOnCallerThread;
    }

    /**
     * @param idleStrategy while waiting for an answer. The default spins, yields, then parks up to
     *     50 us.
     * @return this
     */
    public ClientContext idleStrategy(final IdleStrategy idleStrategy) {
        requireOpen();
        this.idleStrategy = Objects.requireNonNull(idleStrategy, "idleStrategy");
        return this;
    }

    /**
     * @return idle strategy while waiting for an answer.
     */
    public IdleStrategy idleStrategy() {
        return idleStrategy;
    }
}
