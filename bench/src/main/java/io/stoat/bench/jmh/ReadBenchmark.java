package io.stoat.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** Reads of 128-byte values by 16-byte keys; every value that is read is checked. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadBenchmark {
    /**
     * A key that is there.
     *
     * @param state the loaded store.
     * @return consumed by the harness.
     */
    @Benchmark
    public long hit(final ContenderState state) {
        return state.readHit();
    }

    /**
     * A key that is not there.
     *
     * @param state the loaded store.
     * @return consumed by the harness.
     */
    @Benchmark
    public long miss(final ContenderState state) {
        return state.readMiss();
    }
}
