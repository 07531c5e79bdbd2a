package io.stoat.bench.target;

import io.stoat.bench.workload.Workload;
import java.util.List;
import java.util.Set;

/** The ways into a Stoat store. */
final class StoatTarget implements Target {
    /** How a client reaches the store. */
    enum Way {
        /** Another process's store read in place; writes go to its node over IPC. */
        VIEW("stoat-view", "StoreReader.find, two fields, isValid; writes by StoreClient over IPC"),
        /** Another process's store read as validated copies; writes go to its node over IPC. */
        COPY("stoat-copy", "StoreReader.get; writes by StoreClient over IPC"),
        /** The store in the load's own process and thread. */
        EMBEDDED("stoat-embedded", "Store.get and Store.put in the owner's thread"),
        /** A node over Aeron IPC. */
        IPC("stoat-ipc", "StoreClient over IPC, one request at a time"),
        /** A node over Aeron UDP on the loopback interface. */
        UDP("stoat-udp", "StoreClient over UDP, one request at a time, driver on its thread"),
        /** A node over Aeron IPC, many requests in flight. */
        PIPELINED_IPC("stoat-ipc-pipelined", "PipelinedClient over IPC"),
        /** A node over Aeron UDP on the loopback interface, many requests in flight. */
        PIPELINED_UDP("stoat-udp-pipelined", "PipelinedClient over UDP, driver on its thread");

        private final String label;
        private final String settings;

        Way(final String label, final String settings) {
            this.label = label;
            this.settings = settings;
        }
    }

    private final Way way;

    StoatTarget(final Way way) {
        this.way = way;
    }

    @Override
    public String name() {
        return way.label;
    }

    @Override
    public String version() {
        return "this build";
    }

    @Override
    public String settings() {
        return way.settings;
    }

    @Override
    public int maxClients() {
        return way == Way.EMBEDDED ? 1 : 128;
    }

    @Override
    public boolean supports(final Workload workload) {
        return !isPipelined() || workload.hasOnlySingleSteps();
    }

    @Override
    public Set<String> options() {
        return switch (way) {
            case EMBEDDED -> Set.of("shards", RunContext.SLOWED_BUILD_PERCENT);
            case PIPELINED_IPC, PIPELINED_UDP ->
                    Set.of(
                            "shards",
                            "agents",
                            "write-agents",
                            "routing",
                            "batch",
                            RunContext.SLOWED_BUILD_PERCENT);
            default ->
                    Set.of(
                            "shards",
                            "agents",
                            "write-agents",
                            "routing",
                            RunContext.SLOWED_BUILD_PERCENT);
        };
    }

    private boolean isPipelined() {
        return way == Way.PIPELINED_IPC || way == Way.PIPELINED_UDP;
    }

    @Override
    public NodeLauncher nodeLauncher() {
        return way == Way.EMBEDDED ? null : new StoatNodeLauncher();
    }

    @Override
    public Connector open(final RunContext context) {
        return new StoatConnector(way, context);
    }

    /** Starts {@link StoatNode}. */
    private static final class StoatNodeLauncher implements NodeLauncher {
        @Override
        public List<String> command(
                final RunContext context, final String address, final String plan) {
            return StoatNode.command(context, address, plan);
        }

        @Override
        public String newAddress() {
            return "127.0.0.1:" + Ports.freeUdp();
        }
    }
}
