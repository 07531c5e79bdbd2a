package io.stoat.store;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Child process: owns a store and, batch by batch, gives {@link #KEYS} keys of several segments the
 * same tick, with changing lengths, or removes them all. Arguments: directory, batches, seconds at
 * most. Prints {@code ready}, then {@code batches N}, and closes the store after a line.
 */
final class BatchHammerWriter {
    static final int KEYS = 6;
    static final int MAX_LENGTH = 136;

    private BatchHammerWriter() {}

    public static void main(final String[] args) throws Exception {
        final long batches = Long.parseLong(args[1]);
        final long deadlineNs =
                System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[2]));
        final UnsafeBuffer buffer = TestBytes.direct(4_096);
        final UnsafeBuffer key = TestBytes.heap(16);
        final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);
        final CommandEncoder encoder = new CommandEncoder();
        try (Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(Path.of(args[0]))
                                .shardCount(1)
                                .segmentsPerShard(4)
                                .entries(1_000)
                                .maxValueLength(MAX_LENGTH))) {
            long tick = 0;
            while (tick < batches && deadlineNs - System.nanoTime() > 0) {
                tick++;
                encoder.wrap(buffer, 0, buffer.capacity()).beginBatch();
                for (int id = 0; id < KEYS; id++) {
                    TestBytes.putKey(key, id);
                    if (tick % 16 == 0) {
                        encoder.remove(key, 0, 16);
                    } else {
                        final int length = CheckedValue.write(value, id, tick, MAX_LENGTH);
                        encoder.put(PutMode.ALWAYS, key, 0, 16, value, 0, length, 0, false, 0);
                    }
                }
                final int status =
                        store.apply(buffer, 0, encoder.endBatch(), StoreWriter.NEXT_POSITION, 0);
                if (status != Status.OK) {
                    throw new AssertionError(Status.nameOf(status));
                }
                if (tick == 1) {
                    System.out.println("ready");
                }
            }
            System.out.println("batches " + tick);
            System.in.read();
        }
    }
}
