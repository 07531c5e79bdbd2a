package io.stoat.transport;

import io.aeron.driver.ThreadingMode;
import io.stoat.store.Store;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Configuration of a {@link StoreServer}: set, then frozen by {@link #conclude()}. */
public final class ServerContext {
    /** Stream of requests when none is configured. */
    public static final int DEFAULT_REQUEST_STREAM_ID = 7480;

    /** Most sessions when no other number is configured. */
    public static final int DEFAULT_MAX_SESSIONS = 256;

    private Store store;
    private Path aeronDirectory;
    private String endpoint;
    private int requestStreamId = DEFAULT_REQUEST_STREAM_ID;
    private int maxSessions = DEFAULT_MAX_SESSIONS;
    private ThreadingMode threadingMode = ThreadingMode.INVOKER;
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
                endpoint = Endpoint.parse(endpoint).requireLoopback().toString();
            }
            if (maxSessions < 1) {
                throw new TransportException("maxSessions=" + maxSessions + ": must be 1 or more");
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
     * @param store to serve; from launch to close its commands belong to the server's thread.
     *     Required.
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
     * @param endpoint HOST:PORT to serve over UDP, loopback only; null (the default) for IPC alone.
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
     * @param threadingMode of the media driver. INVOKER (the default): the server's thread drives
     *     it, so that a node needs one busy thread; the others give it threads of its own.
     * @return this
     */
    public ServerContext threadingMode(final ThreadingMode threadingMode) {
        requireOpen();
        this.threadingMode = Objects.requireNonNull(threadingMode, "threadingMode");
        return this;
    }

    /**
     * @return threading of the media driver.
     */
    public ThreadingMode threadingMode() {
        return threadingMode;
    }

    /**
     * @param idleStrategy of the server's thread. The default spins, yields, then parks up to 100
     *     us.
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
     * @param threadFactory that makes the server's thread, for example a pinning one.
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
