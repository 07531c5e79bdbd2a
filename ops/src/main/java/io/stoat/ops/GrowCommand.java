package io.stoat.ops;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.store.Growth;
import io.stoat.store.GrowthReply;
import io.stoat.store.GrowthRequest;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat grow}: more room for a store, while its node serves it. */
@Command(
        name = "grow",
        description = {
            "Make room for more entries: larger shards are made beside the present ones, filled between",
            "the node's commands, and switched to; readers follow by themselves. Takes the space of both",
            "meanwhile. Without a running node it is done at once."
        },
        footer = {"", "Example:", "  stoat grow --entries 2000000 --data-dir /dev/shm/prices"})
final class GrowCommand implements Callable<Integer> {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long ANSWER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Option(
            names = "--entries",
            paramLabel = "N",
            required = true,
            description = "Entries that the whole store is to hold.")
    private long entries;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "How long to wait for the end (default: ${DEFAULT-VALUE}).")
    private long timeoutS;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (entries < 1 || entries > StoreContext.MAX_ENTRIES) {
            throw CommandFailure.usage(
                    "--entries=" + entries + ": must be 1 to " + StoreContext.MAX_ENTRIES);
        }
        final boolean isServed;
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            isServed = reader.ownerState() == StoreReader.OwnerState.ALIVE;
        }
        final GrowthReply reply = isServed ? ask() : growHere();
        if (reply.state() != Growth.State.DONE) {
            throw CommandFailure.failed("the store was not grown: " + reply.failure());
        }
        print(reply);
        return ExitCode.OK;
    }

    private GrowthReply growHere() {
        try (Store store = Store.open(new StoreContext().dataDir(dataDir))) {
            final Growth growth = store.grow(entries);
            return new GrowthReply(
                    growth.state(),
                    growth.shards(),
                    growth.shardsSwitched(),
                    growth.slices(),
                    growth.maxPauseNs(),
                    growth.totalPauseNs(),
                    growth.failure());
        }
    }

    private GrowthReply ask() {
        final long startNs = System.nanoTime();
        try (GrowthRequest request = GrowthRequest.submit(dataDir, entries)) {
            while (true) {
                final GrowthReply reply = request.poll();
                if (reply != null && reply.isOver()) {
                    return reply;
                }
                final long waitedNs = System.nanoTime() - startNs;
                if (reply == null && waitedNs > ANSWER_TIMEOUT_NS) {
                    throw CommandFailure.failed(
                            "the owner of "
                                    + dataDir
                                    + " does not answer: it grows a store only with its heartbeat thread on");
                }
                if (waitedNs > TimeUnit.SECONDS.toNanos(timeoutS)) {
                    throw CommandFailure.failed(
                            "not done within "
                                    + timeoutS
                                    + " s; it goes on, see stoat stat --data-dir "
                                    + dataDir);
                }
                LockSupport.parkNanos(POLL_NS);
            }
        }
    }

    private void print(final GrowthReply reply) throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            final Map<String, Object> map = new LinkedHashMap<>();
            map.put("entries", entries);
            map.put("shards", reply.shards());
            map.put("slices", reply.slices());
            map.put("maxPauseNs", reply.maxPauseNs());
            map.put("totalPauseNs", reply.totalPauseNs());
            out.println(JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(map));
        } else {
            out.printf(
                    "grown to %d entries: %d shards, %d slices, longest pause of the owner %.1f us%n",
                    entries, reply.shards(), reply.slices(), reply.maxPauseNs() / 1_000.0);
        }
        out.flush();
    }
}
