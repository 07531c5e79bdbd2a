package io.stoat.bench.scaling;

import io.stoat.bench.StoreOptions;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.TalkingProcess;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench readers}: reader processes beside a writer, straight out of shared memory.
 * This process is the owner; it writes at a steady rate while the readers read.
 */
@Command(
        name = "readers",
        mixinStandardHelpOptions = true,
        description = {
            "Reads by 1, 2 and 4 processes beside a writer: reads/s and their percentiles (validated",
            "copies of 128 bytes; the percentiles include two looks at the clock). Reads scale with cores,",
            "so compare rows with no more readers and writers than cores. Default: 100,000 entries, 2 s a row."
        })
public final class ReadersCommand implements Callable<Integer> {
    private static final long DEFAULT_ENTRIES = 100_000;
    private static final double DEFAULT_SECONDS = 2;
    private static final long WARM_UP_MS = 700;
    private static final int WRITES_A_STEP = 20;
    private static final long ANSWER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(90);

    @Option(
            names = "--readers",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2,4",
            description = "Reader processes (default: ${DEFAULT-VALUE}).")
    private List<Integer> readers;

    @Option(
            names = "--writes",
            split = ",",
            paramLabel = "N",
            defaultValue = "0,10000,200000",
            description = "Overwrites a second (default: ${DEFAULT-VALUE}).")
    private List<Long> writes;

    @Spec private CommandSpec spec;
    @Mixin private StoreOptions options;

    private long entries;
    private double seconds;
    private final UnsafeBuffer key =
            new UnsafeBuffer(
                    BufferUtil.allocateDirectAligned(ReaderProcess.KEY_LENGTH, Long.BYTES));
    private final UnsafeBuffer value =
            new UnsafeBuffer(
                    BufferUtil.allocateDirectAligned(ReaderProcess.VALUE_LENGTH, Long.BYTES));
    private long random = 88_172_645_463_325_252L;

    /** Made by picocli. */
    public ReadersCommand() {}

    /** What one reader process printed. */
    private record Figures(long reads, long retries, long p50Ns, long p99Ns, long p999Ns) {
        static Figures parse(final String line) {
            final String[] words = line.split(" ");
            return new Figures(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[4]),
                    Long.parseLong(words[6]),
                    Long.parseLong(words[8]));
        }
    }

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        entries = options.entries(spec, DEFAULT_ENTRIES);
        seconds = options.seconds(spec, DEFAULT_SECONDS);
        try (ScratchDirectory scratch = ScratchDirectory.create();
                Store store =
                        Store.open(
                                new StoreContext()
                                        .dataDir(scratch.path().resolve("d"))
                                        .entries(entries)
                                        .averageKeyLength(ReaderProcess.KEY_LENGTH)
                                        .maxValueLength(ReaderProcess.VALUE_LENGTH))) {
            for (long id = 0; id < entries; id++) {
                write(store, id);
            }
            out.printf(
                    "%d entries, %d cores%n%7s %10s %12s %14s %8s %8s %8s %10s%n",
                    entries,
                    Runtime.getRuntime().availableProcessors(),
                    "readers",
                    "writes/s",
                    "reads/s",
                    "reads/s each",
                    "p50 ns",
                    "p99 ns",
                    "p99.9 ns",
                    "retries");
            for (final long rate : writes) {
                for (final int count : readers) {
                    measure(store, scratch.path().resolve("d"), count, rate);
                }
            }
        }
        return 0;
    }

    private void measure(
            final Store store, final Path dir, final int count, final long writesPerSecond) {
        final List<TalkingProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                processes.add(start(dir, i));
            }
            processes.forEach(process -> process.await(ReaderProcess.READY));
            processes.forEach(process -> process.tell(""));
            final long deadlineNs = System.nanoTime() + measuredNs() + ANSWER_TIMEOUT_NS;
            final double written =
                    writeUntilReadersEnd(store, processes.get(0), writesPerSecond, deadlineNs);
            final List<Figures> figures = new ArrayList<>();
            for (final TalkingProcess process : processes) {
                final long leftNs = Math.max(0, deadlineNs - System.nanoTime());
                figures.add(Figures.parse(process.await(ReaderProcess.READS, leftNs)));
                process.end();
            }
            print(figures, written);
        } finally {
            processes.forEach(TalkingProcess::kill);
        }
    }

    private long measuredNs() {
        return TimeUnit.MILLISECONDS.toNanos(WARM_UP_MS + (long) (seconds * 1_000));
    }

    private TalkingProcess start(final Path dir, final int number) {
        return new TalkingProcess(
                "reader process " + number,
                Build.currentWithoutOptions()
                        .java(
                                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                                ReaderProcess.class,
                                dir,
                                entries,
                                WARM_UP_MS,
                                (long) (seconds * 1_000)),
                ANSWER_TIMEOUT_NS);
    }

    /**
     * Writes at the rate, a few at a time, while the first reader lives, but not beyond the
     * deadline; returns writes/s.
     */
    private double writeUntilReadersEnd(
            final Store store,
            final TalkingProcess first,
            final long writesPerSecond,
            final long deadlineNs) {
        if (writesPerSecond == 0) {
            return 0;
        }
        final long startNs = System.nanoTime();
        final long stepNs = TimeUnit.SECONDS.toNanos(WRITES_A_STEP) / writesPerSecond;
        long written = 0;
        long nextNs = startNs;
        while (first.isAlive() && System.nanoTime() - deadlineNs < 0) {
            for (int i = 0; i < WRITES_A_STEP; i++) {
                random ^= random << 13;
                random ^= random >>> 7;
                random ^= random << 17;
                write(store, (random >>> 1) % entries);
            }
            written += WRITES_A_STEP;
            nextNs += stepNs;
            while (System.nanoTime() - nextNs < 0) {
                Thread.yield();
            }
        }
        return written * 1e9 / (System.nanoTime() - startNs);
    }

    private void write(final Store store, final long id) {
        ReaderProcess.putKey(key, id);
        value.putLong(0, random);
        value.putLong(8, id);
        final int status =
                store.put(
                        key, 0, ReaderProcess.KEY_LENGTH, value, 0, ReaderProcess.VALUE_LENGTH, 0);
        if (status != Status.OK) {
            throw new IllegalStateException(Status.nameOf(status));
        }
    }

    private void print(final List<Figures> figures, final double writesPerSecond) {
        final double reads = figures.stream().mapToLong(Figures::reads).sum() / seconds;
        final PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%7d %10.0f %12.0f %14.0f %8d %8d %8d %10d%n",
                figures.size(),
                writesPerSecond,
                reads,
                reads / figures.size(),
                figures.stream().mapToLong(Figures::p50Ns).max().orElse(0),
                figures.stream().mapToLong(Figures::p99Ns).max().orElse(0),
                figures.stream().mapToLong(Figures::p999Ns).max().orElse(0),
                figures.stream().mapToLong(Figures::retries).sum());
        out.flush();
    }
}
