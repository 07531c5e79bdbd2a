package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.AeronException;
import io.stoat.store.Status;
import io.stoat.transport.codec.ConnectEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client's session with a node: media driver if it has its own, publication, subscription, and
 * the handshake.
 */
final class Connection implements AutoCloseable {
    private static final int FRAGMENT_LIMIT = 16;
    private static final int CLIENT_TERM_LENGTH = 4 * 1024 * 1024;
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    private final ResponseAdapter response = new ResponseAdapter();
    private final FragmentAssembler assembler = new FragmentAssembler(response);
    private final ClientContext context;
    private final long deadlineNs;
    private MediaDriver driver;
    private Path driverDirectory;
    private Thread shutdownHook;
    private AgentInvoker driverInvoker;
    private AgentInvoker aeronInvoker;
    private Aeron aeron;
    private Subscription subscription;
    private ExclusivePublication publication;
    private int maxValueLength;

    private Connection(final ClientContext context) {
        this.context = context;
        deadlineNs = System.nanoTime() + context.connectTimeoutNs();
    }

    static Connection open(final ClientContext context) {
        final Connection connection = new Connection(context);
        try {
            connection.connect();
            return connection;
        } catch (final AeronException | IllegalStateException ex) {
            connection.close();
            throw connection.unreachable(ex);
        } catch (final RuntimeException ex) {
            connection.close();
            throw ex;
        }
    }

    private TransportException unreachable(final Throwable cause) {
        final String where =
                context.endpoint() == null
                        ? "over IPC for data directory " + context.dataDir()
                        : "at endpoint " + context.endpoint();
        return new TransportException(
                "no node answers "
                        + where
                        + " within "
                        + TimeUnit.NANOSECONDS.toMillis(context.connectTimeoutNs())
                        + " ms: start it with 'stoat node', or check the address",
                cause);
    }

    private void connect() {
        final boolean ipc = context.endpoint() == null;
        if (context.aeronDirectory() != null) {
            connectAeron(context.aeronDirectory(), false);
        } else if (ipc) {
            connectAeron(AeronDirectories.forDataDir(context.dataDir()), false);
        } else {
            launchDriver();
            connectAeron(driverDirectory, context.driverOnCallerThread());
        }
        final int streamId = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        subscription =
                aeron.addSubscription(
                        ipc ? "aeron:ipc" : "aeron:udp?endpoint=" + loopback() + ":0", streamId);
        publication =
                aeron.addExclusivePublication(
                        ipc ? "aeron:ipc" : Endpoint.parse(context.endpoint()).channel(),
                        context.requestStreamId());
        await(() -> publication.isConnected());
        await(() -> ipc || subscription.tryResolveChannelEndpointPort() != null);
        final String responseChannel =
                ipc ? "aeron:ipc" : subscription.tryResolveChannelEndpointPort();
        sendConnect(responseChannel, streamId);
        await(response::isComplete);
        if (response.status() != Status.OK) {
            throw new TransportException(
                    "the node refused the session: status " + response.status());
        }
        maxValueLength = response.maxValueLength();
    }

    private String loopback() {
        return context.endpoint().startsWith("[") ? "[::1]" : "127.0.0.1";
    }

    private void launchDriver() {
        driverDirectory = AeronDirectories.forClient();
        shutdownHook =
                new Thread(
                        () -> IoUtil.delete(driverDirectory.toFile(), true),
                        "stoat-client-clean-up");
        Runtime.getRuntime().addShutdownHook(shutdownHook);
        driver =
                MediaDriver.launch(
                        new MediaDriver.Context()
                                .aeronDirectoryName(driverDirectory.toString())
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
                                .publicationTermBufferLength(CLIENT_TERM_LENGTH)
                                .errorHandler(error -> {}));
    }

    private void connectAeron(final Path directory, final boolean onCallerThread) {
        driverInvoker = onCallerThread ? driver.sharedAgentInvoker() : null;
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(directory.toString())
                                .driverTimeoutMs(
                                        Math.max(
                                                100,
                                                TimeUnit.NANOSECONDS.toMillis(
                                                        context.connectTimeoutNs())))
                                .useConductorAgentInvoker(onCallerThread)
                                .driverAgentInvoker(driverInvoker)
                                .errorHandler(error -> {}));
        aeronInvoker = onCallerThread ? aeron.conductorAgentInvoker() : null;
    }

    private void sendConnect(final String channel, final int streamId) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1024]);
        final ConnectEncoder connect =
                new ConnectEncoder()
                        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                        .correlationId(response.nextCorrelationId())
                        .protocolVersion(StoreClient.PROTOCOL_VERSION)
                        .responseStreamId(streamId)
                        .responseChannel(channel)
                        .putCredentials(new byte[0], 0, 0);
        await(() -> publication.offer(buffer, 0, connect.limit()) > 0);
    }

    private void await(final java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw unreachable(null);
            }
            context.idleStrategy().idle(poll());
        }
        context.idleStrategy().reset();
    }

    /** Lets the driver and the Aeron client work where the calling thread drives them. */
    int drive() {
        return driverInvoker == null ? 0 : driverInvoker.invoke() + aeronInvoker.invoke();
    }

    int poll() {
        final int work = drive();
        return subscription == null ? work : work + subscription.poll(assembler, FRAGMENT_LIMIT);
    }

    ExclusivePublication publication() {
        return publication;
    }

    ResponseAdapter response() {
        return response;
    }

    int maxValueLength() {
        return maxValueLength;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(publication, subscription, aeron, driver);
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
