package io.stoat.bench.jmh;

import io.stoat.bench.contender.Contender;
import io.stoat.bench.contender.ContenderKind;
import io.stoat.bench.contender.Record;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.UnsafeBuffer;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A store that one thread owns against one that threads share behind a lock, by one thread and by
 * two; and reused against allocated encoders and buffers of requests.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class OwnerSwitchBenchmark {
    private static final int KEYS = 1_000;
    private static final int REQUEST_LENGTH = 256;

    /** A store of each thread's own. */
    @State(Scope.Thread)
    public static class Owned {
        private Contender store;
        private long stamp;

        /** Opens the store. */
        @Setup(Level.Trial)
        public void open() {
            store = ContenderKind.STOAT_COPY.openLoaded(KEYS);
        }

        /** Closes the store. */
        @TearDown(Level.Trial)
        public void close() {
            store.close();
        }

        void put() {
            stamp++;
            store.put(stamp % KEYS, stamp);
        }
    }

    /** One store for all threads. */
    @State(Scope.Benchmark)
    public static class Shared {
        private final ReentrantLock lock = new ReentrantLock();
        private Contender store;
        private long stamp;

        /** Opens the store. */
        @Setup(Level.Trial)
        public void open() {
            store = ContenderKind.STOAT_COPY.openLoaded(KEYS);
        }

        /** Closes the store. */
        @TearDown(Level.Trial)
        public void close() {
            store.close();
        }

        void put() {
            lock.lock();
            try {
                stamp++;
                store.put(stamp % KEYS, stamp);
            } finally {
                lock.unlock();
            }
        }
    }

    /** A request that is filled in again for each call. */
    @State(Scope.Thread)
    public static class Request {
        private final UnsafeBuffer key = new UnsafeBuffer(new byte[Record.KEY_LENGTH]);
        private final UnsafeBuffer value = new UnsafeBuffer(new byte[Record.VALUE_LENGTH]);
        private final UnsafeBuffer reused = new UnsafeBuffer(new byte[REQUEST_LENGTH]);
        private final CommandEncoder reusedEncoder = new CommandEncoder();
        private long count;

        /** Encodes a put; the buffer with it. */
        UnsafeBuffer fill(final CommandEncoder encoder, final UnsafeBuffer buffer) {
            key.putLong(0, count++);
            final int length =
                    encoder.wrap(buffer, 0, REQUEST_LENGTH)
                            .put(
                                    PutMode.ALWAYS,
                                    key,
                                    0,
                                    Record.KEY_LENGTH,
                                    value,
                                    0,
                                    Record.VALUE_LENGTH,
                                    0,
                                    false,
                                    0);
            if (length < 0) {
                throw new IllegalStateException(Status.nameOf(length));
            }
            return buffer;
        }
    }

    /**
     * The thread owns the store.
     *
     * @param store of the thread.
     */
    @Benchmark
    public void putByOwner(final Owned store) {
        store.put();
    }

    /**
     * Two threads, each owns a store.
     *
     * @param store of the thread.
     */
    @Benchmark
    @Threads(2)
    public void putByTwoOwners(final Owned store) {
        store.put();
    }

    /**
     * One lock, nobody waits.
     *
     * @param store of all threads.
     */
    @Benchmark
    public void putUnderOneLock(final Shared store) {
        store.put();
    }

    /**
     * One lock, two threads.
     *
     * @param store of all threads.
     */
    @Benchmark
    @Threads(2)
    public void putUnderOneLockByTwo(final Shared store) {
        store.put();
    }

    /**
     * @param request of the thread.
     * @param hole that takes it.
     */
    @Benchmark
    public void requestReused(final Request request, final Blackhole hole) {
        hole.consume(request.fill(request.reusedEncoder, request.reused));
    }

    /**
     * @param request of the thread.
     * @param hole that takes it.
     */
    @Benchmark
    public void requestAllocated(final Request request, final Blackhole hole) {
        hole.consume(
                request.fill(new CommandEncoder(), new UnsafeBuffer(new byte[REQUEST_LENGTH])));
    }
}
