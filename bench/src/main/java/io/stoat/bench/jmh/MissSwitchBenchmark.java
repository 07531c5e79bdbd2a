package io.stoat.bench.jmh;

import io.stoat.bench.contender.Contender;
import io.stoat.bench.contender.ContenderKind;
import io.stoat.bench.contender.KeySequence;
import io.stoat.bench.contender.Record;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A miss that ends at the look-up against Chronicle Map's, which takes its segment's lock; and the
 * clock, which expiry needs, asked before each look-up instead of after one that found an entry
 * that can expire.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MissSwitchBenchmark {
    private static final int KEYS = 1_000;
    private static final long SEED = 0x5EED_CAFE_F00DL;

    /** A loaded store. */
    public abstract static class Loaded {
        private final KeySequence sequence = new KeySequence(KEYS, SEED);
        private final ContenderKind kind;
        private Contender store;

        Loaded(final ContenderKind kind) {
            this.kind = kind;
        }

        /** Opens and loads the store. */
        @Setup(Level.Trial)
        public void open() {
            store = kind.openLoaded(KEYS);
        }

        /** Closes the store. */
        @TearDown(Level.Trial)
        public void close() {
            store.close();
        }

        long hit() {
            return require(store.get(sequence.next()) != Record.MISS);
        }

        long miss() {
            return require(store.get(sequence.next() + KEYS) == Record.MISS);
        }

        private static long require(final boolean isRight) {
            if (!isRight) {
                throw new IllegalStateException("a hit where there is none, or none");
            }
            return 1;
        }
    }

    /** Stoat's, read by a validated copy. */
    @State(Scope.Thread)
    public static class Stoat extends Loaded {
        /** Made by JMH. */
        public Stoat() {
            super(ContenderKind.STOAT_COPY);
        }
    }

    /** Chronicle Map, with the marshallers that make it fastest. */
    @State(Scope.Thread)
    public static class ChronicleMap extends Loaded {
        /** Made by JMH. */
        public ChronicleMap() {
            super(ContenderKind.CHRONICLE_BLOCKS);
        }
    }

    /**
     * @param store without the key.
     * @return consumed by the harness.
     */
    @Benchmark
    public long missLocked(final ChronicleMap store) {
        return store.miss();
    }

    /**
     * @param store without the key.
     * @return consumed by the harness.
     */
    @Benchmark
    public long missLateExpiry(final Stoat store) {
        return store.miss();
    }

    /**
     * @param store without the key.
     * @param hole that takes the time.
     * @return consumed by the harness.
     */
    @Benchmark
    public long missEarlyExpiry(final Stoat store, final Blackhole hole) {
        hole.consume(System.currentTimeMillis());
        return store.miss();
    }

    /**
     * @param store with the key; its entry does not expire.
     * @return consumed by the harness.
     */
    @Benchmark
    public long hitLateExpiry(final Stoat store) {
        return store.hit();
    }

    /**
     * @param store with the key; its entry does not expire.
     * @param hole that takes the time.
     * @return consumed by the harness.
     */
    @Benchmark
    public long hitEarlyExpiry(final Stoat store, final Blackhole hole) {
        hole.consume(System.currentTimeMillis());
        return store.hit();
    }
}
