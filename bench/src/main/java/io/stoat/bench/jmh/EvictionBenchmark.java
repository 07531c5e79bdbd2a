package io.stoat.bench.jmh;

import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.RecordWriter;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.store.Eviction;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import java.util.concurrent.TimeUnit;
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
 * What eviction costs a put, on a store at its high-water mark: 16-byte keys, 128-byte values. With
 * {@code REJECT} the benchmark removes the oldest entry itself, which is the floor.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EvictionBenchmark {
    private static final int HIGH_WATER_PERCENT = 50;

    /** What the store does at its mark. */
    @Param({"REJECT", "OLDEST_WRITE", "SOONEST_EXPIRY"})
    public Eviction eviction;

    /** Entries that the store keeps. */
    @Param({"1000", "100000"})
    public int entries;

    private ScratchDirectory directory;
    private Store store;
    private RecordWriter records;
    private long nextId;
    private long random = 88_172_645_463_325_252L;

    /** Fills a store to its mark. */
    @Setup(Level.Trial)
    public void open() {
        directory = ScratchDirectory.create();
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(directory.path().resolve("d"))
                                .shardCount(1)
                                .entries(entries * 100L / HIGH_WATER_PERCENT)
                                .averageKeyLength(Record.KEY_LENGTH)
                                .maxValueLength(Record.VALUE_LENGTH)
                                .highWaterPercent(HIGH_WATER_PERCENT)
                                .eviction(eviction));
        records = new RecordWriter(store);
        nextId = 0;
        while (nextId < entries) {
            write(nextId++);
        }
    }

    /** Closes the store and deletes its files. */
    @TearDown(Level.Trial)
    public void close() {
        store.close();
        directory.close();
    }

    private void write(final long id) {
        // far in the future, in no order
        records.put(id, id, (id * 0xD6E8FEB86659FD93L >>> 24) + (1L << 41));
    }

    /** Adds an entry, for which another one goes. */
    @Benchmark
    public void insert() {
        if (eviction == Eviction.REJECT) {
            records.remove(nextId - entries);
        }
        write(nextId++);
    }

    /** Overwrites an entry of the first ones in place; nothing goes. */
    @Benchmark
    public void overwrite() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        // the last ones are there under any order of eviction, until insert() is measured
        write(nextId - 1 - (random >>> 1) % (entries / 2));
    }
}
