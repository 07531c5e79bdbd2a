package io.stoat.ops;

import io.stoat.ops.cluster.MemberNode;
import io.stoat.replication.ClusterConfig;
import io.stoat.store.Store;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.agrona.concurrent.ShutdownSignalBarrier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat node}: owns a data directory and serves it until SIGTERM or SIGINT. */
@Command(
        name = "node",
        description =
                "Run a node in the foreground: it owns a data directory and serves it over shared memory, IPC and UDP.",
        footer = {
            "",
            "Settings of --config FILE are lines key=value; the keys are the options' names without the dashes.",
            "",
            "Example:",
            "  stoat node --data-dir /dev/shm/prices --endpoint 127.0.0.1:7480 --entries 1000000"
        })
public final class NodeCommand implements Callable<Integer> {
    /**
     * The line that says a node serves starts with these words; whatever starts a node may wait for
     * it.
     */
    public static final String READY = "stoat node ready";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data directory, created if missing (default: stoat-data).")
    private Path dataDir;

    @Option(
            names = "--endpoint",
            paramLabel = "HOST:PORT",
            description = "UDP endpoint, loopback only (default: 127.0.0.1:7480).")
    private String endpoint;

    @Option(
            names = "--shards",
            paramLabel = "N",
            description = "Shards of a new directory (default: 4).")
    private String shards;

    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "Entries that a new directory must hold (default: 131072).")
    private String entries;

    @Option(
            names = "--value-size",
            paramLabel = "N",
            description = "Longest value of a new directory, bytes (default: 256).")
    private String valueSize;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Read settings from a properties file; options win.")
    private Path config;

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            description = {
                "Run as a member of the cluster that FILE describes, the same file on every host; the other",
                "options but --member do not apply. See docs/REPLICATION.md."
            })
    private Path cluster;

    @Option(
            names = "--member",
            paramLabel = "N",
            description = "Number of the member, from 0, in the order of the file's hosts.")
    private Integer member;

    @Option(
            names = "--wal",
            description = {
                "Keep a write-ahead log: run as the only member of a cluster, whose configuration is written to",
                "cluster.properties in --data-dir at the first start."
            })
    private boolean wal;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        if (wal || cluster != null) {
            return runMember();
        }
        final NodeConfig node = new NodeConfig();
        if (config != null) {
            node.file(config);
        }
        node.flag("data-dir", dataDir)
                .flag("endpoint", endpoint)
                .flag("shards", shards)
                .flag("entries", entries)
                .flag("value-size", valueSize);
        // the JVM ends as soon as the barrier is closed: everything else comes before
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier()) {
            serve(node, barrier);
            spec.commandLine().getOut().println("stoat node closed");
            spec.commandLine().getOut().flush();
        }
        return ExitCode.OK;
    }

    private int runMember() {
        if (wal == (cluster != null) || cluster != null && member == null) {
            throw CommandFailure.usage("give --cluster FILE with --member N, or --wal alone");
        }
        final ClusterConfig clusterConfig =
                ClusterConfig.read(wal ? walConfiguration() : cluster);
        final int number = wal ? 0 : member;
        final PrintWriter out = spec.commandLine().getOut();
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier()) {
            try (MemberNode node = new MemberNode(clusterConfig, number, out)) {
                out.println(READY + ": pid " + ProcessHandle.current().pid());
                out.println(
                        "  member          " + number + " of " + clusterConfig.members());
                out.println("  directory       " + clusterConfig.memberDir(0, number));
                out.println("  watch           stoat cluster status --cluster FILE");
                out.flush();
                barrier.await();
            }
            out.println("stoat node closed");
            out.flush();
        }
        return ExitCode.OK;
    }

    /** The configuration of the only member; written at the first start, kept afterwards. */
    private Path walConfiguration() {
        final Path dir =
                (dataDir == null ? Path.of(StoreOptions.DEFAULT_DATA_DIR) : dataDir)
                        .toAbsolutePath();
        final Path file = dir.resolve("cluster.properties");
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(dir);
                final List<String> lines = new ArrayList<>(List.of("dir=" + dir));
                if (shards != null) {
                    lines.add("shards=" + shards);
                }
                if (entries != null) {
                    lines.add("entries=" + entries);
                }
                if (valueSize != null) {
                    lines.add("value-size=" + valueSize);
                }
                Files.write(file, lines);
            }
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot write " + file + ": " + ex.getMessage());
        }
        return file;
    }

    private void serve(final NodeConfig node, final ShutdownSignalBarrier barrier) {
        try (Store store = Store.open(node.storeContext());
                StoreServer server =
                        StoreServer.launch(
                                new ServerContext().store(store).endpoint(node.endpoint()))) {
            print(store, server);
            barrier.await();
        }
    }

    private void print(final Store store, final StoreServer server) {
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
        out.println("  UDP             " + server.endpoint());
        out.println("  IPC             " + server.aeronDirectory());
        out.println("  read            stoat get KEY --data-dir " + dir);
        out.println("  write           stoat put KEY VALUE --data-dir " + dir);
        out.println("  from elsewhere  stoat get KEY --endpoint " + server.endpoint());
        out.println("  watch           stoat stat --data-dir " + dir);
        out.flush();
    }
}
