package io.stoat.ops.tune;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.NodeCommand;
import io.stoat.ops.TemporaryDirectory;
import io.stoat.transport.AeronDirectories;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.IoUtil;

/**
 * Where plans are measured: a temporary data directory, client processes and a reader that stay,
 * and a node that is started for each run. Closing it, which a shutdown hook may do while a run is
 * under way, leaves no process and no file.
 */
final class Bed implements AutoCloseable {
    private static final long START_TIMEOUT_MS = 60_000;
    private static final long SLACK_MS = 30_000;
    private static final int ENTRIES = 10_000;

    private final Path root;
    private final Path dataDir;
    private final boolean force;
    private final List<TuneProcess> clients = new ArrayList<>();
    private TuneProcess reader;
    private TuneProcess node;
    private boolean closed;

    /** How long the parts of a run take, ms. */
    record Durations(long warmUpMs, long latencyMs, long throughputMs) {
        long totalMs() {
            return warmUpMs + latencyMs + throughputMs;
        }
    }

    Bed(final boolean force) throws IOException {
        this.force = force;
        root = TemporaryDirectory.create("tune");
        dataDir = root.resolve("data");
    }

    void start(final int clientCount) {
        for (int i = 0; i < clientCount; i++) {
            clients.add(started("client", List.of("tune-load")));
        }
        reader = started("reader", List.of("tune-load", "--reader"));
        clients.forEach(client -> client.await(START_TIMEOUT_MS, TuneLoadCommand.READY));
        reader.await(START_TIMEOUT_MS, TuneLoadCommand.READY);
    }

    /** Nothing is started any more once the bed is closed. */
    private synchronized TuneProcess started(final String name, final List<String> words) {
        if (closed) {
            throw CommandFailure.failed("interrupted");
        }
        return TuneProcess.start(name, words);
    }

    /**
     * Measures a node with the plan.
     *
     * @throws CommandFailure when the node does not start, or a request fails.
     */
    LoadFigures measure(final String threads, final Durations durations) {
        final String endpoint = "127.0.0.1:" + freePort();
        final List<String> words =
                new ArrayList<>(
                        List.of(
                                "node",
                                "--data-dir",
                                dataDir.toString(),
                                "--endpoint",
                                endpoint,
                                "--entries",
                                String.valueOf(ENTRIES),
                                "--value-size",
                                String.valueOf(LoadKeys.VALUE_LENGTH),
                                "--threads",
                                threads));
        if (force) {
            words.add("--force");
        }
        node = started("node", words);
        try {
            node.await(START_TIMEOUT_MS, NodeCommand.READY);
            final String run =
                    String.join(
                            "\t",
                            dataDir.toString(),
                            endpoint,
                            String.valueOf(durations.warmUpMs),
                            String.valueOf(durations.latencyMs),
                            String.valueOf(durations.throughputMs));
            final List<TuneProcess> all = new ArrayList<>(clients);
            all.add(reader);
            all.forEach(process -> process.say(run));
            LoadFigures figures = null;
            for (final TuneProcess client : clients) {
                final LoadFigures theirs = result(client, durations);
                figures = figures == null ? theirs : figures.with(theirs);
            }
            answer(reader, durations);
            return figures;
        } finally {
            node.close();
        }
    }

    private static String answer(final TuneProcess process, final Durations durations) {
        final String line =
                process.await(
                        durations.totalMs() + SLACK_MS,
                        TuneLoadCommand.RESULT,
                        TuneLoadCommand.ERROR);
        if (line.startsWith(TuneLoadCommand.ERROR)) {
            throw CommandFailure.failed(line.substring(TuneLoadCommand.ERROR.length()));
        }
        return line.substring(TuneLoadCommand.RESULT.length());
    }

    private static LoadFigures result(final TuneProcess process, final Durations durations) {
        final String json = answer(process, durations);
        try {
            return LoadFigures.parse(json);
        } catch (final IOException ex) {
            throw CommandFailure.failed("a client answered '" + json + "'");
        }
    }

    private static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException ex) {
            throw CommandFailure.failed("no free UDP port on loopback: " + ex.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        final Path aeron = AeronDirectories.forDataDir(dataDir);
        if (node != null) {
            node.close();
        }
        if (reader != null) {
            reader.close();
        }
        clients.forEach(TuneProcess::close);
        // what a process that was ended at once could not remove
        AeronDirectories.removeAbandoned();
        IoUtil.delete(aeron.toFile(), true);
        IoUtil.delete(root.toFile(), true);
    }
}
