package io.stoat.bench.contender;

/**
 * An endless pseudo-random sequence of record indexes, uniform over a range, computed in registers
 * so that the choice of the key costs no cache line. The same seed gives the same sequence.
 */
public final class KeySequence {
    private final long count;
    private long state;

    /**
     * @param count of indexes to choose from: 0 to count - 1; at most 2^31.
     * @param seed any number but 0.
     */
    public KeySequence(final long count, final long seed) {
        if (count < 1 || count > 1L << 31) {
            throw new IllegalArgumentException("count must be 1 to 2^31: " + count);
        }
        if (seed == 0) {
            throw new IllegalArgumentException("seed must not be 0");
        }
        this.count = count;
        this.state = seed;
    }

    /**
     * @return the next index.
     */
    public long next() {
        long x = state;
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
        state = x;
        return ((x >>> 32) * count) >>> 32;
    }
}
