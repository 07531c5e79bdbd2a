package io.stoat.bench.large;

import io.stoat.bench.contender.Contender;
import io.stoat.bench.contender.ContenderKind;
import io.stoat.bench.contender.KeySequence;
import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.RecordReader;
import io.stoat.store.StoreReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * Child process: reads random records and checks each. A peer loads its own store first and says
 * {@code loaded NS}; Stoat attaches to the directory of a store in another process. Then {@code
 * read PS READS}: picoseconds a read. Arguments: contender, entries, milliseconds, directory.
 */
final class LargeReads {
    private static final int BATCH = 1_000;
    private static final String IN_PLACE = "stoat-view";

    private LargeReads() {}

    /**
     * Entry point.
     *
     * @param args as the class says.
     */
    public static void main(final String[] args) {
        final String name = args[0];
        final long entries = Long.parseLong(args[1]);
        final long millis = Long.parseLong(args[2]);
        if (name.startsWith("stoat")) {
            try (StoreReader reader = StoreReader.attach(Path.of(args[3]))) {
                final RecordReader records = new RecordReader(reader, name.equals(IN_PLACE));
                measure(records::get, entries, millis);
            }
            return;
        }
        final long startNs = System.nanoTime();
        try (Contender contender = ContenderKind.of(name).openLoaded(entries)) {
            System.out.println("loaded " + (System.nanoTime() - startNs));
            measure(contender::get, entries, millis);
        }
    }

    private static void measure(
            final LongUnaryOperator read, final long entries, final long millis) {
        final KeySequence keys = new KeySequence(entries, 0x5EED_CAFEL);
        run(read, keys, millis / 2);
        final long startNs = System.nanoTime();
        final long reads = run(read, keys, millis);
        System.out.println("read " + (System.nanoTime() - startNs) * 1_000 / reads + " " + reads);
    }

    private static long run(
            final LongUnaryOperator read, final KeySequence keys, final long millis) {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long reads = 0;
        do {
            for (int i = 0; i < BATCH; i++) {
                final long index = keys.next();
                if (read.applyAsLong(index) != Record.tag(index)) {
                    throw new IllegalStateException("wrong value of record " + index);
                }
            }
            reads += BATCH;
        } while (System.nanoTime() - endNs < 0);
        return reads;
    }
}
