package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.BackoffIdleStrategy;

/**
 * What a client reaches its node through: the node's media driver, another one on the host, or one
 * of its own; and the Aeron client on it. Client's thread only.
 */
final class ClientDriver implements AutoCloseable {
    /** Of publications whose channel says nothing else, bytes. */
    static final int TERM_LENGTH = 4 * 1024 * 1024;

    /** The end of a publication travels with its heartbeat, which is sent every 100 ms. */
    private static final long GOODBYE_NS = TimeUnit.MILLISECONDS.toNanos(110);

    private static final long GOODBYE_STEP_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    private final ClientContext context;
    private final boolean own;
    private MediaDriver driver;
    private Path directory;
    private Thread shutdownHook;
    private AgentInvoker driverInvoker;
    private AgentInvoker aeronInvoker;
    private Aeron aeron;

    ClientDriver(final ClientContext context) {
        this.context = context;
        own = context.endpoint() != null && context.aeronDirectory() == null;
        if (!own) {
            directory =
                    context.aeronDirectory() == null
                            ? AeronDirectories.forDataDir(context.dataDir())
                            : context.aeronDirectory();
        }
    }

    /** Gets an Aeron client that works; null when there is no driver at the moment. */
    Aeron connect() {
        if (own) {
            if (driver == null) {
                launch();
            }
            if (aeron == null || aeron.isClosed()) {
                connectAeron();
            }
            return aeron;
        }
        // the node's driver may be another one than last time, under the same name
        CloseHelper.quietClose(aeron);
        aeron = null;
        if (CommonContext.isDriverActive(directory.toFile(), timeoutMs(), message -> {})) {
            connectAeron();
        }
        return aeron;
    }

    private void connectAeron() {
        final boolean onCallerThread = own && context.driverOnCallerThread();
        driverInvoker = onCallerThread ? driver.sharedAgentInvoker() : null;
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(directory.toString())
                                .driverTimeoutMs(timeoutMs())
                                .useConductorAgentInvoker(onCallerThread)
                                .driverAgentInvoker(driverInvoker)
                                .errorHandler(error -> {})
                                .subscriberErrorHandler(error -> {}));
        aeronInvoker = onCallerThread ? aeron.conductorAgentInvoker() : null;
    }

    private long timeoutMs() {
        return Math.max(100, TimeUnit.NANOSECONDS.toMillis(context.connectTimeoutNs()));
    }

    private void launch() {
        directory = AeronDirectories.forClient();
        shutdownHook =
                new Thread(() -> IoUtil.delete(directory.toFile(), true), "stoat-client-clean-up");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        driver =
                MediaDriver.launch(
                        ReceiverWindow.set(new MediaDriver.Context(), TERM_LENGTH)
                                .aeronDirectoryName(directory.toString())
                                .threadingMode(
                                        context.driverOnCallerThread()
                                                ? ThreadingMode.INVOKER
                                                : ThreadingMode.SHARED)
                                .sharedIdleStrategy(
                                        new BackoffIdleStrategy(100, 100, 1_000, 100_000))
                                // the one client lives in this JVM: it may pause as long as it
                                // likes
                                .clientLivenessTimeoutNs(HOUR_NS)
                                .publicationUnblockTimeoutNs(HOUR_NS + TimeUnit.MINUTES.toNanos(1))
                                .dirDeleteOnStart(true)
                                .dirDeleteOnShutdown(true)
                                .warnIfDirectoryExists(false)
                                .mtuLength(mtuLength())
                                .publicationTermBufferLength(TERM_LENGTH)
                                .errorHandler(error -> {}));
    }

    private int mtuLength() {
        return PacketLengths.mtu(Endpoint.parse(context.endpoint()).isLoopback());
    }

    /** Whether the Aeron client has lost its driver. */
    boolean isClosed() {
        return aeron == null || aeron.isClosed();
    }

    /** Lets the driver work where the calling thread drives it. */
    int drive() {
        return driverInvoker == null ? 0 : driverInvoker.invoke();
    }

    /** Lets the Aeron client take note of what the driver says, where the calling thread drives. */
    int listen() {
        return aeronInvoker == null ? 0 : aeronInvoker.invoke();
    }

    /** Lets an own driver tell the node that the publications have ended. */
    private void sayGoodbye() {
        if (driver == null) {
            return;
        }
        final AgentInvoker invoker = driver.sharedAgentInvoker();
        final long deadlineNs = System.nanoTime() + GOODBYE_NS;
        while (System.nanoTime() - deadlineNs < 0) {
            if (invoker != null) {
                invoker.invoke();
            }
            LockSupport.parkNanos(GOODBYE_STEP_NS);
        }
    }

    @Override
    public void close() {
        CloseHelper.quietClose(aeron);
        sayGoodbye();
        CloseHelper.quietClose(driver);
        if (shutdownHook != null) {
            IoUtil.delete(directory.toFile(), true);
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (final IllegalStateException ignore) {
                // the JVM is ending: the hook runs anyway
            }
            shutdownHook = null;
        }
    }
}
