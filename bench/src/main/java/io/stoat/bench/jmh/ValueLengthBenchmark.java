package io.stoat.bench.jmh;

import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.RecordBuffers;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.store.EntryView;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Reads and writes of values from 8 bytes to 64 KiB beside a plain copy of as many bytes. Sixteen
 * entries, so that the caches hold the short ones.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ValueLengthBenchmark {
    private static final int ENTRIES = 16;

    /** Length of every value, bytes. */
    @Param({"8", "32", "128", "1024", "4096", "16384", "65536"})
    public int length;

    private final RecordBuffers record = new RecordBuffers();
    private final UnsafeBuffer key = record.key();
    private final EntryView view = new EntryView();
    private UnsafeBuffer value;
    private UnsafeBuffer plain;
    private ScratchDirectory directory;
    private Store store;
    private StoreReader reader;
    private int next;

    /** Loads the store and attaches a reader. */
    @Setup(Level.Trial)
    public void open() {
        value = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, 64));
        plain = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length * ENTRIES, 64));
        directory = ScratchDirectory.create();
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(directory.path().resolve("d"))
                                .shardCount(1)
                                .entries(4 * ENTRIES)
                                .maxValueLength(length));
        for (int id = 0; id < ENTRIES; id++) {
            overwrite();
        }
        reader = StoreReader.attach(store.context().dataDir());
    }

    /** Closes the store and deletes its files. */
    @TearDown(Level.Trial)
    public void close() {
        reader.close();
        store.close();
        directory.close();
    }

    private void nextKey() {
        next = (next + 1) % ENTRIES;
        record.encodeKey(next);
    }

    /** The floor: copies as many bytes from other memory. */
    @Benchmark
    public void memcpy() {
        nextKey();
        value.putBytes(0, plain, next * length, length);
    }

    /**
     * Copies a value and validates the copy.
     *
     * @return its length.
     */
    @Benchmark
    public int copy() {
        nextKey();
        return reader.get(key, 0, Record.KEY_LENGTH, value, 0, length);
    }

    /**
     * Reads the first and the last field of a value in place.
     *
     * @return both, mixed.
     */
    @Benchmark
    public long inPlace() {
        nextKey();
        long fields;
        do {
            reader.find(key, 0, Record.KEY_LENGTH, view);
            fields = view.getLong(0) ^ view.getLong(length - Long.BYTES);
        } while (!view.isValid());
        return fields;
    }

    /** Overwrites a value with one of the same length; recoverable. */
    @Benchmark
    public void overwrite() {
        nextKey();
        final int status = store.put(key, 0, Record.KEY_LENGTH, value, 0, length, 0);
        if (status != Status.OK) {
            throw new IllegalStateException(Status.nameOf(status));
        }
    }
}
