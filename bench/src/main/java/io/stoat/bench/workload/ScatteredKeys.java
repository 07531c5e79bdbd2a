package io.stoat.bench.workload;

/**
 * Spreads ranks over the keys one to one, so that the hot ones are not neighbours and yet each rank
 * keeps its probability.
 */
final class ScatteredKeys implements KeyChooser {
    private static final long START = 1_640_531_527L;

    private final KeyChooser ranks;
    private final long count;
    private final long factor;

    ScatteredKeys(final KeyChooser ranks, final long count) {
        this.ranks = ranks;
        this.count = count;
        long candidate = START;
        while (gcd(candidate, count) != 1) {
            candidate++;
        }
        factor = candidate;
    }

    private static long gcd(final long a, final long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    @Override
    public long choose(final long bits) {
        return ranks.choose(bits) * factor % count;
    }
}
