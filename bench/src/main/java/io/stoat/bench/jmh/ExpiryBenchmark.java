package io.stoat.bench.jmh;

import io.stoat.bench.contender.Record;
import io.stoat.bench.contender.RecordReader;
import io.stoat.bench.contender.RecordWriter;
import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
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
 * What expiry costs reads of other entries: hits and misses of 128-byte values under 16-byte keys,
 * in a store without expired entries and in one of the same size of which half have expired.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ExpiryBenchmark {
    /** What the other half of the entries is like. */
    public enum Others {
        /** They never expire. */
        LIVE,
        /** They have expired, and were not swept yet. */
        EXPIRED
    }

    /** The half that is not read. */
    @Param({"LIVE", "EXPIRED"})
    public Others others;

    /** Entries, both halves together. */
    @Param({"2000", "200000"})
    public int entries;

    private ScratchDirectory directory;
    private Store store;
    private StoreReader reader;
    private RecordReader records;
    private long random = 88_172_645_463_325_252L;

    /** Loads the store and attaches a reader. */
    @Setup(Level.Trial)
    public void open() {
        directory = ScratchDirectory.create();
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(directory.path().resolve("d"))
                                .entries(entries)
                                .averageKeyLength(Record.KEY_LENGTH)
                                .maxValueLength(Record.VALUE_LENGTH));
        final RecordWriter writer = new RecordWriter(store);
        for (int id = 0; id < entries; id++) {
            final boolean expires = (id & 1) == 1 && others == Others.EXPIRED;
            writer.put(id, id, expires ? 1 : 0);
        }
        reader = StoreReader.attach(store.context().dataDir());
        records = new RecordReader(reader, false);
    }

    /** Closes the store and deletes its files. */
    @TearDown(Level.Trial)
    public void close() {
        reader.close();
        store.close();
        directory.close();
    }

    private long nextId() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (random >>> 1) % (entries / 2) * 2;
    }

    /**
     * Reads a live entry.
     *
     * @return proof of its value.
     */
    @Benchmark
    public long hit() {
        return records.get(nextId());
    }

    /**
     * Asks for a key that was never there.
     *
     * @return {@link Record#MISS}.
     */
    @Benchmark
    public long miss() {
        return records.get(nextId() + (1L << 40));
    }
}
