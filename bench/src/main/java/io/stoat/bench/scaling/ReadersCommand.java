package io.stoat.bench.scaling;

import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.StoreOptions;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Figure;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.TalkingProcess;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
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
    private static final String A_SECOND = "a second";
    private static final String NS = "ns";
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
    @Mixin private ComparisonOptions output;

    private Comparison comparison;
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
        entries = options.entries(spec, DEFAULT_ENTRIES);
        seconds = options.seconds(spec, DEFAULT_SECONDS);
        comparison = output.begin(spec, "not pinned");
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
            comparison.section(
                    String.format(
                            Locale.ROOT,
                            "%,d entries, %d cores",
                            entries,
                            Runtime.getRuntime().availableProcessors()));
            for (final long rate : writes) {
                for (final int count : readers) {
                    measure(store, scratch.path().resolve("d"), count, rate);
                }
            }
        }
        return output.end(comparison);
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
            add(figures, written, writesPerSecond);
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

    private void add(
            final List<Figures> figures, final double written, final long writesPerSecond) {
        final double reads = figures.stream().mapToLong(Figures::reads).sum() / seconds;
        comparison.figures(
                String.format(
                        Locale.ROOT,
                        "readers: %d, writes/s asked for: %,d",
                        figures.size(),
                        writesPerSecond),
                Figure.of("writes", A_SECOND, Math.rint(written)),
                Figure.of("reads", A_SECOND, Math.rint(reads)),
                Figure.of("reads each", A_SECOND, Math.rint(reads / figures.size())),
                Figure.of("p50", NS, most(figures, Figures::p50Ns)),
                Figure.of("p99", NS, most(figures, Figures::p99Ns)),
                Figure.of("p99.9", NS, most(figures, Figures::p999Ns)),
                Figure.of("retries", "", figures.stream().mapToLong(Figures::retries).sum()));
    }

    private static double most(final List<Figures> figures, final ToLongFunction<Figures> figure) {
        return figures.stream().mapToLong(figure).max().orElse(0);
    }
}
