package io.stoat.ops.demo;

import io.stoat.bench.target.Ports;
import io.stoat.ops.CommandFailure;
import io.stoat.ops.NodeCommand;
import io.stoat.transport.AeronDirectories;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * The demo's processes: a node, a feed, two readers and a client. Tells every half second what they
 * have done. {@link #close()} ends those that run, and may be called by any thread.
 */
final class DemoProcesses implements AutoCloseable {
    private static final int REFRESH_MS = 500;
    private static final double WARM_UP_SECONDS = 3;
    private static final int PROCESSES = 5;

    private final List<RoleProcess> processes = new CopyOnWriteArrayList<>();
    private final Path dir;
    private final double seconds;
    private final int symbols;
    private final Path input;
    private final PrintWriter out;
    private final boolean live = Boolean.getBoolean("stoat.tty");

    /**
     * @param dir data directory of the node.
     * @param seconds to measure, after the warm-up.
     * @param symbols keys.
     * @param input CSV file of market data, or null for the generator.
     * @param out told how far they are.
     */
    DemoProcesses(
            final Path dir,
            final double seconds,
            final int symbols,
            final Path input,
            final PrintWriter out) {
        this.dir = dir;
        this.seconds = seconds;
        this.symbols = symbols;
        this.input = input;
        this.out = out;
    }

    /**
     * Starts all, watches them until they end, and adds up what they report. Calling thread.
     *
     * @param inputRows rows of the CSV file, 0 with the generator.
     * @throws CommandFailure naming each process that failed.
     */
    DemoFigures run(final int inputRows) {
        final String endpoint = "127.0.0.1:" + Ports.freeUdp();
        final RoleProcess node = started("node", NodeCommand.READY, nodeWords(endpoint));
        node.awaitReady();
        final RoleProcess feed = role("feed", DemoRoleCommand.Role.FEED, endpoint);
        feed.awaitReady();
        final RoleProcess viewReader =
                role("reader 1 (in place)", DemoRoleCommand.Role.VIEW_READER, endpoint);
        final RoleProcess copyReader =
                role("reader 2 (copying)", DemoRoleCommand.Role.COPY_READER, endpoint);
        final RoleProcess client = role("client", DemoRoleCommand.Role.CLIENT, endpoint);
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

    private List<String> nodeWords(final String endpoint) {
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
            final String name, final DemoRoleCommand.Role role, final String endpoint) {
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
            final List<RoleProcess> workers, final ToLongFunction<RoleProcess> figure) {
        return workers.stream().mapToLong(figure).sum();
    }

    @Override
    public void close() {
        for (final RoleProcess process : processes) {
            if (process.isAlive() && process.name().equals("node")) {
                process.terminate();
                process.awaitEnd(5_000);
            }
            process.close();
        }
        // a client that was ended at once could not remove its own
        AeronDirectories.removeAbandoned();
    }
}
