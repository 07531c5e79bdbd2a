package io.stoat.ops;

import io.stoat.store.Store;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreServer;
import java.io.PrintWriter;
import java.nio.file.Path;
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

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
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
