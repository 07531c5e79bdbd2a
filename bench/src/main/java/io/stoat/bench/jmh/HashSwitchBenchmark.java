package io.stoat.bench.jmh;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import net.openhft.hashing.LongHashFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Hash functions over keys in an array, a new key for each call. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class HashSwitchBenchmark {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** Length of a key, bytes. */
    @Param({"16", "64"})
    public int keyLength;

    private final CRC32C crc = new CRC32C();
    private byte[] key;
    private ByteBuffer buffer;
    private LongHashFunction xxHash;
    private LongHashFunction murmur;
    private long count;

    /** Makes the key. */
    @Setup
    public void prepare() {
        key = new byte[keyLength];
        buffer = ByteBuffer.wrap(key).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        xxHash = LongHashFunction.xx();
        murmur = LongHashFunction.murmur_3();
    }

    private byte[] nextKey() {
        buffer.putLong(0, count++);
        return key;
    }

    /**
     * @return XXH64, which Stoat uses because Chronicle Map's layout does.
     */
    @Benchmark
    public long xxHash64() {
        return xxHash.hashBytes(nextKey());
    }

    /**
     * @return MurmurHash3, its first 64 bits.
     */
    @Benchmark
    public long murmur3() {
        return murmur.hashBytes(nextKey());
    }

    /**
     * @return FNV-1a, 64 bits, a byte at a time.
     */
    @Benchmark
    public long fnv1a() {
        long hash = FNV_OFFSET;
        for (final byte b : nextKey()) {
            hash = (hash ^ (b & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /**
     * @return CRC32C, 32 bits, by the processor's instruction.
     */
    @Benchmark
    public long crc32c() {
        crc.reset();
        crc.update(nextKey(), 0, keyLength);
        return crc.getValue();
    }

    /**
     * @return the polynomial of String.hashCode.
     */
    @Benchmark
    public long stringLike() {
        return java.util.Arrays.hashCode(nextKey());
    }
}
