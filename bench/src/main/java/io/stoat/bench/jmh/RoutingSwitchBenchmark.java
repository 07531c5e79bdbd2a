package io.stoat.bench.jmh;

import io.stoat.store.ShardMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongToIntFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a key's hash to its shard: inlined into the caller, as a call, through one of three
 * strategies of different classes that do the same, and by a division instead of multiply and
 * shift.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoutingSwitchBenchmark {
    private static final int SHARDS = 12;
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private ShardMap map;
    private LongToIntFunction[] strategies;
    private int shards;
    private long hash;
    private int turn;

    /** Makes the routing table. */
    @Setup
    public void prepare() {
        map = new ShardMap(SHARDS, 1);
        shards = SHARDS;
        strategies =
                new LongToIntFunction[] {
                    map::shardOf, value -> map.shardOf(value), new Strategy(map)
                };
    }

    /** The same arithmetic in a class more, so that the compiler finds three receivers. */
    private record Strategy(ShardMap shardMap) implements LongToIntFunction {
        @Override
        public int applyAsInt(final long value) {
            return shardMap.shardOf(value);
        }
    }

    private long nextHash() {
        hash += STEP;
        return hash;
    }

    /**
     * @return the shard, as the store finds it.
     */
    @Benchmark
    public int routedInline() {
        return map.shardOf(nextHash());
    }

    /**
     * @return the shard, by a call.
     */
    @Benchmark
    public int routedByCall() {
        return call(nextHash());
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private int call(final long value) {
        return map.shardOf(value);
    }

    /**
     * @return the shard, by a strategy that the compiler cannot foresee.
     */
    @Benchmark
    public int routedByStrategy() {
        turn = turn == strategies.length - 1 ? 0 : turn + 1;
        return strategies[turn].applyAsInt(nextHash());
    }

    /**
     * @return the shard, by a division.
     */
    @Benchmark
    public int routedByDivision() {
        return (int) Long.remainderUnsigned(nextHash(), shards);
    }
}
