package io.stoat.ops.demo;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.ops.CommandFailure;
import io.stoat.ops.NodeCommand;
import io.stoat.ops.cluster.ClusterDemo;
import io.stoat.replication.ClusterConfig;
import io.stoat.transport.AeronDirectories;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.agrona.IoUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat demo}: a node, a feed, two shared-memory readers and a client, each a process, and
 * what they measure.
 */
@Command(
        name = "demo",
        description = {
            "Run the whole store for a few seconds: a node; a feed that publishes market data through it over IPC;",
            "two readers that attach to shared memory (one in place, one copying) and check every read;",
            "and a client that reads the same keys over IPC and UDP. Each is a process of its own.",
            "All work in bursts with short pauses, so that the demo also runs on two cores; the first 3 seconds warm up.",
            "Exit code 1 if any read was wrong or a process died."
        },
        footer = {
            "",
            "Examples:",
            "  stoat demo --seconds 10",
            "  stoat demo --input trades.csv --json figures.json",
            "  stoat demo --nodes 3 --seconds 10",
            "  stoat demo --nodes 3 --groups 2"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int REFRESH_MS = 500;
    private static final double WARM_UP_SECONDS = 3;
    private static final int PROCESSES = 5;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--input",
            paramLabel = "FILE.csv",
            description =
                    "Market data with the columns Time, Price, Volume; looped until time is up (default: a built-in generator).")
    private Path input;

    @Option(
            names = "--symbols",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Keys (default: ${DEFAULT-VALUE}).")
    private int symbols;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "Members (default: ${DEFAULT-VALUE}). With 3 or more another demo runs: counters on that many member",
                "processes; the leader is killed half-way, and every counter must be what was acknowledged."
            })
    private int nodes;

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "With several --nodes: independent groups over which the keys are spread, each with a leader of its own",
                "(default: ${DEFAULT-VALUE})."
            })
    private int groups;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures as JSON too.")
    private Path json;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Data directory to use and keep (default: a temporary one).")
    private Path dataDir;

    @Spec private CommandSpec spec;

    private final List<RoleProcess> processes = new CopyOnWriteArrayList<>();
    private PrintWriter out;
    private boolean live;

    @Override
    public Integer call() throws IOException {
        if (!(seconds >= 0.5 && seconds <= 86_400)) {
            throw CommandFailure.usage("--seconds=" + seconds + ": must be from 0.5 to 86400");
        }
        if (symbols < 1 || symbols > 1_000_000) {
            throw CommandFailure.usage("--symbols=" + symbols + ": must be from 1 to 1000000");
        }
        out = spec.commandLine().getOut();
        if (nodes != 1) {
            if (nodes < 3 || nodes > ClusterConfig.MAX_MEMBERS) {
                throw CommandFailure.usage(
                        "--nodes="
                                + nodes
                                + ": must be 1, or from 3 to "
                                + ClusterConfig.MAX_MEMBERS);
            }
            if (groups < 1 || groups > 4) {
                throw CommandFailure.usage("--groups=" + groups + ": must be from 1 to 4");
            }
            new ClusterDemo(out, nodes, groups, seconds).run();
            return 0;
        }
        live = Boolean.getBoolean("stoat.tty");
        final int inputRows = input == null ? 0 : TickSource.csv(input, symbols).rows();
        final Path dir = dataDir == null ? temporaryDirectory() : dataDir.toAbsolutePath();
        final Thread cleaner = new Thread(() -> cleanUp(dir), "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(cleaner);
        final DemoFigures figures;
        try {
            figures = run(dir, inputRows);
        } finally {
            cleanUp(dir);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
        print(figures);
        if (json != null) {
            Files.writeString(
                    json,
                    JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(figures.asMap())
                            + "\n");
        }
        if (figures.torn() > 0) {
            throw CommandFailure.failed(figures.torn() + " reads were wrong");
        }
        return 0;
    }

    private static Path temporaryDirectory() throws IOException {
        final Path shm = Path.of("/dev/shm");
        return Files.isWritable(shm)
                ? Files.createTempDirectory(shm, "stoat-demo-")
                : Files.createTempDirectory("stoat-demo-");
    }

    private void cleanUp(final Path dir) {
        for (final RoleProcess process : processes) {
            if (process.isAlive() && process.name().equals("node")) {
                process.terminate();
                process.awaitEnd(5_000);
            }
            process.close();
        }
        // a client that was ended at once could not remove its own
        AeronDirectories.removeAbandoned();
        if (dataDir == null) {
            IoUtil.delete(dir.toFile(), true);
        }
    }

    private DemoFigures run(final Path dir, final int inputRows) throws IOException {
        final String endpoint = "127.0.0.1:" + freePort();
        final RoleProcess node = started("node", NodeCommand.READY, nodeWords(dir, endpoint));
        node.awaitReady();
        final RoleProcess feed = role("feed", DemoRoleCommand.Role.FEED, dir, endpoint);
        feed.awaitReady();
        final RoleProcess viewReader =
                role("reader 1 (in place)", DemoRoleCommand.Role.VIEW_READER, dir, endpoint);
        final RoleProcess copyReader =
                role("reader 2 (copying)", DemoRoleCommand.Role.COPY_READER, dir, endpoint);
        final RoleProcess client = role("client", DemoRoleCommand.Role.CLIENT, dir, endpoint);
        final List<RoleProcess> workers = List.of(feed, viewReader, copyReader, client);
        workers.forEach(RoleProcess::awaitReady);
        workers.forEach(RoleProcess::go);
        watch(node, workers);
        final List<String> problems = new ArrayList<>();
        for (final RoleProcess worker : workers) {
            final String problem = worker.awaitEnd(15_000);
            if (problem != null) {
                problems.add(problem);
            }
        }
        node.terminate();
        final String nodeProblem = node.awaitEnd(15_000);
        // a JVM that closed cleanly on SIGTERM ends with 0 or, by the signal's convention, 143
        if (nodeProblem != null && !nodeProblem.contains("exit code 143")) {
            problems.add(nodeProblem);
        }
        if (!problems.isEmpty()) {
            throw CommandFailure.failed("the demo failed: " + String.join("; ", problems));
        }
        final Histogram sharedMemory = RoleReport.newHistogram();
        sharedMemory.add(viewReader.histogram("sharedMemoryRead"));
        sharedMemory.add(copyReader.histogram("sharedMemoryRead"));
        return new DemoFigures(
                seconds,
                inputRows,
                feed.writes(),
                total(workers, RoleProcess::reads),
                total(workers, RoleProcess::wrong),
                sharedMemory,
                feed.histogram("writeRoundTrip"),
                client.histogram("ipcRoundTrip"),
                client.histogram("udpRoundTrip"));
    }

    private List<String> nodeWords(final Path dir, final String endpoint) {
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                "node",
                                "--data-dir",
                                dir.toString(),
                                "--endpoint",
                                endpoint,
                                "--threads",
                                threads()));
        if (!Files.exists(dir.resolve("store.mark"))) {
            words.addAll(
                    List.of(
                            "--entries",
                            String.valueOf(Math.max(10_000, symbols * 2)),
                            "--value-size",
                            "256"));
        }
        return words;
    }

    /** A node that spins is no help where its clients need the core. */
    private static String threads() {
        return Runtime.getRuntime().availableProcessors() > PROCESSES + 1 ? "auto" : "off";
    }

    private RoleProcess started(
            final String name, final String readyWords, final List<String> words) {
        final RoleProcess process = RoleProcess.start(name, readyWords, words);
        processes.add(process);
        return process;
    }

    private RoleProcess role(
            final String name,
            final DemoRoleCommand.Role role,
            final Path dir,
            final String endpoint) {
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                "demo-role",
                                role.name(),
                                "--data-dir",
                                dir.toString(),
                                "--endpoint",
                                endpoint,
                                "--seconds",
                                String.valueOf(seconds),
                                "--warm-up",
                                String.valueOf(WARM_UP_SECONDS),
                                "--symbols",
                                String.valueOf(symbols),
                                "--prefix",
                                prefix()));
        if (input != null) {
            words.addAll(List.of("--input", input.toAbsolutePath().toString()));
        }
        return started(name, RoleReport.READY, words);
    }

    private String prefix() {
        if (input == null) {
            return "SYM";
        }
        final String stem =
                input.getFileName().toString().split("[-_.]", 2)[0].toUpperCase(Locale.ROOT);
        return stem.isEmpty() ? "SYM" : stem;
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void watch(final RoleProcess node, final List<RoleProcess> workers) {
        final long startNs = System.nanoTime();
        long shownNs = startNs;
        long shownWrites = 0;
        long shownReads = 0;
        boolean warm = false;
        while (workers.stream().allMatch(RoleProcess::isAlive) && node.isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(REFRESH_MS));
            final long nowNs = System.nanoTime();
            final long writes = total(workers, RoleProcess::writes);
            final long reads = total(workers, RoleProcess::reads);
            final double elapsed = (nowNs - shownNs) / 1e9;
            final double at = (nowNs - startNs) / 1e9 - WARM_UP_SECONDS;
            if (at > seconds) {
                continue;
            }
            if (at > 0 && !warm) {
                // the processes count from here
                warm = true;
                shownNs = nowNs;
                shownWrites = writes;
                shownReads = reads;
                continue;
            }
            show(
                    at,
                    (writes - shownWrites) / elapsed,
                    (reads - shownReads) / elapsed,
                    total(workers, RoleProcess::wrong));
            shownNs = nowNs;
            shownWrites = writes;
            shownReads = reads;
        }
        if (live) {
            out.println();
        }
    }

    private void show(final double at, final double writes, final double reads, final long wrong) {
        final String line =
                String.format(
                        Locale.ROOT,
                        "%s | writes/s %,11.0f | checked reads/s %,13.0f | wrong %d",
                        at < 0
                                ? "   warming up"
                                : String.format(Locale.ROOT, "%5.1f of %.1f s", at, seconds),
                        writes,
                        reads,
                        wrong);
        if (live) {
            out.print("\r\u001b[2K" + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    private static long total(
            final List<RoleProcess> workers,
            final java.util.function.ToLongFunction<RoleProcess> figure) {
        return workers.stream().mapToLong(figure).sum();
    }

    private void print(final DemoFigures figures) {
        out.println();
        if (figures.inputRows() > 0) {
            out.printf(Locale.ROOT, "input rows      %,d (looped)%n", figures.inputRows());
        }
        out.printf(
                Locale.ROOT,
                "writes          %,d (%,.0f/s), one at a time over IPC%n",
                figures.writes(),
                figures.writes() / figures.seconds());
        out.printf(
                Locale.ROOT,
                "checked reads   %,d (%,.0f/s)%n",
                figures.reads(),
                figures.reads() / figures.seconds());
        out.printf(Locale.ROOT, "torn or wrong   %d%n%n", figures.torn());
        out.printf(
                Locale.ROOT,
                "%-34s %12s %12s %12s%n",
                "latency, microseconds",
                "p50",
                "p99",
                "p99.9");
        row("shared-memory read (with clock)", figures.sharedMemory());
        row("write round trip, IPC", figures.write());
        row("read round trip, IPC", figures.ipc());
        row("read round trip, UDP", figures.udp());
        out.flush();
    }

    private void row(final String name, final Histogram histogram) {
        out.printf(
                Locale.ROOT,
                "%-34s %,12.3f %,12.3f %,12.3f%n",
                name,
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3,
                histogram.getValueAtPercentile(99.9) / 1e3);
    }
}
