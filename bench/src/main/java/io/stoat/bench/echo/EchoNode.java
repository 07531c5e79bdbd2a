package io.stoat.bench.echo;

import io.aeron.Aeron;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PinnedThreadFactory;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.bench.WarmUp;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.transport.AgentThread;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * The other process: a bare Aeron echo, or a Stoat node; each runs its media driver and everything
 * else on one thread, or a Stoat node on the threads of a plan. Pauses and goes on when it is told
 * to; ends when its standard input does.
 */
public final class EchoNode {
    static final String READY = "READY";
    static final String PAUSE = "PAUSE";
    static final String GO_ON = "GO ON";
    static final String DONE = "DONE";

    /** Asks for what the JVM's compilers took so far, ms. */
    static final String COMPILED = "COMPILED";

    static final String BARE = "bare";

    /** Bare, with the packets that Aeron's driver sends when nothing is set. */
    static final String BARE_AS_SHIPPED = "bare-as-shipped";

    static final String STOAT = "stoat";

    /** With two write agents, so that there is something to forward. */
    static final String STOAT_TWO_WRITERS = "stoat-two-writers";

    /** Instead of a plan: one thread that spins, or yields, wherever the scheduler puts it. */
    static final String SPIN = "spin";

    static final String YIELD = "yield";

    /** A load that waits for its turn on a busy host is not dead. */
    static final long PATIENCE_NS = TimeUnit.MINUTES.toNanos(2);

    static final int KEYS = 1_000;
    static final int KEY_LENGTH = 16;
    static final int MTU_LENGTH = 32 * 1024;
    static final int SHIPPED_MTU_LENGTH = Configuration.MTU_LENGTH_DEFAULT;
    static final int SHARDS = 2;

    private final Pause pause = new Pause();
    private final Path directory;
    private final String endpoint;
    private final int valueLength;
    private final String threads;

    private EchoNode(
            final Path directory,
            final String endpoint,
            final int valueLength,
            final String threads) {
        this.directory = directory;
        this.endpoint = endpoint;
        this.valueLength = valueLength;
        this.threads = threads;
    }

    /**
     * Runs the node.
     *
     * @param args kind, directory, endpoint, length of values, and spin, yield, or a thread plan.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final EchoNode node =
                new EchoNode(Path.of(args[1]), args[2], Integer.parseInt(args[3]), args[4]);
        switch (args[0]) {
            case BARE -> node.runBare(MTU_LENGTH);
            case BARE_AS_SHIPPED -> node.runBare(SHIPPED_MTU_LENGTH);
            case STOAT -> node.runStoat(1);
            case STOAT_TWO_WRITERS -> node.runStoat(2);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    static Path dataDir(final Path directory) {
        return directory.resolve("store");
    }

    private boolean isPlanned() {
        return !threads.equals(SPIN) && !threads.equals(YIELD);
    }

    private IdleStrategy idle() {
        return new PausableIdle(
                pause,
                threads.equals(SPIN) ? new BusySpinIdleStrategy() : new YieldingIdleStrategy());
    }

    private void runBare(final int mtuLength) throws IOException {
        try (MediaDriver driver =
                        MediaDriver.launch(
                                new MediaDriver.Context()
                                        .aeronDirectoryName(
                                                EchoLoad.driverDirectory(directory).toString())
                                        .threadingMode(ThreadingMode.INVOKER)
                                        .mtuLength(mtuLength)
                                        .clientLivenessTimeoutNs(PATIENCE_NS)
                                        .publicationUnblockTimeoutNs(2 * PATIENCE_NS)
                                        .imageLivenessTimeoutNs(PATIENCE_NS)
                                        .dirDeleteOnStart(true)
                                        .dirDeleteOnShutdown(true)
                                        .warnIfDirectoryExists(false));
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(driver.aeronDirectoryName())
                                        .useConductorAgentInvoker(true)
                                        .driverAgentInvoker(driver.sharedAgentInvoker()));
                AgentRunner runner =
                        new AgentRunner(
                                idle(),
                                Throwable::printStackTrace,
                                null,
                                new EchoAgent(
                                        driver.sharedAgentInvoker(),
                                        aeron,
                                        endpoint,
                                        valueLength))) {
            AgentRunner.startOnThread(runner);
            obey();
        }
    }

    private void runStoat(final int writers) throws IOException {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[valueLength]);
        try (Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(dataDir(directory))
                                .shardCount(SHARDS)
                                .entries(2L * KEYS)
                                .maxValueLength(valueLength))) {
            for (int i = 0; i < KEYS; i++) {
                key.putLong(0, i);
                if (store.put(key, 0, KEY_LENGTH, value, 0, valueLength, 0) != Status.OK) {
                    throw new IllegalStateException("key " + i + " could not be loaded");
                }
            }
            final ServerContext context =
                    new ServerContext()
                            .store(store)
                            .endpoint(endpoint)
                            .mtuLength(MTU_LENGTH)
                            .writeAgents(writers)
                            .idleStrategy(idle());
            if (isPlanned()) {
                context.agentThreads(roles -> plannedThreads());
            }
            try (StoreServer server = StoreServer.launch(context)) {
                obey();
                if (server.counters().errors() > 0) {
                    throw new IllegalStateException("errors " + server.counters().errors());
                }
            }
        }
    }

    private List<AgentThread> plannedThreads() {
        return ThreadPlan.parse(threads).threads().stream().map(this::plannedThread).toList();
    }

    private AgentThread plannedThread(final PlannedThread planned) {
        final ThreadFactory factory =
                new PinnedThreadFactory(
                        planned,
                        false,
                        refusal -> {
                            throw new IllegalStateException(refusal.toString());
                        });
        return new AgentThread(
                planned.roles().stream().map(Role::toString).toList(),
                factory,
                new PausableIdle(pause, IdleStrategies.create(planned.idle())));
    }

    private void obey() throws IOException {
        System.out.println(READY);
        final BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (line.equals(COMPILED)) {
                System.out.println(DONE + " " + WarmUp.compiledMs());
            } else {
                pause.set(line.equals(PAUSE));
                System.out.println(DONE);
            }
        }
    }
}
