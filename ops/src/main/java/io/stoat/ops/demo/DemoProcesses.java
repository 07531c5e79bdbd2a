package io.stoat.ops.demo;

import static io.stoat.ops.demo.DemoRoleCommand.IPC_ROUND_TRIP;
import static io.stoat.ops.demo.DemoRoleCommand.SHARED_MEMORY_READ;
import static io.stoat.ops.demo.DemoRoleCommand.UDP_ROUND_TRIP;
import static io.stoat.ops.demo.DemoRoleCommand.WRITE_ROUND_TRIP;

import io.stoat.bench.target.Ports;
import io.stoat.ops.CommandFailure;
import io.stoat.ops.LiveBlock;
import io.stoat.ops.NodeCommand;
import io.stoat.transport.AeronDirectories;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.agrona.IoUtil;

/**
 * The demo's processes: a node, a feed, two readers and a client. Tells every half second what they
 * have done. {@link #close()} ends those that run, and may be called by any thread.
 */
final class DemoProcesses implements AutoCloseable {
    private static final int REFRESH_MS = 500;
    private static final double WARM_UP_SECONDS = 3;
    private static final int PROCESSES = 5;
    private static final long END_TIMEOUT_MS = 15_000;
    private static final long NODE_END_TIMEOUT_MS = 5_000;

    /** What a process does in one way, and how the demo calls it. */
    private record Way(String name, RoleProcess process, String tally, boolean isRead) {
        DemoScreen.Row row() {
            return new DemoScreen.Row(name, process.figures(tally), isRead);
        }
    }

    private final List<RoleProcess> processes = new CopyOnWriteArrayList<>();
    private final Path dir;
    private final double seconds;
    private final int symbols;
    private final Path input;
    private final boolean isTemporary;
    private final DemoScreen screen;
    private volatile RoleProcess node;
    private boolean closed;

    /**
     * @param dir data directory of the node.
     * @param isTemporary whether nobody needs the directory afterwards.
     * @param seconds to measure, after the warm-up.
     * @param symbols keys.
     * @param input CSV file of market data, or null for the generator.
     * @param out told how far they are.
     */
    DemoProcesses(
            final Path dir,
            final boolean isTemporary,
            final double seconds,
            final int symbols,
            final Path input,
            final PrintWriter out) {
        this.dir = dir;
        this.isTemporary = isTemporary;
        this.seconds = seconds;
        this.symbols = symbols;
        this.input = input;
        screen = new DemoScreen(out, seconds, LiveBlock.isTerminal());
    }

    /**
     * Starts all, watches them until they end, and adds up what they report. Calling thread.
     *
     * @param inputRows rows of the CSV file, 0 with the generator.
     * @throws CommandFailure naming each process that failed.
     */
    DemoFigures run(final int inputRows) {
        final String endpoint = "127.0.0.1:" + Ports.freeUdp();
        node = started("node", NodeCommand.READY, nodeWords(endpoint));
        node.awaitReady();
        final RoleProcess feed = role("feed", DemoRoleCommand.Role.FEED, endpoint);
        feed.awaitReady();
        final RoleProcess viewReader =
                role("reader 1 (in place)", DemoRoleCommand.Role.VIEW_READER, endpoint);
        final RoleProcess copyReader =
                role("reader 2 (copying)", DemoRoleCommand.Role.COPY_READER, endpoint);
        final RoleProcess client = role("client", DemoRoleCommand.Role.CLIENT, endpoint);
        final List<Way> ways =
                List.of(
                        new Way("feed: writes, IPC", feed, WRITE_ROUND_TRIP, false),
                        new Way(viewReader.name(), viewReader, SHARED_MEMORY_READ, true),
                        new Way(copyReader.name(), copyReader, SHARED_MEMORY_READ, true),
                        new Way("client: reads, IPC", client, IPC_ROUND_TRIP, true),
                        new Way("client: reads, UDP", client, UDP_ROUND_TRIP, true));
        final List<RoleProcess> workers = List.of(feed, viewReader, copyReader, client);
        workers.forEach(RoleProcess::awaitReady);
        workers.forEach(RoleProcess::go);
        watch(workers, ways);
        end(workers);
        requireAnswers(ways);
        final Histogram sharedMemory = RoleReport.newHistogram();
        sharedMemory.add(viewReader.histogram(SHARED_MEMORY_READ));
        sharedMemory.add(copyReader.histogram(SHARED_MEMORY_READ));
        return new DemoFigures(
                seconds,
                inputRows,
                feed.figures(WRITE_ROUND_TRIP).answered(),
                ways.stream()
                        .filter(Way::isRead)
                        .mapToLong(way -> way.row().figures().answered())
                        .sum(),
                ways.stream().mapToLong(way -> way.row().figures().wrong()).sum(),
                ways.stream().mapToLong(way -> way.row().figures().unanswered()).sum(),
                unansweredBy(ways),
                sharedMemory,
                feed.histogram(WRITE_ROUND_TRIP),
                client.histogram(IPC_ROUND_TRIP),
                client.histogram(UDP_ROUND_TRIP));
    }

    /** Ends the node once all others have ended, unless some died. */
    private void end(final List<RoleProcess> workers) {
        final List<RoleProcess> all = new ArrayList<>(workers);
        all.add(node);
        // the others may go on for long
        fail(all.stream().filter(RoleProcess::hasDied).map(process -> process.awaitEnd(0)));
        fail(workers.stream().map(worker -> worker.awaitEnd(END_TIMEOUT_MS)));
        node.terminate();
        fail(Stream.of(node).map(process -> process.awaitEnd(END_TIMEOUT_MS)));
    }

    private static void fail(final Stream<String> problems) {
        final List<String> found = problems.filter(Objects::nonNull).toList();
        if (!found.isEmpty()) {
            throw CommandFailure.failed("the demo failed: " + String.join("; ", found));
        }
    }

    /** A way in that never answered was not shown. */
    private static void requireAnswers(final List<Way> ways) {
        fail(
                ways.stream()
                        .map(Way::row)
                        .filter(row -> row.figures().answered() == 0)
                        .map(
                                row ->
                                        row.name()
                                                + " got no answer ("
                                                + row.figures().statuses()
                                                + ")"));
    }

    private static String unansweredBy(final List<Way> ways) {
        return ways.stream()
                .map(Way::row)
                .filter(row -> row.figures().unanswered() > 0)
                .map(row -> row.name() + ": " + row.figures().statuses())
                .collect(Collectors.joining("; "));
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
                                threads(),
                                isTemporary
                                        ? NodeCommand.REMOVE_WITH_INPUT
                                        : NodeCommand.END_WITH_INPUT));
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

    /** Nothing is started any more once this is closed, which an interrupt does. */
    private synchronized RoleProcess started(
            final String name, final String readyWords, final List<String> words) {
        if (closed) {
            throw CommandFailure.failed("interrupted");
        }
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

    private void watch(final List<RoleProcess> workers, final List<Way> ways) {
        final long startNs = System.nanoTime();
        while (workers.stream().allMatch(RoleProcess::isAlive) && node.isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(REFRESH_MS));
            final double at = (System.nanoTime() - startNs) / 1e9 - WARM_UP_SECONDS;
            if (at <= seconds) {
                screen.show(at, node.pid(), ways.stream().map(Way::row).toList());
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        processes.stream().filter(process -> process != node).forEach(RoleProcess::close);
        // a client that was ended at once could not remove its own
        AeronDirectories.removeAbandoned();
        if (node == null) {
            return;
        }
        if (node.isAlive()) {
            node.terminate();
            node.awaitEnd(NODE_END_TIMEOUT_MS);
        }
        node.close();
        if (node.hasBeenReady()) {
            // a node that was killed could not; one that never served may not have been the owner
            IoUtil.delete(AeronDirectories.forDataDir(dir).toFile(), true);
        }
    }
}
