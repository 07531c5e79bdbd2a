package io.stoat.bench.gate;

import io.stoat.bench.Median;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Forks that ran in pairs, one right after the other: what disturbed both counts for neither. A
 * pair whose figures are large met a busy host, and its ratio is the noisier for it; so each ratio
 * counts in proportion to one over the geometric mean of its two figures, as it does where rates
 * are added up. If nothing changed, the two builds of a pair could as well have changed places, and
 * their weight would be the same: the test stays exact. Where nothing slows the host down all
 * weights are about one.
 */
final class PairedShift implements Shift {
    private final double[] logs;
    private final double[] weights;

    PairedShift(final double[] baseline, final double[] candidate) {
        logs = new double[baseline.length];
        final double[] means = new double[baseline.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = Math.log(candidate[i] / baseline[i]);
            means[i] = Math.sqrt(candidate[i] * baseline[i]);
        }
        final double usual = Median.of(means);
        weights = Arrays.stream(means).map(mean -> usual / mean).toArray();
    }

    @Override
    public double pGreater(final double shift) {
        return SignFlipTest.probability(differences(shift, 1));
    }

    @Override
    public double pLess(final double shift) {
        return SignFlipTest.probability(differences(shift, -1));
    }

    private double[] differences(final double shift, final int sign) {
        return IntStream.range(0, logs.length)
                .mapToDouble(i -> sign * (logs[i] - shift) * weights[i])
                .toArray();
    }

    /** A mean of two pairs, and what it counts for. */
    private record Mean(double log, double weight) {}

    /** Weighted median of the means of all pairs of pairs: the Hodges-Lehmann estimate. */
    @Override
    public double estimate() {
        final Mean[] means = new Mean[logs.length * (logs.length + 1) / 2];
        int count = 0;
        for (int i = 0; i < logs.length; i++) {
            for (int j = i; j < logs.length; j++) {
                means[count++] =
                        new Mean(
                                (weights[i] * logs[i] + weights[j] * logs[j])
                                        / (weights[i] + weights[j]),
                                weights[i] * weights[j]);
            }
        }
        Arrays.sort(means, Comparator.comparingDouble(Mean::log));
        final double half = Arrays.stream(means).mapToDouble(Mean::weight).sum() / 2;
        double below = 0;
        int middle = 0;
        while (below + means[middle].weight() < half) {
            below += means[middle++].weight();
        }
        return means[middle].log();
    }
}
