package io.stoat.bench.large;

import io.stoat.bench.contender.KeySequence;
import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.RecordWriter;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Child process: opens a store and says {@code opened NS CPU-NS ENTRIES RECOVERY}; then does what
 * it is told by lines: {@code load} writes every record ({@code loaded NS}), {@code close} ends it
 * ({@code closed NS}), {@code overwrite} says {@code overwriting} and writes until it is killed.
 * Arguments: directory, entries.
 */
final class LargeOwner {
    private static final int BETWEEN_LINES = 10_000;

    private LargeOwner() {}

    /**
     * Entry point.
     *
     * @param args as the class says.
     * @throws IOException when the parent is gone.
     */
    public static void main(final String[] args) throws IOException {
        final Path dir = Path.of(args[0]);
        final long entries = Long.parseLong(args[1]);
        final long startCpuNs = cpuNs();
        final long startNs = System.nanoTime();
        final Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(dir)
                                .entries(entries)
                                .averageKeyLength(Record.KEY_LENGTH)
                                .maxValueLength(Record.VALUE_LENGTH));
        System.out.println(
                "opened "
                        + (System.nanoTime() - startNs)
                        + " "
                        + (cpuNs() - startCpuNs)
                        + " "
                        + store.size()
                        + " "
                        + store.recovery());
        final RecordWriter writer = new RecordWriter(store);
        final BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            final long commandNs = System.nanoTime();
            switch (line) {
                case "load" -> {
                    for (long index = 0; index < entries; index++) {
                        writer.put(index, index, 0);
                    }
                    System.out.println("loaded " + (System.nanoTime() - commandNs));
                }
                case "overwrite" -> {
                    System.out.println("overwriting from now on");
                    overwrite(writer, entries);
                }
                case "close" -> {
                    store.close();
                    System.out.println("closed " + (System.nanoTime() - commandNs));
                    return;
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
        store.close();
    }

    /** Of all threads of this process. */
    private static long cpuNs() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Ends when the parent has gone without killing this process. */
    private static void overwrite(final RecordWriter writer, final long entries)
            throws IOException {
        final KeySequence keys = new KeySequence(entries, System.nanoTime() | 1);
        for (long written = 0; ; written++) {
            writer.put(keys.next(), written, 0);
            if (written % BETWEEN_LINES == 0 && !ProcessHandle.current().parent().isPresent()) {
                return;
            }
        }
    }
}
