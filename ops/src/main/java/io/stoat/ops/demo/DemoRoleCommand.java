package io.stoat.ops.demo;

import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import io.stoat.transport.ClientContext;
import io.stoat.transport.StoreClient;
import io.stoat.transport.TransportStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

    static final String WRITE_ROUND_TRIP = "writeRoundTrip";
    static final String SHARED_MEMORY_READ = "sharedMemoryRead";
    static final String IPC_ROUND_TRIP = "ipcRoundTrip";
    static final String UDP_ROUND_TRIP = "udpRoundTrip";

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
    private final List<Tally> tallies = new ArrayList<>();
    private UnsafeBuffer[] keys;
    private TickReads ticks;
    private boolean measuring;
    private long measureFromNs;
    private long deadlineNs;
    private long countedFromNs;
    private long nextReportNs;

    @Override
    public Integer call() {
        keys = Tick.keys(prefix, symbols);
        ticks = new TickReads(keys);
        try {
            switch (role) {
                case FEED -> feed();
                case CLIENT -> client();
                default -> reader();
            }
            report();
            tallies.forEach(tally -> report.histogram(tally.name(), tally.latencies()));
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
                System.exit(1);
            }
        } catch (final IOException ex) {
            System.exit(1);
        }
        final Thread watch = new Thread(DemoRoleCommand::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        countedFromNs = System.nanoTime();
        measureFromNs = countedFromNs + (long) (warmUpSeconds * 1e9);
        deadlineNs = measureFromNs + (long) (seconds * 1e9);
    }

    /** A client's own driver leaves nothing at an orderly end. */
    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // only the end matters
            }
        } catch (final IOException ignore) {
            // as good as the end
        }
        System.exit(1);
    }

    private Tally newTally(final String name) {
        final Tally tally = new Tally(name);
        tallies.add(tally);
        return tally;
    }

    private void report() {
        final long elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - countedFromNs);
        tallies.forEach(tally -> report.stat(tally.figures(elapsedMs)));
    }

    private boolean isOver(final long nowNs) {
        if (!measuring && nowNs - measureFromNs >= 0) {
            measuring = true;
            countedFromNs = nowNs;
            tallies.forEach(Tally::restart);
        }
        if (nowNs - nextReportNs >= 0) {
            report();
            nextReportNs = nowNs + REPORT_INTERVAL_NS;
        }
        return nowNs - deadlineNs >= 0;
    }

    private void feed() {
        final TickSource source =
                input == null ? TickSource.randomWalk(symbols) : TickSource.csv(input, symbols);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[Tick.LENGTH]);
        final long[] sequences = new long[symbols];
        final Tally roundTrips = newTally(WRITE_ROUND_TRIP);
        try (StoreClient client = StoreClient.connect(new ClientContext().dataDir(dataDir))) {
            for (int i = 0; i < symbols; i++) {
                Tick.encode(value, i, sequences[i] = 1, 0, 0, 0);
                requireApplied(put(client, i, value));
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
                final int status = put(client, symbol, value);
                if (!Tally.isUnanswered(status)) {
                    requireApplied(status);
                }
                final long doneNs = System.nanoTime();
                roundTrips.count(status, true, doneNs - nowNs);
                nowNs = doneNs;
            }
        }
    }

    private int put(final StoreClient client, final int symbol, final UnsafeBuffer value) {
        final UnsafeBuffer key = keys[symbol];
        return client.put(key, 0, key.capacity(), value, 0, Tick.LENGTH, 0);
    }

    private static void requireApplied(final int status) {
        if (status != Status.OK) {
            throw new IllegalStateException(
                    "a write was refused: " + TransportStatus.nameOf(status));
        }
    }

    private void reader() {
        final Tally reads = newTally(SHARED_MEMORY_READ);
        final boolean isInPlace = role == Role.VIEW_READER;
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            awaitStart();
            int symbol = 0;
            while (!isOver(System.nanoTime())) {
                int result = 0;
                // without an owner each read takes long
                for (int i = 0; i < READS_A_BURST && !Tally.isUnanswered(result); i++) {
                    final long startNs = System.nanoTime();
                    result =
                            isInPlace
                                    ? ticks.inPlace(reader, symbol)
                                    : ticks.copying(reader, symbol);
                    reads.count(result, ticks.isSound(), System.nanoTime() - startNs);
                    symbol = symbol + 1 == symbols ? 0 : symbol + 1;
                }
                LockSupport.parkNanos(PAUSE_AFTER_READS_NS);
            }
        }
    }

    private void client() {
        final Tally ipc = newTally(IPC_ROUND_TRIP);
        final Tally udp = newTally(UDP_ROUND_TRIP);
        try (StoreClient ipcClient = StoreClient.connect(new ClientContext().dataDir(dataDir));
                StoreClient udpClient =
                        StoreClient.connect(
                                new ClientContext()
                                        .endpoint(endpoint)
                                        .driverOnCallerThread(true))) {
            awaitStart();
            int symbol = 0;
            while (!isOver(System.nanoTime())) {
                roundTrip(ipcClient, symbol, ipc);
                roundTrip(udpClient, symbol, udp);
                symbol = symbol + 1 == symbols ? 0 : symbol + 1;
                LockSupport.parkNanos(PAUSE_AFTER_ROUND_TRIPS_NS);
            }
        }
    }

    private void roundTrip(final StoreClient client, final int symbol, final Tally tally) {
        final long startNs = System.nanoTime();
        final int result = ticks.remote(client, symbol);
        tally.count(result, ticks.isSound(), System.nanoTime() - startNs);
    }
}
