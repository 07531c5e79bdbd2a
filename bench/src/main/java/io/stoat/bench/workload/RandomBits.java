package io.stoat.bench.workload;

/**
 * SplitMix64: random bits computed in registers, so that the choice of a key costs no cache line.
 * One thread.
 */
final class RandomBits {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    RandomBits(final long seed) {
        state = seed;
    }

    long next() {
        state += GOLDEN;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Maps bits to 0 to bound - 1, evenly; the bound is at most 2^31. */
    static long below(final long bound, final long bits) {
        return ((bits >>> 33) * bound) >>> 31;
    }

    /** Maps bits to a number from 0 (included) to 1 (not included). */
    static double unit(final long bits) {
        return (bits >>> 11) * 0x1.0p-53;
    }
}
