package io.stoat.bench.echo;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.IOException;
import java.nio.file.Path;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * The other process: a bare Aeron echo, or a Stoat node; each runs its media driver and everything
 * else on one thread. Ends when its standard input does.
 */
public final class EchoNode {
    static final String READY = "READY";
    static final String BARE = "bare";
    static final String STOAT = "stoat";

    /** With two write agents, so that there is something to forward. */
    static final String STOAT_TWO_WRITERS = "stoat-two-writers";

    static final int KEYS = 1_000;
    static final int KEY_LENGTH = 16;
    static final int MTU_LENGTH = 8192;
    static final int SHARDS = 2;

    private EchoNode() {}

    /**
     * Runs the node.
     *
     * @param args kind, directory, endpoint, length of values, whether to spin.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final Path directory = Path.of(args[1]);
        final int valueLength = Integer.parseInt(args[3]);
        final IdleStrategy idle =
                Boolean.parseBoolean(args[4])
                        ? new BusySpinIdleStrategy()
                        : new YieldingIdleStrategy();
        if (args[0].equals(BARE)) {
            runBare(directory, args[2], valueLength, idle);
        } else {
            runStoat(directory, args[2], valueLength, idle, args[0].equals(STOAT) ? 1 : 2);
        }
    }

    private static void runBare(
            final Path directory,
            final String endpoint,
            final int valueLength,
            final IdleStrategy idle)
            throws IOException {
        try (MediaDriver driver =
                        MediaDriver.launch(
                                new MediaDriver.Context()
                                        .aeronDirectoryName(
                                                EchoLoad.driverDirectory(directory).toString())
                                        .threadingMode(ThreadingMode.INVOKER)
                                        .mtuLength(MTU_LENGTH)
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
                                idle,
                                Throwable::printStackTrace,
                                null,
                                new EchoAgent(
                                        driver.sharedAgentInvoker(),
                                        aeron,
                                        endpoint,
                                        valueLength))) {
            AgentRunner.startOnThread(runner);
            awaitEnd();
        }
    }

    private static void runStoat(
            final Path directory,
            final String endpoint,
            final int valueLength,
            final IdleStrategy idle,
            final int writers)
            throws IOException {
        final UnsafeBuffer key = new UnsafeBuffer(new byte[KEY_LENGTH]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[valueLength]);
        try (Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(directory.resolve("store-" + writers))
                                .shardCount(SHARDS)
                                .entries(2L * KEYS)
                                .maxValueLength(valueLength))) {
            for (int i = 0; i < KEYS; i++) {
                key.putLong(0, i);
                if (store.put(key, 0, KEY_LENGTH, value, 0, valueLength, 0) != Status.OK) {
                    throw new IllegalStateException("key " + i + " could not be loaded");
                }
            }
            try (StoreServer server =
                    StoreServer.launch(
                            new ServerContext()
                                    .store(store)
                                    .endpoint(endpoint)
                                    .mtuLength(MTU_LENGTH)
                                    .writeAgents(writers)
                                    .idleStrategy(idle))) {
                awaitEnd();
                if (server.counters().errors() > 0) {
                    throw new IllegalStateException("errors " + server.counters().errors());
                }
            }
        }
    }

    private static void awaitEnd() throws IOException {
        System.out.println(READY);
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
    }
}
