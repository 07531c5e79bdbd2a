package io.stoat.bench.scaling;

import io.stoat.bench.StoreOptions;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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
    private static final int FAILED = 1;
    private static final long END_TIMEOUT_S = 20;

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
                    Long.parseLong(words[1]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[5]),
                    Long.parseLong(words[7]),
                    Long.parseLong(words[9]));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
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
                    if (!measure(store, scratch.path().resolve("d"), count, rate)) {
                        return FAILED;
                    }
                }
            }
        }
        return 0;
    }

    private boolean measure(
            final Store store, final Path dir, final int count, final long writesPerSecond)
            throws IOException, InterruptedException {
        final List<Process> processes = new ArrayList<>();
        try {
            final List<BufferedReader> outputs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                final Process process = start(dir);
                processes.add(process);
                outputs.add(process.inputReader(StandardCharsets.UTF_8));
            }
            for (final BufferedReader output : outputs) {
                output.readLine();
            }
            for (final Process process : processes) {
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
            final double written = writeUntilReadersEnd(store, processes, writesPerSecond);
            final List<Figures> figures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                final String line = outputs.get(i).readLine();
                if (line == null
                        || !processes.get(i).waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)
                        || processes.get(i).exitValue() != 0) {
                    spec.commandLine().getErr().println("stoat: a reader process failed");
                    return false;
                }
                figures.add(Figures.parse(line));
            }
            print(figures, written);
            return true;
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private Process start(final Path dir) throws IOException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(ReaderProcess.class.getName());
        command.add(dir.toString());
        command.add(String.valueOf(entries));
        command.add(String.valueOf(WARM_UP_MS));
        command.add(String.valueOf((long) (seconds * 1_000)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Writes at the rate, a few at a time, while the first reader lives; returns writes/s. */
    private double writeUntilReadersEnd(
            final Store store, final List<Process> processes, final long writesPerSecond)
            throws InterruptedException {
        if (writesPerSecond == 0) {
            processes.get(0).waitFor();
            return 0;
        }
        final long startNs = System.nanoTime();
        final long stepNs = TimeUnit.SECONDS.toNanos(WRITES_A_STEP) / writesPerSecond;
        long written = 0;
        long nextNs = startNs;
        while (processes.get(0).isAlive()) {
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
