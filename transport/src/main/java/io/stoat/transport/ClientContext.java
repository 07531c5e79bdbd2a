package io.stoat.transport;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Configuration of a {@link StoreClient} or {@link PipelinedClient}: set, then frozen by {@link
 * #conclude()}.
 */
public final class ClientContext {
    /** Time to connect when none is configured, ns. */
    public static final long DEFAULT_CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    /** Time for an answer when none is configured, ns. */
    public static final long DEFAULT_REQUEST_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);

    /** Most requests in flight to one agent when none is configured. */
    public static final int DEFAULT_MAX_IN_FLIGHT = 1024;

    /** Most requests in a message when none is configured. */
    public static final int DEFAULT_BATCH_COMMANDS = 64;

    /** Longest gathered message when none is configured, bytes. */
    public static final int DEFAULT_BATCH_LENGTH = 16 * 1024;

    private static final byte[] NO_CREDENTIALS = {};

    private Path dataDir;
    private String endpoint;
    private Path aeronDirectory;
    private int requestStreamId = ServerContext.DEFAULT_REQUEST_STREAM_ID;
    private long connectTimeoutNs = DEFAULT_CONNECT_TIMEOUT_NS;
    private long requestTimeoutNs = DEFAULT_REQUEST_TIMEOUT_NS;
    private boolean driverOnCallerThread;
    private int maxInFlight = DEFAULT_MAX_IN_FLIGHT;
    private int batchCommands = DEFAULT_BATCH_COMMANDS;
    private int batchLength = DEFAULT_BATCH_LENGTH;
    private long batchLingerNs;
    private long reconnectMinNs = TimeUnit.MILLISECONDS.toNanos(10);
    private long reconnectMaxNs = TimeUnit.SECONDS.toNanos(1);
    private boolean routing = true;
    private Path tokenFile;
    private byte[] credentials = NO_CREDENTIALS;
    private String responseHost;
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
            SettingsCheck.requireOneWay(this);
            if (endpoint != null) {
                final Endpoint parsed = Endpoint.parse(endpoint);
                endpoint = parsed.toString();
                if (tokenFile == null) {
                    parsed.requireLoopback();
                }
                responseHost = parsed.localHost();
            }
            if (tokenFile != null) {
                credentials = Token.read(tokenFile);
            }
            SettingsCheck.requireRanges(this);
            maxInFlight = BitUtil.findNextPositivePowerOfTwo(maxInFlight);
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
     * @param requestTimeoutNs most time for an answer, ns: from the first look at the clock after
     *     the request, of which there is one in 16 idle polls and in 256 busy ones, so that a
     *     request costs none.
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
     * @param maxInFlight most unanswered requests to one agent of the node; rounded up to a power
     *     of two. One more is {@link TransportStatus#BACK_PRESSURED}.
     * @return this
     */
    public ClientContext maxInFlight(final int maxInFlight) {
        requireOpen();
        this.maxInFlight = maxInFlight;
        return this;
    }

    /**
     * @return most unanswered requests to one agent.
     */
    public int maxInFlight() {
        return maxInFlight;
    }

    /**
     * @param batchCommands a pipelined client's requests are gathered until there are so many; 1
     *     sends each in a message of its own.
     * @return this
     */
    public ClientContext batchCommands(final int batchCommands) {
        requireOpen();
        this.batchCommands = batchCommands;
        return this;
    }

    /**
     * @return most requests in a message.
     */
    public int batchCommands() {
        return batchCommands;
    }

    /**
     * @param batchLength and are gathered until they are so long, bytes; at most what Aeron carries
     *     in a message. A longer request goes alone.
     * @return this
     */
    public ClientContext batchLength(final int batchLength) {
        requireOpen();
        this.batchLength = batchLength;
        return this;
    }

    /**
     * @return longest gathered message, bytes.
     */
    public int batchLength() {
        return batchLength;
    }

    /**
     * @param batchLingerNs time for which a poll leaves an incomplete message to be completed, ns.
     *     0 (the default): the next poll sends it. Synchronous calls never wait.
     * @return this
     */
    public ClientContext batchLingerNs(final long batchLingerNs) {
        requireOpen();
        this.batchLingerNs = batchLingerNs;
        return this;
    }

    /**
     * @return time that an incomplete message may wait, ns.
     */
    public long batchLingerNs() {
        return batchLingerNs;
    }

    /**
     * @param reconnectMinNs time before the first attempt to connect again, ns; each one in vain
     *     doubles it.
     * @param reconnectMaxNs most time between two attempts, ns.
     * @return this
     */
    public ClientContext reconnectBackoffNs(final long reconnectMinNs, final long reconnectMaxNs) {
        requireOpen();
        this.reconnectMinNs = reconnectMinNs;
        this.reconnectMaxNs = reconnectMaxNs;
        return this;
    }

    long reconnectMinNs() {
        return reconnectMinNs;
    }

    long reconnectMaxNs() {
        return reconnectMaxNs;
    }

    /**
     * @param routing true (the default): each command goes straight to the agent that owns its
     *     shard. False: all go to the node's first write agent, which hands on what is not its own;
     *     for measuring what routing saves.
     * @return this
     */
    public ClientContext routing(final boolean routing) {
        requireOpen();
        this.routing = routing;
        return this;
    }

    /**
     * @return whether commands go straight to the agent that owns their shard.
     */
    public boolean routing() {
        return routing;
    }

    /**
     * @param tokenFile file of mode 0600 with the node's token; needed where the node asks for it,
     *     which beyond loopback it always does.
     * @return this
     */
    public ClientContext tokenFile(final Path tokenFile) {
        requireOpen();
        this.tokenFile = tokenFile;
        return this;
    }

    byte[] credentials() {
        return credentials;
    }

    String requestChannel() {
        return endpoint == null ? "aeron:ipc" : Endpoint.parse(endpoint).channel();
    }

    String responseChannel() {
        return endpoint == null ? "aeron:ipc" : new Endpoint(responseHost, 0).channel();
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
