package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import io.stoat.store.ReaderContext;
import io.stoat.store.Store;
import io.stoat.store.StoreReader;
import io.stoat.store.StoreWriter;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Serves a store over Aeron IPC and UDP, with an embedded media driver: reads and writes on streams
 * of their own, served by agents of their own, on the threads that {@link AgentThreads} says. From
 * {@link #launch} on the store's shards belong to the server's write agents.
 */
public final class StoreServer implements AutoCloseable {
    private static final int ERRORS_TYPE_ID = 7480;

    private final ServerContext context;
    private final Arrangement arrangement;
    private final List<Agent> agents = new ArrayList<>();
    private final List<AgentCounters> agentCounters = new ArrayList<>();
    private final List<Aeron> clients = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private EmbeddedDriver driver;
    private ServerCounters counters;

    private StoreServer(final ServerContext context) {
        this.context = context;
        arrangement = Arrangement.of(context);
    }

    /**
     * Starts the media driver and the agents' threads.
     *
     * @param context settings; concluded here.
     * @return the running server.
     * @throws TransportException naming the setting, its value and the mend, for example when the
     *     port is in use.
     */
    public static StoreServer launch(final ServerContext context) {
        context.conclude();
        requireFreePort(context.endpoint());
        final StoreServer server = new StoreServer(context);
        try {
            server.start();
            return server;
        } catch (final AeronException | IllegalStateException ex) {
            server.abandon();
            throw new TransportException(
                    "cannot serve on endpoint "
                            + context.endpoint()
                            + " with media driver directory "
                            + context.aeronDirectory()
                            + ": "
                            + ex.getMessage(),
                    ex);
        } catch (final RuntimeException ex) {
            server.abandon();
            throw ex;
        }
    }

    private void start() {
        driver = new EmbeddedDriver(context, arrangement);
        final Map<String, Agent> byRole = new HashMap<>();
        byRole.put(AgentThreads.DRIVER, driver.agent());
        createAgents();
        agents.forEach(agent -> byRole.put(agent.roleName(), agent));
        final AtomicCounter errors = clients.get(0).addCounter(ERRORS_TYPE_ID, "stoat errors");
        counters = new ServerCounters(agentCounters, errors);
        for (final AgentThread thread : arrangement.threads()) {
            final List<Agent> theirs = new ArrayList<>();
            thread.roles().forEach(role -> theirs.add(byRole.get(role)));
            final Agent agent = thread.decorator().apply(new NamedAgents(thread.name(), theirs));
            runners.add(
                    new AgentRunner(thread.idleStrategy(), context.errorHandler(), errors, agent));
        }
        driver.handOver();
        for (int i = 0; i < runners.size(); i++) {
            AgentRunner.startOnThread(runners.get(i), arrangement.threads().get(i).threadFactory());
        }
    }

    private void createAgents() {
        final Store store = context.store();
        final StoreWriter[] writers = new StoreWriter[context.writeAgents()];
        final short[] owners = new short[store.shardMap().shardCount()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = store.newWriter(i, writers.length);
            for (int shard = 0; shard < owners.length; shard++) {
                if (writers[i].owns(shard)) {
                    owners[shard] = (short) i;
                }
            }
        }
        final StreamIds streams = new StreamIds(context.requestStreamId());
        final NodeMap nodeMap =
                new NodeMap(
                        store.shardMap().generation(),
                        store.context().maxValueLength(),
                        streams.read(0),
                        context.readAgents(),
                        streams.write(0),
                        writers.length,
                        owners);
        final ChangeLog changes = new ChangeLog(writers.length, context.feedLength());
        for (int i = 0; i < context.readAgents(); i++) {
            final ReadAgent agent =
                    new ReadAgent(
                            i,
                            context,
                            connect(),
                            nodeMap,
                            StoreReader.attach(
                                    new ReaderContext()
                                            .dataDir(store.context().dataDir())
                                            .epochClock(store.context().epochClock())),
                            changes);
            agents.add(agent);
            agentCounters.add(agent.counters());
        }
        final Forwarder forwarder = new Forwarder(writers.length, context.termLength());
        for (int i = 0; i < writers.length; i++) {
            final WriteAgent agent =
                    new WriteAgent(
                            i, context, connect(), nodeMap, writers[i], forwarder, changes.ring(i));
            agents.add(agent);
            agentCounters.add(agent.counters());
        }
    }

    private Aeron connect() {
        final Aeron client = driver.connect();
        clients.add(client);
        return client;
    }

    /** Undoes a start that failed before the threads ran. */
    private void abandon() {
        for (final Agent agent : agents) {
            CloseHelper.quietClose(agent::onClose);
        }
        CloseHelper.quietCloseAll(clients);
        CloseHelper.quietClose(driver);
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

    /** Ends the server's threads, its sessions and its media driver. */
    @Override
    public void close() {
        if (!runners.isEmpty() && context.endpoint() != null && counters.sessions() > 0) {
            driver.hasPeers();
        }
        runners.forEach(CloseHelper::quietClose);
        CloseHelper.quietClose(driver);
    }
}
