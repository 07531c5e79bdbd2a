package io.stoat.bench.scaling;

import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Child process: reads random entries for a while. Arguments: directory, entries, milliseconds of
 * warm-up, milliseconds of measurement. Prints {@code ready}, begins when a line comes in, and
 * prints {@code reads N retries N p50 NS p99 NS p999 NS}. One read of 16 is timed, so the
 * percentiles hold the cost of two looks at the clock.
 */
final class ReaderProcess {
    static final int VALUE_LENGTH = 128;
    static final int KEY_LENGTH = 16;
    static final String READY = "ready";
    static final String READS = "reads";

    private static final int TIMED_ONE_IN = 16;

    private final StoreReader reader;
    private final long entries;
    private final UnsafeBuffer key =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(KEY_LENGTH, Long.BYTES));
    private final UnsafeBuffer value =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(VALUE_LENGTH, Long.BYTES));
    private final Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(10), 3);
    private long random = ProcessHandle.current().pid() * 0x9E3779B97F4A7C15L | 1;

    private ReaderProcess(final StoreReader reader, final long entries) {
        this.reader = reader;
        this.entries = entries;
    }

    /**
     * Entry point.
     *
     * @param args as the class says.
     * @throws java.io.IOException when the parent is gone.
     */
    public static void main(final String[] args) throws java.io.IOException {
        try (StoreReader reader = StoreReader.attach(Path.of(args[0]))) {
            final ReaderProcess process = new ReaderProcess(reader, Long.parseLong(args[1]));
            System.out.println(READY);
            if (System.in.read() < 0) {
                return;
            }
            process.readFor(Long.parseLong(args[2]));
            process.histogram.reset();
            final long retries = reader.retries();
            final long reads = process.readFor(Long.parseLong(args[3]));
            System.out.println(
                    READS
                            + ' '
                            + reads
                            + " retries "
                            + (reader.retries() - retries)
                            + " p50 "
                            + process.histogram.getValueAtPercentile(50)
                            + " p99 "
                            + process.histogram.getValueAtPercentile(99)
                            + " p999 "
                            + process.histogram.getValueAtPercentile(99.9));
        }
    }

    static void putKey(final UnsafeBuffer key, final long id) {
        key.putLong(0, id * 0x9E3779B97F4A7C15L);
        key.putLong(8, id);
    }

    private long readFor(final long millis) {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long reads = 0;
        while (true) {
            for (int i = 1; i < TIMED_ONE_IN; i++) {
                read();
            }
            final long startNs = System.nanoTime();
            read();
            final long nowNs = System.nanoTime();
            histogram.recordValue(Math.min(nowNs - startNs, histogram.getHighestTrackableValue()));
            reads += TIMED_ONE_IN;
            if (nowNs - endNs >= 0) {
                return reads;
            }
        }
    }

    private void read() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        final long id = (random >>> 1) % entries;
        putKey(key, id);
        final int length = reader.get(key, 0, KEY_LENGTH, value, 0, VALUE_LENGTH);
        if (length != VALUE_LENGTH || value.getLong(8) != id) {
            throw new IllegalStateException("wrong value of " + id + ": " + Status.nameOf(length));
        }
    }
}
