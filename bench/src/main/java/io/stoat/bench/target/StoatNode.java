package io.stoat.bench.target;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.OperationSource;
import io.stoat.bench.workload.Workload;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A node for one run: a store that is loaded before it is served over IPC and UDP. Ends when its
 * standard input does.
 */
public final class StoatNode {
    /** What it prints once it may be used. */
    static final String READY = "READY";

    /** What it prints at its end, with the number of commands that its agents handed on. */
    static final String FORWARDED = "forwarded ";

    private StoatNode() {}

    static List<String> command(final RunContext context, final String address, final String plan) {
        final Workload workload = context.workload();
        return List.of(
                NodeLauncher.JAVA,
                StoatNode.class.getName(),
                context.directory().toString(),
                address,
                plan,
                String.valueOf(workload.keys()),
                String.valueOf(context.capacity()),
                String.valueOf(workload.keyLength()),
                String.valueOf(workload.valueLength()),
                context.option("shards", "2"),
                String.valueOf(context.option("agents", "shared").equals("separate")),
                context.option("write-agents", "1"));
    }

    static Path dataDir(final Path directory) {
        return directory.resolve("store");
    }

    static Store openStore(final RunContext context) {
        return openStore(
                dataDir(context.directory()),
                context.capacity(),
                context.workload().keyLength(),
                context.workload().valueLength(),
                Integer.parseInt(context.option("shards", "2")));
    }

    private static Store openStore(
            final Path dataDir,
            final long capacity,
            final int keyLength,
            final int valueLength,
            final int shards) {
        return Store.open(
                new StoreContext()
                        .dataDir(dataDir)
                        .shardCount(shards)
                        .entries(Math.max(1_000, capacity))
                        .averageKeyLength(keyLength)
                        .maxValueLength(valueLength));
    }

    /**
     * Runs a node.
     *
     * @param args directory, endpoint, thread plan, keys to load, keys to make room for, lengths of
     *     key and value, shards, whether each agent has a thread of its own, write agents.
     * @throws IOException when standard input fails.
     */
    public static void main(final String[] args) throws IOException {
        final int keyLength = Integer.parseInt(args[5]);
        final int valueLength = Integer.parseInt(args[6]);
        try (Store store =
                openStore(
                        dataDir(Path.of(args[0])),
                        Long.parseLong(args[4]),
                        keyLength,
                        valueLength,
                        Integer.parseInt(args[7]))) {
            load(store, Long.parseLong(args[3]), keyLength, valueLength);
            final ServerContext context = new ServerContext().store(store).endpoint(args[1]);
            final boolean separate = Boolean.parseBoolean(args[8]);
            final int writeAgents = Integer.parseInt(args[9]);
            context.writeAgents(writeAgents);
            if (separate || !args[2].equals(ThreadPlan.OFF)) {
                context.agentThreads(new PlannedAgents(plan(args[2], writeAgents), separate));
            }
            try (StoreServer server = StoreServer.launch(context)) {
                System.out.println(READY);
                while (System.in.read() >= 0) {
                    Thread.onSpinWait();
                }
                System.out.println(FORWARDED + server.counters().forwarded());
                if (server.counters().errors() > 0) {
                    System.out.println("errors " + server.counters().errors());
                }
            }
        }
    }

    /** The CPUs that a plan pins a node's threads to. */
    static CpuSet cpus(final String plan) {
        final ThreadPlan threads = plan(plan, 1);
        return CpuSet.of(
                Stream.of(Role.DRIVER, Role.read(0), Role.write(0))
                        .map(threads::thread)
                        .filter(PlannedThread::isPinned)
                        .mapToInt(PlannedThread::cpu)
                        .distinct()
                        .toArray());
    }

    static PlannedThread thread(final String plan) {
        return plan(plan, 1).thread(Role.write(0));
    }

    private static ThreadPlan plan(final String plan, final int writeAgents) {
        final List<Role> roles = new ArrayList<>(List.of(Role.DRIVER, Role.read(0), Role.CLIENT));
        IntStream.range(0, writeAgents).mapToObj(Role::write).forEach(roles::add);
        return ThreadPlan.of(plan, Topology.read(), roles.toArray(Role[]::new));
    }

    private static void load(
            final Store store, final long keys, final int keyLength, final int valueLength) {
        final Operation operation = new Operation(keyLength, valueLength);
        final UnsafeBuffer key = operation.key();
        final UnsafeBuffer value = operation.value();
        for (long index = 0; index < keys; index++) {
            OperationSource.load(operation, index);
            final int status = store.put(key, 0, keyLength, value, 0, valueLength, 0);
            if (status != Status.OK) {
                throw new IllegalStateException(
                        "key " + index + " could not be loaded: " + Status.nameOf(status));
            }
        }
    }
}
