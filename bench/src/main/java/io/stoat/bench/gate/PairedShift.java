package io.stoat.bench.gate;

import io.stoat.bench.Median;
import java.util.Arrays;

/** Forks that ran in pairs, one right after the other: what disturbed both counts for neither. */
final class PairedShift implements Shift {
    private final double[] logs;

    PairedShift(final double[] baseline, final double[] candidate) {
        logs = new double[baseline.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = Math.log(candidate[i] / baseline[i]);
        }
    }

    @Override
    public double pGreater(final double shift) {
        return SignFlipTest.probability(Arrays.stream(logs).map(log -> log - shift).toArray());
    }

    @Override
    public double pLess(final double shift) {
        return SignFlipTest.probability(Arrays.stream(logs).map(log -> shift - log).toArray());
    }

    /** Median of the means of all pairs: the Hodges-Lehmann estimate. */
    @Override
    public double estimate() {
        final double[] means = new double[logs.length * (logs.length + 1) / 2];
        int count = 0;
        for (int i = 0; i < logs.length; i++) {
            for (int j = i; j < logs.length; j++) {
                means[count++] = (logs[i] + logs[j]) / 2;
            }
        }
        return Median.of(means);
    }
}
