package io.stoat.ops;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.PinningRefusal;
import io.stoat.affinity.Topology;
import io.stoat.ops.cluster.MemberNode;
import io.stoat.replication.ClusterConfig;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreException;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
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
            "  stoat node --config stoat.properties --print-config"
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

    /** Configuration of a node with a write-ahead log, in its data directory. */
    static final String WAL_FILE = "cluster.properties";

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

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            description = {
                "Run as a member of the cluster that FILE describes, the same file on every host; of the other",
                "options --member, --groups, --threads, --force and --slow-cycle-us apply. See docs/REPLICATION.md."
            })
    private Path cluster;

    @Option(
            names = "--member",
            paramLabel = "N",
            description = "Number of the member, from 0, in the order of the file's hosts.")
    private Integer member;

    @Option(
            names = "--groups",
            paramLabel = "N",
            description = {
                "With --cluster: independent groups over which the shards are spread, each with a log and a leader;",
                "the same on every member; wins over the file's groups."
            })
    private Integer groups;

    @Option(
            names = "--wal",
            description = {
                "Keep a write-ahead log: run as the only member of a cluster, whose configuration is written to",
                "cluster.properties in --data-dir at the first start."
            })
    private boolean wal;

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
        if (wal || cluster != null) {
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
        if (wal == (cluster != null) || cluster != null && member == null) {
            throw CommandFailure.usage("give --cluster FILE with --member N, or --wal alone");
        }
        final ClusterConfig clusterConfig =
                ClusterConfig.read(
                        wal ? walConfiguration(config) : cluster,
                        groups == null ? Map.of() : Map.of("groups", groups.toString()));
        final int number = wal ? 0 : member;
        try (EndSignal end = newEndSignal()) {
            try (MemberPlan plan =
                            MemberPlan.plan(
                                    config,
                                    Topology.read(),
                                    CoreClaims.ofThisHost(),
                                    clusterConfig);
                    MemberNode node = launchMember(clusterConfig, number, plan)) {
                printMember(clusterConfig, number, plan);
                end.await();
            }
            sayClosed();
        }
        return ExitCode.OK;
    }

    private MemberNode launchMember(
            final ClusterConfig clusterConfig, final int number, final MemberPlan plan) {
        final AtomicBoolean isOpen = new AtomicBoolean();
        return new MemberNode(
                clusterConfig,
                number,
                group -> {
                    if (isOpen.compareAndSet(false, true)) {
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
            final ClusterConfig clusterConfig, final int number, final MemberPlan plan) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(READY + ": pid " + ProcessHandle.current().pid());
        out.println("  member          " + number + " of " + clusterConfig.members());
        if (clusterConfig.groups() > 1) {
            out.println("  groups          " + clusterConfig.groups());
        }
        out.println("  data directory  " + clusterConfig.dataDir(number));
        plan.print(out);
        final String place = wal ? "--data-dir " + clusterConfig.dir() : "--cluster " + cluster;
        out.println("  read            stoat get KEY " + place);
        out.println("  write           stoat put KEY VALUE " + place);
        out.println(
                "  watch           stoat cluster status --cluster "
                        + (wal ? clusterConfig.dir().resolve(WAL_FILE) : cluster)
                        + "; stoat stat --threads --data-dir "
                        + clusterConfig.dataDir(number));
        out.flush();
    }

    /** The configuration of the only member; written at the first start, kept afterwards. */
    private static Path walConfiguration(final NodeConfig config) {
        final StoreContext store = config.storeContext();
        final Path dir = store.dataDir().toAbsolutePath();
        final Path file = dir.resolve(WAL_FILE);
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(dir);
                Files.write(
                        file,
                        List.of(
                                "dir=" + dir,
                                "shards=" + store.shardCount(),
                                "entries=" + store.entries(),
                                "value-size=" + store.maxValueLength()));
            }
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot write " + file + ": " + ex.getMessage());
        }
        return file;
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
