package io.stoat.bench.cluster;

import io.stoat.replication.ClusterConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.IdleStrategy;

/**
 * Child process: the client of a cluster, on one thread with its media driver. Arguments: {@code
 * bare} or {@code stoat}, configuration file, port, directory, idle strategy, length of the values,
 * keys. Prints {@code ready} once it is connected and all keys were written; then does what each
 * line of its input says:
 *
 * <ul>
 *   <li>{@code single MILLIS}: one put at a time; prints {@code single P50 P99 P999 RATE}, ns and
 *       1/s;
 *   <li>{@code batched MILLIS PUTS WINDOW}: so many puts a message and messages in flight; prints
 *       {@code batched RATE}, puts/s;
 *   <li>{@code compiled}: prints {@code compiled MS}, what this JVM's compilers took so far.
 * </ul>
 */
final class LoadProcess {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final int FILL_PUTS = 16;
    private static final String END = "";

    private final Load load;
    private final IdleStrategy idle;

    private LoadProcess(final Load load, final IdleStrategy idle) {
        this.load = load;
        this.idle = idle;
    }

    /**
     * Entry point.
     *
     * @param args as the class says.
     */
    public static void main(final String[] args) {
        final ClusterConfig config = ClusterConfig.read(Path.of(args[1]));
        final IdleStrategy idle = Idle.valueOf(args[4]).strategy();
        final long keys = Long.parseLong(args[6]);
        final int valueLength = Integer.parseInt(args[5]);
        try (Load load =
                args[0].equals(Kind.BARE.word())
                        ? new BareLoad(
                                config,
                                Integer.parseInt(args[2]),
                                Path.of(args[3]),
                                new PutMessage(valueLength, keys))
                        : new StoatLoad(config, valueLength, keys, idle)) {
            final LoadProcess process = new LoadProcess(load, idle);
            process.connect();
            process.write(keys);
            System.out.println(MemberProcess.READY);
            process.obey();
        }
    }

    /** Takes lines without leaving the session alone; ends with its input. */
    private void obey() {
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        final Thread input = new Thread(() -> read(lines), "input");
        input.setDaemon(true);
        input.start();
        while (true) {
            final String line = lines.poll();
            if (line == null) {
                idle.idle(load.poll());
                continue;
            }
            if (line.equals(END)) {
                return;
            }
            if (line.equals(MemberProcess.COMPILED)) {
                MemberProcess.sayCompiled();
                continue;
            }
            final String[] words = line.split(" ");
            final long durationNs = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[1]));
            if (words[0].equals("single")) {
                single(durationNs);
            } else {
                batched(durationNs, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            }
        }
    }

    private static void read(final BlockingQueue<String> lines) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null; ) {
                lines.add(line);
            }
        } catch (final IOException ignore) {
            // the parent is gone
        }
        lines.add(END);
    }

    private void connect() {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (!load.isConnected()) {
            requireInTime(deadlineNs, "no leader");
            idle.idle(load.poll());
        }
    }

    private static void requireInTime(final long deadlineNs, final String what) {
        if (System.nanoTime() - deadlineNs > 0) {
            throw new IllegalStateException(what + " within 30 s");
        }
    }

    private void write(final long keys) {
        long sent = 0;
        // groups have not quite as many keys each
        while (sent < keys + keys / 4) {
            if (load.inFlight() < load.window() / 2 && load.send(FILL_PUTS)) {
                sent += FILL_PUTS;
            }
            idle.idle(load.poll());
        }
        drain();
    }

    private void drain() {
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (load.inFlight() > 0) {
            requireInTime(deadlineNs, "no answers");
            idle.idle(load.poll());
        }
    }

    private void single(final long durationNs) {
        final Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            while (!load.send(1)) {
                idle.idle(load.poll());
            }
            while (load.inFlight() > 0) {
                idle.idle(load.poll());
            }
            final long endNs = System.nanoTime();
            histogram.recordValue(endNs - nowNs);
            nowNs = endNs;
        }
        System.out.println(
                "single "
                        + histogram.getValueAtPercentile(50)
                        + ' '
                        + histogram.getValueAtPercentile(99)
                        + ' '
                        + histogram.getValueAtPercentile(99.9)
                        + ' '
                        + histogram.getTotalCount() * 1e9 / (nowNs - startNs));
    }

    private void batched(final long durationNs, final int puts, final int window) {
        final long before = load.answeredPuts();
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            int sent = 0;
            while (load.inFlight() < window && load.send(puts)) {
                sent++;
            }
            idle.idle(load.poll() + sent);
            nowNs = System.nanoTime();
        }
        final double rate = (load.answeredPuts() - before) * 1e9 / (nowNs - startNs);
        drain();
        System.out.println("batched " + rate);
    }
}
