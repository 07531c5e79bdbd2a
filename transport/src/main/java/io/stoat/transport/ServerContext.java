package io.stoat.transport;

import io.aeron.security.AuthenticatorSupplier;
import io.aeron.security.DefaultAuthenticatorSupplier;
import io.stoat.store.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Configuration of a {@link StoreServer}: set, then frozen by {@link #conclude()}. */
public final class ServerContext {
    /** Stream of requests when none is configured. */
    public static final int DEFAULT_REQUEST_STREAM_ID = 7480;

    /** Most sessions when no other number is configured. */
    public static final int DEFAULT_MAX_SESSIONS = 256;

    /** Longest gathered message when none is configured, bytes. */
    public static final int DEFAULT_RESPONSE_BATCH_LENGTH = 16 * 1024;

    /** Room for changes when none is configured, bytes. */
    public static final int DEFAULT_FEED_LENGTH = 4 * 1024 * 1024;

    /** Most read agents, and most write agents. */
    public static final int MAX_AGENTS = 100;

    private static final AuthenticatorSupplier NO_AUTHENTICATION =
            DefaultAuthenticatorSupplier.INSTANCE;

    private Store store;
    private Path tokenFile;
    private AuthenticatorSupplier authenticatorSupplier = NO_AUTHENTICATION;
    private Path aeronDirectory;
    private String endpoint;
    private int requestStreamId = DEFAULT_REQUEST_STREAM_ID;
    private int maxSessions = DEFAULT_MAX_SESSIONS;
    private int readAgents = 1;
    private int writeAgents = 1;
    private AgentThreads agentThreads =
            roles -> List.of(new AgentThread(roles, threadFactory(), idleStrategy()));
    private int feedLength = DEFAULT_FEED_LENGTH;
    private int mtuLength;
    private int responseBatchLength = DEFAULT_RESPONSE_BATCH_LENGTH;
    private long stalledTimeoutNs = TimeUnit.SECONDS.toNanos(10);
    private long sessionIdleTimeoutNs = TimeUnit.HOURS.toNanos(1);
    private IdleStrategy idleStrategy = new BackoffIdleStrategy(50, 50, 1_000, 50_000);
    private ThreadFactory threadFactory = Thread::new;
    private ErrorHandler errorHandler = Throwable::printStackTrace;
    private boolean concluded;

    /**
     * Checks and completes the settings. Idempotent.
     *
     * @return this
     * @throws TransportException naming the setting, its value and the mend.
     */
    public ServerContext conclude() {
        if (!concluded) {
            if (store == null) {
                throw new TransportException(
                        "store is not set: give the Store that the server serves");
            }
            if (endpoint != null) {
                endpoint = Endpoint.parse(endpoint).toString();
            }
            if (tokenFile != null) {
                final byte[] token = Token.read(tokenFile);
                authenticatorSupplier = () -> new TokenAuthenticator(token);
            }
            if (endpoint != null && authenticatorSupplier == NO_AUTHENTICATION) {
                Endpoint.parse(endpoint).requireLoopback();
            }
            SettingsCheck.requireRanges(this);
            if (mtuLength == 0) {
                mtuLength =
                        PacketLengths.mtu(
                                endpoint == null || Endpoint.parse(endpoint).isLoopback());
            }
            if (aeronDirectory == null) {
                aeronDirectory = AeronDirectories.forDataDir(store.context().dataDir());
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
     * @param store to serve; from launch on its shards belong to the server's threads. Required.
     * @return this
     */
    public ServerContext store(final Store store) {
        requireOpen();
        this.store = Objects.requireNonNull(store, "store");
        return this;
    }

    /**
     * @return the store to serve.
     */
    public Store store() {
        return store;
    }

    /**
     * @param aeronDirectory of the embedded media driver; by default {@link
     *     AeronDirectories#forDataDir}.
     * @return this
     */
    public ServerContext aeronDirectory(final Path aeronDirectory) {
        requireOpen();
        this.aeronDirectory = aeronDirectory;
        return this;
    }

    /**
     * @return directory of the embedded media driver.
     */
    public Path aeronDirectory() {
        return aeronDirectory;
    }

    /**
     * @param endpoint HOST:PORT to serve over UDP; null (the default) for IPC alone. An address
     *     beyond loopback needs {@link #tokenFile} or {@link #authenticatorSupplier}.
     * @return this
     */
    public ServerContext endpoint(final String endpoint) {
        requireOpen();
        this.endpoint = endpoint;
        return this;
    }

    /**
     * @return HOST:PORT of the UDP endpoint, or null.
     */
    public String endpoint() {
        return endpoint;
    }

    /**
     * @param tokenFile file of mode 0600 with one line, the secret that clients must bring, over
     *     IPC and UDP. It authenticates; it does not encrypt.
     * @return this
     */
    public ServerContext tokenFile(final Path tokenFile) {
        requireOpen();
        this.tokenFile = tokenFile;
        return this;
    }

    /**
     * @param authenticatorSupplier makes the authenticator of each agent, in place of {@link
     *     #tokenFile}; it must answer without waiting, and the protocol knows no challenges.
     * @return this
     */
    public ServerContext authenticatorSupplier(final AuthenticatorSupplier authenticatorSupplier) {
        requireOpen();
        this.authenticatorSupplier =
                Objects.requireNonNull(authenticatorSupplier, "authenticatorSupplier");
        return this;
    }

    AuthenticatorSupplier authenticatorSupplier() {
        return authenticatorSupplier;
    }

    /**
     * @param requestStreamId Aeron stream on which requests come.
     * @return this
     */
    public ServerContext requestStreamId(final int requestStreamId) {
        requireOpen();
        this.requestStreamId = requestStreamId;
        return this;
    }

    /**
     * @return Aeron stream on which requests come.
     */
    public int requestStreamId() {
        return requestStreamId;
    }

    /**
     * @param maxSessions most clients at a time; one more is refused.
     * @return this
     */
    public ServerContext maxSessions(final int maxSessions) {
        requireOpen();
        this.maxSessions = maxSessions;
        return this;
    }

    /**
     * @return most clients at a time.
     */
    public int maxSessions() {
        return maxSessions;
    }

    /**
     * @param readAgents agents that serve reads, each with a stream and a reader of its own; a
     *     client uses one of them.
     * @return this
     */
    public ServerContext readAgents(final int readAgents) {
        requireOpen();
        this.readAgents = readAgents;
        return this;
    }

    /**
     * @return agents that serve reads.
     */
    public int readAgents() {
        return readAgents;
    }

    /**
     * @param writeAgents agents that apply commands, each with a stream of its own and every
     *     so-many-th shard; at most as many as shards.
     * @return this
     */
    public ServerContext writeAgents(final int writeAgents) {
        requireOpen();
        this.writeAgents = writeAgents;
        return this;
    }

    /**
     * @return agents that apply commands.
     */
    public int writeAgents() {
        return writeAgents;
    }

    /**
     * @param agentThreads decides which threads run the media driver and the agents. The default is
     *     one thread for all of them, of {@link #threadFactory} and {@link #idleStrategy}.
     * @return this
     */
    public ServerContext agentThreads(final AgentThreads agentThreads) {
        requireOpen();
        this.agentThreads = Objects.requireNonNull(agentThreads, "agentThreads");
        return this;
    }

    /**
     * @return what decides which threads run the roles.
     */
    public AgentThreads agentThreads() {
        return agentThreads;
    }

    /**
     * @param mtuLength longest UDP packet, bytes, a multiple of 32. The default is 32768 on
     *     loopback and 1408, which every network carries, elsewhere.
     * @return this
     */
    public ServerContext mtuLength(final int mtuLength) {
        requireOpen();
        this.mtuLength = mtuLength;
        return this;
    }

    /**
     * @return longest UDP packet, bytes.
     */
    public int mtuLength() {
        return mtuLength;
    }

    /**
     * @param responseBatchLength longest message into which answers of one duty cycle to one client
     *     are gathered, bytes; longer values go alone.
     * @return this
     */
    public ServerContext responseBatchLength(final int responseBatchLength) {
        requireOpen();
        this.responseBatchLength = responseBatchLength;
        return this;
    }

    /**
     * @return longest gathered message, bytes.
     */
    public int responseBatchLength() {
        return responseBatchLength;
    }

    /**
     * @param stalledTimeoutNs after this time without taking any of its answers, ns, a client's
     *     session is ended. Until then its requests wait; nobody else's do.
     * @return this
     */
    public ServerContext stalledTimeoutNs(final long stalledTimeoutNs) {
        requireOpen();
        this.stalledTimeoutNs = stalledTimeoutNs;
        return this;
    }

    /**
     * @return time after which a client that takes no answers loses its session, ns.
     */
    public long stalledTimeoutNs() {
        return stalledTimeoutNs;
    }

    /**
     * @param sessionIdleTimeoutNs after this time without a request, ns, a session is ended. Its
     *     client is told, and opens another one with the next request for it: a synchronous call
     *     waits for that, a pipelined request is refused, or ends, as {@link
     *     TransportStatus#NOT_CONNECTED}, which always means that it was not applied.
     * @return this
     */
    public ServerContext sessionIdleTimeoutNs(final long sessionIdleTimeoutNs) {
        requireOpen();
        this.sessionIdleTimeoutNs = sessionIdleTimeoutNs;
        return this;
    }

    /**
     * @return time after which an unused session is ended, ns.
     */
    public long sessionIdleTimeoutNs() {
        return sessionIdleTimeoutNs;
    }

    /**
     * @param feedLength room for changes on their way to subscribers of a feed, bytes for each
     *     write agent, a power of two; a subscriber further behind than that has a gap, and values
     *     longer than an eighth of it are not in the feed.
     * @return this
     */
    public ServerContext feedLength(final int feedLength) {
        requireOpen();
        this.feedLength = feedLength;
        return this;
    }

    /**
     * @return room for changes on their way to subscribers, bytes for each write agent.
     */
    public int feedLength() {
        return feedLength;
    }

    /** Length of Aeron's terms, bytes, by the longest value. */
    int termLength() {
        return PacketLengths.term(store.context().maxValueLength());
    }

    /**
     * @param idleStrategy of the server's thread. The default spins, yields, then parks up to 50
     *     us. Of the default {@link #agentThreads} alone.
     * @return this
     */
    public ServerContext idleStrategy(final IdleStrategy idleStrategy) {
        requireOpen();
        this.idleStrategy = Objects.requireNonNull(idleStrategy, "idleStrategy");
        return this;
    }

    /**
     * @return idle strategy of the server's thread.
     */
    public IdleStrategy idleStrategy() {
        return idleStrategy;
    }

    /**
     * @param threadFactory that makes the server's thread, for example a pinning one. Of the
     *     default {@link #agentThreads} alone.
     * @return this
     */
    public ServerContext threadFactory(final ThreadFactory threadFactory) {
        requireOpen();
        this.threadFactory = Objects.requireNonNull(threadFactory, "threadFactory");
        return this;
    }

    /**
     * @return maker of the server's thread.
     */
    public ThreadFactory threadFactory() {
        return threadFactory;
    }

    /**
     * @param errorHandler of what nobody expects; it must not throw.
     * @return this
     */
    public ServerContext errorHandler(final ErrorHandler errorHandler) {
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
}
