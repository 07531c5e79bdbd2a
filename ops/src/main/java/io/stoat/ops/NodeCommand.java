package io.stoat.ops;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.PinningRefusal;
import io.stoat.affinity.Topology;
import io.stoat.ops.cluster.MemberNode;
import io.stoat.replication.ClusterConfig;
import io.stoat.store.Store;
import io.stoat.store.StoreException;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat node}: owns a data directory and serves it until SIGTERM or SIGINT. Its options are
 * {@link NodeSetting}s.
 */
@Command(
        name = "node",
        modelTransformer = NodeOptions.class,
        sortOptions = false,
        description =
                "Run a node in the foreground: it owns a data directory and serves it over shared memory, IPC and UDP.",
        footer = {
            "",
            "Settings of --config FILE are lines key=value; the keys are the options' names without the dashes.",
            "--print-config prints every setting with its value, as such a file.",
            "",
            "Examples:",
            "  stoat node --data-dir /dev/shm/prices --endpoint 127.0.0.1:7480 --entries 1000000",
            "  stoat node --data-dir /dev/shm/prices --threads write-0=3,read-0=4,driver=5",
            "  stoat node --config stoat.properties --print-config",
            "  stoat node --hosts 10.0.0.1,10.0.0.2,10.0.0.3 --member 0 --dir /var/lib/stoat --token-file token"
        })
public final class NodeCommand implements Callable<Integer> {
    /**
     * The line that says a node serves starts with these words; whatever starts a node may wait for
     * it.
     */
    public static final String READY = "stoat node ready";

    /** Hidden option of a node that a parent process started, and that is to end with it. */
    public static final String END_WITH_INPUT = "--end-with-input";

    /**
     * Hidden option of a plain node whose data nobody needs without its parent process: ends with
     * it, and leaves nothing.
     */
    public static final String REMOVE_WITH_INPUT = "--remove-with-input";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            order = -2,
            description = "Read settings from a properties file; options win.")
    private Path configFile;

    @Option(
            names = "--print-config",
            order = -1,
            description = "Print the settings in force as a configuration file, and end.")
    private boolean printConfig;

    @Mixin private MemberOptions memberOptions;

    @Option(
            names = END_WITH_INPUT,
            hidden = true,
            description = "End as at SIGTERM when standard input ends: who started it is gone.")
    private boolean endWithInput;

    @Option(
            names = REMOVE_WITH_INPUT,
            hidden = true,
            description = "As --end-with-input, and remove the data directory then.")
    private boolean removeWithInput;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final NodeConfig config = new NodeConfig();
        if (configFile != null) {
            config.file(configFile);
        }
        NodeOptions.take(spec.commandLine().getParseResult(), config);
        config.conclude();
        if (printConfig) {
            spec.commandLine().getOut().print(config.describe());
            spec.commandLine().getOut().flush();
            return ExitCode.OK;
        }
        if (memberOptions.isMember()) {
            return runMember(config);
        }
        try (EndSignal end = newEndSignal()) {
            serve(config, end);
            if (removeWithInput && end.hasInputEnded()) {
                IoUtil.delete(config.storeContext().dataDir().toFile(), true);
            }
            sayClosed();
        }
        return ExitCode.OK;
    }

    private EndSignal newEndSignal() {
        final EndSignal end = new EndSignal();
        if (endWithInput || removeWithInput) {
            end.listenToInput();
        }
        return end;
    }

    private void sayClosed() {
        spec.commandLine().getOut().println("stoat node closed");
        spec.commandLine().getOut().flush();
    }

    private int runMember(final NodeConfig config) {
        final ClusterConfig clusterConfig = memberOptions.configuration(config);
        final int number = memberOptions.number();
        try (EndSignal end = newEndSignal()) {
            try (MemberPlan plan =
                            MemberPlan.plan(
                                    config,
                                    Topology.read(),
                                    CoreClaims.ofThisHost(),
                                    clusterConfig);
                    MemberNode node = launchMember(config, clusterConfig, number, plan)) {
                printMember(config, clusterConfig, number, plan);
                end.await();
            }
            sayClosed();
        }
        return ExitCode.OK;
    }

    private MemberNode launchMember(
            final NodeConfig config,
            final ClusterConfig clusterConfig,
            final int number,
            final MemberPlan plan) {
        final AtomicBoolean isOpen = new AtomicBoolean();
        return new MemberNode(
                clusterConfig,
                number,
                group -> {
                    if (isOpen.compareAndSet(false, true)) {
                        MemberPorts.requireFree(
                                clusterConfig,
                                number,
                                "change port in " + memberOptions.file(config));
                        plan.open(clusterConfig.dataDir(number), this::say);
                    }
                    return plan.ofGroup(group);
                },
                spec.commandLine().getOut());
    }

    private void say(final PinningRefusal refusal) {
        spec.commandLine().getErr().println("stoat: " + refusal);
        spec.commandLine().getErr().flush();
    }

    private void printMember(
            final NodeConfig config,
            final ClusterConfig clusterConfig,
            final int number,
            final MemberPlan plan) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(READY + ": pid " + ProcessHandle.current().pid());
        out.println("  member          " + number + " of " + clusterConfig.members());
        if (clusterConfig.groups() > 1) {
            out.println("  groups          " + clusterConfig.groups());
        }
        out.println("  data directory  " + clusterConfig.dataDir(number));
        plan.print(out);
        final String place = memberOptions.place(config);
        out.println("  read            stoat get KEY " + place);
        out.println("  write           stoat put KEY VALUE " + place);
        out.println(
                "  watch           stoat cluster status --cluster "
                        + memberOptions.file(config)
                        + "; stoat stat --threads --data-dir "
                        + clusterConfig.dataDir(number));
        out.flush();
    }

    private void serve(final NodeConfig config, final EndSignal end) {
        NodeEndpoint.requireUsable(config);
        // resources are closed in reverse: the figures outlive the agents that write them
        try (NodeThreads threads =
                        NodeThreads.plan(config, Topology.read(), CoreClaims.ofThisHost());
                Store store = open(config);
                StoreServer server = launch(config, threads, store)) {
            print(threads, store, server);
            end.await();
        }
    }

    /** The store calls its settings otherwise than the command. */
    private static Store open(final NodeConfig config) {
        try {
            return Store.open(config.storeContext());
        } catch (final StoreException ex) {
            throw CommandFailure.failed(
                    ex.getMessage()
                            .replace("maxValueLength=", NodeSetting.VALUE_SIZE.key() + "=")
                            .replace("shardCount=", NodeSetting.SHARDS.key() + "="));
        }
    }

    private StoreServer launch(
            final NodeConfig config, final NodeThreads threads, final Store store) {
        requireShardsFor(threads, store);
        threads.open(store.context().dataDir(), this::say);
        return StoreServer.launch(
                new ServerContext()
                        .store(store)
                        .endpoint(config.endpoint())
                        .tokenFile(config.tokenFile())
                        .maxSessions(config.sessions())
                        .readAgents(threads.readAgents())
                        .writeAgents(threads.writeAgents())
                        .agentThreads(threads));
    }

    /** Each write agent owns whole shards. */
    private static void requireShardsFor(final NodeThreads threads, final Store store) {
        final int shards = store.shardMap().shardCount();
        if (threads.writeAgents() > shards) {
            throw CommandFailure.usage(
                    threads.writeAgents()
                            + " write agents (write-agents, or the roles write-N of threads) for the "
                            + shards
                            + " shards of "
                            + store.context().dataDir()
                            + ": give at most "
                            + shards
                            + ", or a new data directory more --shards");
        }
    }

    private void print(final NodeThreads threads, final Store store, final StoreServer server) {
        final PrintWriter out = spec.commandLine().getOut();
        final Path dir = store.context().dataDir();
        out.println(READY + ": pid " + ProcessHandle.current().pid());
        if (store.recovery().shards() > 0) {
            out.println("  " + store.recovery());
        }
        out.println(
                "  data directory  "
                        + dir
                        + " ("
                        + store.shardMap().shardCount()
                        + " shards, "
                        + store.size()
                        + " entries)");
        final boolean hasUdp = server.endpoint() != null;
        out.println("  UDP             " + (hasUdp ? server.endpoint() : "off"));
        out.println("  IPC             " + server.aeronDirectory());
        threads.print(out);
        out.println("  read            stoat get KEY --data-dir " + dir);
        out.println("  write           stoat put KEY VALUE --data-dir " + dir);
        if (hasUdp) {
            out.println("  from elsewhere  stoat get KEY --endpoint " + server.endpoint());
        }
        out.println("  watch           stoat stat --data-dir " + dir + " --threads");
        out.flush();
    }
}
