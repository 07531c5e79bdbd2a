package io.stoat.transport;

import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A node that serves until it is killed, and answers each line of input with its state. */
final class NodeMain {
    static final String STATE = "state";

    private NodeMain() {}

    public static void main(final String[] args) throws IOException, InterruptedException {
        final int agents = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        try (Store store =
                        Store.open(
                                new StoreContext()
                                        .dataDir(Path.of(args[0]))
                                        .shardCount(2)
                                        .entries(2_000)
                                        .maxValueLength(100));
                StoreServer server =
                        StoreServer.launch(
                                new ServerContext()
                                        .store(store)
                                        .endpoint(args[1])
                                        .readAgents(agents)
                                        .writeAgents(2))) {
            System.out.println("serving");
            final BufferedReader input =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (input.readLine() != null) {
                System.out.println(STATE + " " + State.of(server));
            }
            Thread.currentThread().join();
        }
    }

    /** What a node has counted, and what memory it holds after a collection. */
    record State(
            long counted,
            long errors,
            long sessions,
            long heapBytes,
            long bufferBytes,
            int threads) {
        private static State of(final StoreServer server) {
            System.gc();
            final ServerCounters counters = server.counters();
            return new State(
                    counters.malformed() + counters.refusedSessions(),
                    counters.errors(),
                    counters.sessions(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                            .mapToLong(BufferPoolMXBean::getMemoryUsed)
                            .sum(),
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }

        static State parse(final String text) {
            final String[] words = text.split(" ");
            return new State(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]),
                    Integer.parseInt(words[5]));
        }

        @Override
        public String toString() {
            return counted
                    + " "
                    + errors
                    + " "
                    + sessions
                    + " "
                    + heapBytes
                    + " "
                    + bufferBytes
                    + " "
                    + threads;
        }
    }
}
