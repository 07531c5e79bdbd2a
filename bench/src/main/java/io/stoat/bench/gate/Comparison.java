package io.stoat.bench.gate;

import io.stoat.bench.Median;
import java.util.Arrays;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * A figure of two builds over several forks, judged by a permutation test, so that it needs no
 * assumption about the shape of the noise.
 *
 * @param name of what was compared.
 * @param baseline median.
 * @param candidate median.
 * @param ratio of candidate to baseline: Hodges-Lehmann estimate, the median of all ratios.
 * @param pWorse probability of so clear a rise, or more, if nothing had changed.
 * @param pBetter the same of a fall.
 */
public record Comparison(
        String name,
        double baseline,
        double candidate,
        double ratio,
        double pWorse,
        double pBetter) {
    /** What a comparison says. */
    public enum Verdict {
        /** No change beyond noise. */
        SAME,
        /** Smaller beyond noise. */
        BETTER,
        /** Larger beyond noise. */
        WORSE
    }

    /**
     * Compares forks that ran in pairs, one right after the other: what disturbed both counts for
     * neither ({@link SignFlipTest} of the logarithms of the ratios).
     *
     * @param name of what is compared.
     * @param baseline figures, smaller is better.
     * @param candidate figures, in the order of the baseline's.
     * @return the comparison.
     */
    public static Comparison paired(
            final String name, final double[] baseline, final double[] candidate) {
        requireForks(name, baseline.length, candidate.length);
        if (baseline.length != candidate.length) {
            throw new IllegalArgumentException(name + ": the forks are no pairs");
        }
        final double[] logs = new double[baseline.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = Math.log(candidate[i] / baseline[i]);
        }
        return new Comparison(
                name,
                Median.of(baseline),
                Median.of(candidate),
                Math.exp(walshMedian(logs)),
                SignFlipTest.probability(logs),
                SignFlipTest.probability(Arrays.stream(logs).map(log -> -log).toArray()));
    }

    /** Median of the means of all pairs: the Hodges-Lehmann estimate of a paired shift. */
    private static double walshMedian(final double[] values) {
        final double[] means = new double[values.length * (values.length + 1) / 2];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = i; j < values.length; j++) {
                means[count++] = (values[i] + values[j]) / 2;
            }
        }
        return Median.of(means);
    }

    /**
     * Compares forks that were run at different times (Mann-Whitney U test).
     *
     * @param name of what is compared.
     * @param baseline figures, smaller is better.
     * @param candidate figures.
     * @return the comparison.
     */
    public static Comparison unpaired(
            final String name, final double[] baseline, final double[] candidate) {
        requireForks(name, baseline.length, candidate.length);
        final double[] ratios = new double[baseline.length * candidate.length];
        int count = 0;
        for (final double b : baseline) {
            for (final double c : candidate) {
                ratios[count++] = c / b;
            }
        }
        return new Comparison(
                name,
                Median.of(baseline),
                Median.of(candidate),
                Median.of(ratios),
                uTest(candidate, baseline, AlternativeHypothesis.GREATER_THAN),
                uTest(candidate, baseline, AlternativeHypothesis.LESS_THAN));
    }

    private static double uTest(
            final double[] x, final double[] y, final AlternativeHypothesis alternative) {
        return MannWhitneyUTest.withDefaults().with(alternative).test(x, y).getPValue();
    }

    private static void requireForks(final String name, final int baseline, final int candidate) {
        if (baseline < 3 || candidate < 3) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + baseline
                            + " and "
                            + candidate
                            + " forks are too few to tell noise from change: use at least 3");
        }
    }

    /**
     * Judges.
     *
     * @param level at which chance is ruled out: the probability of a false alarm.
     * @param leastChange that counts at all, such as 0.03 for 3 %.
     * @return the verdict.
     */
    public Verdict verdict(final double level, final double leastChange) {
        if (pWorse < level && ratio > 1 + leastChange) {
            return Verdict.WORSE;
        }
        return pBetter < level && ratio < 1 - leastChange ? Verdict.BETTER : Verdict.SAME;
    }

    /**
     * @param forks of each build.
     * @param paired whether they run in pairs.
     * @return the least probability that so many forks can show; the level must be above it.
     */
    public static double leastP(final int forks, final boolean paired) {
        if (paired) {
            return Math.pow(0.5, forks);
        }
        double combinations = 1;
        for (int i = 1; i <= forks; i++) {
            combinations *= (double) (forks + i) / i;
        }
        return 1 / combinations;
    }
}
