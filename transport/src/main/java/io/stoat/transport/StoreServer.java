package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.AeronException;
import io.aeron.status.ChannelEndpointStatus;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentRunner;

/**
 * Serves a store over Aeron IPC and UDP, with an embedded media driver. From {@link #launch} to
 * {@link #close()} the store's commands belong to the server's thread.
 */
public final class StoreServer implements AutoCloseable {
    private final ServerContext context;
    private final ServerCounters counters;
    private final AgentRunner runner;

    private StoreServer(
            final ServerContext context, final ServerCounters counters, final AgentRunner runner) {
        this.context = context;
        this.counters = counters;
        this.runner = runner;
    }

    /**
     * Starts the media driver and the server's thread.
     *
     * @param context settings; concluded here.
     * @return the running server.
     * @throws TransportException naming the setting, its value and the mend, for example when the
     *     port is in use.
     */
    public static StoreServer launch(final ServerContext context) {
        context.conclude();
        requireFreePort(context.endpoint());
        MediaDriver driver = null;
        Aeron aeron = null;
        try {
            driver = MediaDriver.launch(driverContext(context));
            final AgentInvoker driverInvoker =
                    context.threadingMode() == ThreadingMode.INVOKER
                            ? driver.sharedAgentInvoker()
                            : null;
            aeron =
                    Aeron.connect(
                            new Aeron.Context()
                                    .aeronDirectoryName(driver.aeronDirectoryName())
                                    .useConductorAgentInvoker(true)
                                    .driverAgentInvoker(driverInvoker)
                                    .errorHandler(context.errorHandler())
                                    .subscriberErrorHandler(context.errorHandler()));
            final ServerCounters counters = new ServerCounters(aeron);
            final ServerAgent agent =
                    new ServerAgent(context, aeron, driverInvoker, driver, counters);
            agent.subscriptions(
                    subscribe(context, aeron, agent, "aeron:ipc", ServerAgent.TRANSPORT_IPC),
                    context.endpoint() == null
                            ? null
                            : subscribe(
                                    context,
                                    aeron,
                                    agent,
                                    Endpoint.parse(context.endpoint()).channel(),
                                    ServerAgent.TRANSPORT_UDP));
            final AgentRunner runner =
                    new AgentRunner(
                            context.idleStrategy(),
                            context.errorHandler(),
                            counters.errors(),
                            agent);
            AgentRunner.startOnThread(runner, context.threadFactory());
            return new StoreServer(context, counters, runner);
        } catch (final AeronException | IllegalStateException ex) {
            CloseHelper.quietCloseAll(aeron, driver);
            throw new TransportException(
                    "cannot serve on endpoint "
                            + context.endpoint()
                            + " with media driver directory "
                            + context.aeronDirectory()
                            + ": "
                            + ex.getMessage(),
                    ex);
        } catch (final RuntimeException ex) {
            CloseHelper.quietCloseAll(aeron, driver);
            throw ex;
        }
    }

    private static MediaDriver.Context driverContext(final ServerContext context) {
        final int termLength = ServerAgent.termLength(context.store().context().maxValueLength());
        return new MediaDriver.Context()
                .aeronDirectoryName(context.aeronDirectory().toString())
                .threadingMode(context.threadingMode())
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .warnIfDirectoryExists(false)
                .spiesSimulateConnection(false)
                .publicationTermBufferLength(termLength)
                .ipcTermBufferLength(termLength)
                .errorHandler(context.errorHandler());
    }

    private static Subscription subscribe(
            final ServerContext context,
            final Aeron aeron,
            final ServerAgent agent,
            final String channel,
            final int transport) {
        final Subscription subscription =
                aeron.addSubscription(
                        channel,
                        context.requestStreamId(),
                        image -> {},
                        image -> agent.onUnavailableImage(transport, image));
        if (subscription.channelStatus() == ChannelEndpointStatus.ERRORED) {
            throw new TransportException(
                    "cannot listen on " + channel + ": the media driver reports an error");
        }
        return subscription;
    }

    private static void requireFreePort(final String endpoint) {
        if (endpoint == null) {
            return;
        }
        final Endpoint parsed = Endpoint.parse(endpoint);
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress(parsed.host(), parsed.port()));
        } catch (final SocketException ex) {
            throw new TransportException(
                    "endpoint "
                            + endpoint
                            + " cannot be used: "
                            + ex.getMessage()
                            + "; stop the process that has the port, or give another one",
                    ex);
        }
    }

    /**
     * @return HOST:PORT of the UDP endpoint, or null for IPC alone.
     */
    public String endpoint() {
        return context.endpoint();
    }

    /**
     * @return directory of the embedded media driver.
     */
    public Path aeronDirectory() {
        return context.aeronDirectory();
    }

    /**
     * @return counters, readable by any thread until {@link #close()}.
     */
    public ServerCounters counters() {
        return counters;
    }

    /**
     * Ends the server's thread, its sessions and its media driver; the store is the caller's again.
     */
    @Override
    public void close() {
        runner.close();
    }
}
