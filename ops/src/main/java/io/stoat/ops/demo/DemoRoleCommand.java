package io.stoat.ops.demo;

import io.stoat.store.EntryView;
import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import io.stoat.transport.ClientContext;
import io.stoat.transport.StoreClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * One process of the demo. It prepares, says READY, waits for a line on standard input, works for
 * the given time, reports and ends; when its parent goes away, standard input ends and so does it.
 */
@Command(
        name = "demo-role",
        hidden = true,
        description = "One process of the demo; started by stoat demo.")
public final class DemoRoleCommand implements Callable<Integer> {
    enum Role {
        FEED,
        VIEW_READER,
        COPY_READER,
        CLIENT
    }

    private static final long REPORT_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int READS_A_BURST = 256;
    private static final int WRITES_A_BURST = 64;
    private static final long PAUSE_AFTER_READS_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long PAUSE_AFTER_WRITES_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long PAUSE_AFTER_ROUND_TRIPS_NS = TimeUnit.MICROSECONDS.toNanos(500);

    @Parameters private Role role;

    @Option(names = "--data-dir")
    private Path dataDir;

    @Option(names = "--endpoint")
    private String endpoint;

    @Option(names = "--seconds")
    private double seconds;

    @Option(names = "--warm-up")
    private double warmUpSeconds;

    @Option(names = "--symbols")
    private int symbols;

    @Option(names = "--prefix")
    private String prefix;

    @Option(names = "--input")
    private Path input;

    private final RoleReport report = new RoleReport(System.out);
    private UnsafeBuffer[] keys;
    private long[] sequences;
    private final List<Histogram> histograms = new ArrayList<>();
    private boolean measuring;
    private long measureFromNs;
    private long deadlineNs;
    private long nextReportNs;
    private long reads;
    private long wrong;
    private long writes;

    @Override
    public Integer call() {
        keys = Tick.keys(prefix, symbols);
        sequences = new long[symbols];
        try {
            switch (role) {
                case FEED -> feed();
                case CLIENT -> client();
                default -> reader();
            }
            report.stat(reads, wrong, writes);
            return 0;
        } catch (final RuntimeException ex) {
            report.error(ex.getMessage() == null ? ex.toString() : ex.getMessage());
            return 1;
        }
    }

    private void awaitStart() {
        report.ready();
        try {
            if (System.in.read() < 0) {
                Runtime.getRuntime().halt(1);
            }
        } catch (final IOException ex) {
            Runtime.getRuntime().halt(1);
        }
        final Thread watch = new Thread(DemoRoleCommand::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        measureFromNs = System.nanoTime() + (long) (warmUpSeconds * 1e9);
        deadlineNs = measureFromNs + (long) (seconds * 1e9);
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // only the end matters
            }
        } catch (final IOException ignore) {
            // as good as the end
        }
        Runtime.getRuntime().halt(1);
    }

    private Histogram newHistogram() {
        final Histogram histogram = RoleReport.newHistogram();
        histograms.add(histogram);
        return histogram;
    }

    private boolean isOver(final long nowNs) {
        if (!measuring && nowNs - measureFromNs >= 0) {
            measuring = true;
            // what was wrong while the JVM warmed up stays counted
            reads = 0;
            writes = 0;
            histograms.forEach(Histogram::reset);
        }
        if (nowNs - nextReportNs >= 0) {
            report.stat(reads, wrong, writes);
            nextReportNs = nowNs + REPORT_INTERVAL_NS;
        }
        return nowNs - deadlineNs >= 0;
    }

    private void feed() {
        final TickSource source =
                input == null ? TickSource.randomWalk(symbols) : TickSource.csv(input, symbols);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[Tick.LENGTH]);
        final Histogram roundTrips = newHistogram();
        try (StoreClient client = StoreClient.connect(new ClientContext().dataDir(dataDir))) {
            for (int i = 0; i < symbols; i++) {
                Tick.encode(value, i, sequences[i] = 1, 0, 0, 0);
                put(client, i, value);
            }
            awaitStart();
            long nowNs = System.nanoTime();
            for (int burst = 0; !isOver(nowNs); burst++) {
                if (burst == WRITES_A_BURST) {
                    burst = 0;
                    LockSupport.parkNanos(PAUSE_AFTER_WRITES_NS);
                    nowNs = System.nanoTime();
                }
                source.next();
                final int symbol = source.symbol();
                Tick.encode(
                        value,
                        symbol,
                        ++sequences[symbol],
                        source.price(),
                        source.volume(),
                        source.timeUs());
                put(client, symbol, value);
                final long doneNs = System.nanoTime();
                roundTrips.recordValue(Math.max(1, doneNs - nowNs));
                nowNs = doneNs;
            }
        }
        report.histogram("writeRoundTrip", roundTrips);
    }

    private void put(final StoreClient client, final int symbol, final UnsafeBuffer value) {
        final UnsafeBuffer key = keys[symbol];
        final int status = client.put(key, 0, key.capacity(), value, 0, Tick.LENGTH, 0);
        if (status != Status.OK) {
            throw new IllegalStateException("a write was refused: " + Status.nameOf(status));
        }
        writes++;
    }

    private void reader() {
        final Histogram latencies = newHistogram();
        final EntryView view = new EntryView();
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[Tick.LENGTH]);
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            awaitStart();
            int symbol = 0;
            while (!isOver(System.nanoTime())) {
                for (int i = 0; i < READS_A_BURST; i++) {
                    final long startNs = System.nanoTime();
                    final boolean sound =
                            role == Role.VIEW_READER
                                    ? readInPlace(reader, symbol, view)
                                    : readCopy(reader, symbol, copy);
                    latencies.recordValue(Math.max(1, System.nanoTime() - startNs));
                    reads++;
                    wrong += sound ? 0 : 1;
                    symbol = symbol + 1 == symbols ? 0 : symbol + 1;
                }
                LockSupport.parkNanos(PAUSE_AFTER_READS_NS);
            }
        }
        report.histogram("sharedMemoryRead", latencies);
    }

    private boolean readInPlace(final StoreReader reader, final int symbol, final EntryView view) {
        final UnsafeBuffer key = keys[symbol];
        while (true) {
            if (reader.find(key, 0, key.capacity(), view) != Tick.LENGTH) {
                return false;
            }
            final boolean sound = Tick.isSound(view, symbol);
            final long sequence = Tick.sequence(view);
            if (view.isValid()) {
                return sound && isForward(symbol, sequence);
            }
        }
    }

    private boolean readCopy(final StoreReader reader, final int symbol, final UnsafeBuffer copy) {
        final UnsafeBuffer key = keys[symbol];
        final int length = reader.get(key, 0, key.capacity(), copy, 0, Tick.LENGTH);
        return Tick.isSound(copy, length, symbol) && isForward(symbol, Tick.sequence(copy));
    }

    private boolean isForward(final int symbol, final long sequence) {
        final boolean forward = sequence >= sequences[symbol];
        sequences[symbol] = sequence;
        return forward;
    }

    private void client() {
        final Histogram ipc = newHistogram();
        final Histogram udp = newHistogram();
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[Tick.LENGTH]);
        try (StoreClient ipcClient = StoreClient.connect(new ClientContext().dataDir(dataDir));
                StoreClient udpClient =
                        StoreClient.connect(
                                new ClientContext()
                                        .endpoint(endpoint)
                                        .driverOnCallerThread(true))) {
            awaitStart();
            int symbol = 0;
            while (!isOver(System.nanoTime())) {
                roundTrip(ipcClient, symbol, copy, ipc);
                roundTrip(udpClient, symbol, copy, udp);
                symbol = symbol + 1 == symbols ? 0 : symbol + 1;
                LockSupport.parkNanos(PAUSE_AFTER_ROUND_TRIPS_NS);
            }
        }
        report.histogram("ipcRoundTrip", ipc);
        report.histogram("udpRoundTrip", udp);
    }

    private void roundTrip(
            final StoreClient client,
            final int symbol,
            final UnsafeBuffer copy,
            final Histogram histogram) {
        final UnsafeBuffer key = keys[symbol];
        final long startNs = System.nanoTime();
        final int length = client.get(key, 0, key.capacity(), copy, 0, Tick.LENGTH);
        histogram.recordValue(Math.max(1, System.nanoTime() - startNs));
        reads++;
        if (!Tick.isSound(copy, length, symbol) || !isForward(symbol, Tick.sequence(copy))) {
            wrong++;
        }
    }
}
