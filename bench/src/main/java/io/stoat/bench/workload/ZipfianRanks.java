package io.stoat.bench.workload;

/**
 * Ranks with a Zipfian distribution: rank r is drawn with a probability proportional to 1 / (r +
 * 1)^theta. The method is that of Gray and others, "Quickly generating billion-record synthetic
 * databases" (SIGMOD 1994), which YCSB uses: exact for the first two ranks, close for the rest, one
 * power a draw.
 */
final class ZipfianRanks implements KeyChooser {
    /** Terms that are added one by one; the rest of the sum is integrated. */
    private static final long EXACT_TERMS = 100_000;

    private final long count;
    private final double alpha;
    private final double eta;
    private final double zeta;
    private final double secondBound;

    /**
     * @param count of ranks.
     * @param theta skew, more than 0 and less than 1.
     */
    ZipfianRanks(final long count, final double theta) {
        this.count = count;
        zeta = zeta(count, theta);
        alpha = 1 / (1 - theta);
        secondBound = 1 + Math.pow(0.5, theta);
        eta = (1 - Math.pow(2.0 / count, 1 - theta)) / (1 - zeta(2, theta) / zeta);
    }

    /** The sum of 1 / i^theta for i from 1 to count; Euler-Maclaurin beyond the exact terms. */
    static double zeta(final long count, final double theta) {
        final long exact = Math.min(count, EXACT_TERMS);
        double sum = 0;
        for (long i = exact; i >= 1; i--) {
            sum += Math.pow(i, -theta);
        }
        if (count > exact) {
            sum +=
                    (Math.pow(count, 1 - theta) - Math.pow(exact, 1 - theta)) / (1 - theta)
                            + (Math.pow(count, -theta) - Math.pow(exact, -theta)) / 2;
        }
        return sum;
    }

    @Override
    public long choose(final long bits) {
        final double u = RandomBits.unit(bits);
        final double uz = u * zeta;
        if (uz < 1 || count == 1) {
            return 0;
        }
        if (uz < secondBound || count == 2) {
            return 1;
        }
        return Math.min(count - 1, (long) (count * Math.pow(eta * u - eta + 1, alpha)));
    }
}
