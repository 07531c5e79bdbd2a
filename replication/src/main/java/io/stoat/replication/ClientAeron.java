package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.stoat.transport.AeronDirectories;
import io.stoat.transport.ReceiverWindow;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.AgentInvoker;

/**
 * A client's way into Aeron, shared by its sessions: its own media driver, or one that runs
 * already. What is the client's own leaves nothing behind.
 */
final class ClientAeron implements AutoCloseable {
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    private MediaDriver driver;
    private Path driverDirectory;
    private Thread shutdownHook;
    private AgentInvoker driverInvoker;
    private Aeron aeron;
    private AgentInvoker aeronInvoker;

    ClientAeron(final ReplicatedClientContext context) {
        try {
            if (context.aeronDirectory() == null) {
                launchDriver(context);
            }
            connect(context);
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    private void launchDriver(final ReplicatedClientContext context) {
        driverDirectory = AeronDirectories.forClient();
        shutdownHook =
                new Thread(
                        () -> IoUtil.delete(driverDirectory.toFile(), true),
                        "stoat-client-clean-up");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        final ClusterConfig config = context.config();
        driver =
                MediaDriver.launch(
                        ReceiverWindow.set(new MediaDriver.Context(), config.termLength())
                                .aeronDirectoryName(driverDirectory.toString())
                                .threadingMode(
                                        context.driverOnCallerThread()
                                                ? ThreadingMode.INVOKER
                                                : ThreadingMode.SHARED)
                                .sharedIdleStrategy(new PromptIdleStrategy(1, 4, 100_000))
                                .mtuLength(config.mtu())
                                .ipcMtuLength(config.mtu())
                                .publicationTermBufferLength(config.termLength())
                                // the one client lives in this JVM: it may pause as long as it
                                // likes
                                .clientLivenessTimeoutNs(HOUR_NS)
                                .publicationUnblockTimeoutNs(HOUR_NS + TimeUnit.SECONDS.toNanos(1))
                                .dirDeleteOnStart(true)
                                .dirDeleteOnShutdown(true)
                                .warnIfDirectoryExists(false)
                                .errorHandler(error -> {}));
    }

    private void connect(final ReplicatedClientContext context) {
        final boolean onCaller = driver != null && context.driverOnCallerThread();
        driverInvoker = onCaller ? driver.sharedAgentInvoker() : null;
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(
                                        driver == null
                                                ? context.aeronDirectory().toString()
                                                : driver.aeronDirectoryName())
                                .useConductorAgentInvoker(onCaller)
                                .driverAgentInvoker(driverInvoker)
                                .errorHandler(error -> {})
                                .subscriberErrorHandler(error -> {}));
        aeronInvoker = onCaller ? aeron.conductorAgentInvoker() : null;
    }

    Aeron aeron() {
        return aeron;
    }

    /** What works on the caller's thread, if anything does. */
    int poll() {
        return driverInvoker == null ? 0 : driverInvoker.invoke() + aeronInvoker.invoke();
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(aeron, driver);
        if (shutdownHook != null) {
            IoUtil.delete(driverDirectory.toFile(), true);
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (final IllegalStateException ignore) {
                // the JVM is ending: the hook runs anyway
            }
        }
    }
}
