package io.stoat.bench.gate;

import io.stoat.bench.Median;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** A figure of two builds over several forks, judged by a test of their {@link Shift}. */
public final class Comparison {
    /** What a comparison says. */
    public enum Verdict {
        /** No change beyond noise, and a slow-down of the resolution's size is ruled out. */
        SAME,
        /** Smaller beyond noise. */
        BETTER,
        /** Larger beyond noise. */
        WORSE,
        /** Too much noise: a slow-down of the resolution's size could be there unseen. */
        UNCLEAR
    }

    /** Fewer forks tell nothing. */
    static final int LEAST_FORKS = 3;

    private final String name;
    private final String figure;
    private final double baseline;
    private final double candidate;
    private final int forks;
    private final Shift shift;

    private Comparison(
            final String name,
            final String figure,
            final double[] baseline,
            final double[] candidate,
            final Shift shift) {
        this.name = name;
        this.figure = figure;
        this.baseline = Median.of(baseline);
        this.candidate = Median.of(candidate);
        this.shift = shift;
        forks = Math.min(baseline.length, candidate.length);
    }

    /**
     * Compares forks that ran in pairs, one right after the other ({@link SignFlipTest} of the
     * logarithms of the ratios).
     *
     * @param name of what is compared.
     * @param figure of it.
     * @param baseline figures, smaller is better.
     * @param candidate figures, in the order of the baseline's.
     * @return the comparison.
     */
    public static Comparison paired(
            final String name,
            final String figure,
            final double[] baseline,
            final double[] candidate) {
        requireForks(name, baseline.length, candidate.length);
        if (baseline.length != candidate.length) {
            throw new IllegalArgumentException(name + ": the forks are no pairs");
        }
        return new Comparison(
                name, figure, baseline, candidate, new PairedShift(baseline, candidate));
    }

    /**
     * Compares forks that were run at different times (Mann-Whitney U test).
     *
     * @param name of what is compared.
     * @param figure of it.
     * @param baseline figures, smaller is better.
     * @param candidate figures.
     * @return the comparison.
     */
    public static Comparison unpaired(
            final String name,
            final String figure,
            final double[] baseline,
            final double[] candidate) {
        requireForks(name, baseline.length, candidate.length);
        return new Comparison(
                name, figure, baseline, candidate, new UnpairedShift(baseline, candidate));
    }

    private static void requireForks(final String name, final int baseline, final int candidate) {
        if (baseline < LEAST_FORKS || candidate < LEAST_FORKS) {
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
     * @return name of what is compared.
     */
    public String name() {
        return name;
    }

    /**
     * @return what of it is compared, such as P99.
     */
    public String figure() {
        return figure;
    }

    /**
     * @return median of the baseline.
     */
    public double baseline() {
        return baseline;
    }

    /**
     * @return median of the candidate.
     */
    public double candidate() {
        return candidate;
    }

    /**
     * @return forks of each.
     */
    public int forks() {
        return forks;
    }

    /**
     * @return ratio of candidate to baseline (Hodges-Lehmann estimate).
     */
    public double ratio() {
        return Math.exp(shift.estimate());
    }

    /**
     * @return probability of so clear a change, or more, to the same side, if nothing had changed.
     */
    public double p() {
        return Math.min(shift.pGreater(0), shift.pLess(0));
    }

    /**
     * @param level of each bound.
     * @return the least ratio that is not ruled out.
     */
    public double lower(final double level) {
        return Math.exp(shift.lower(level));
    }

    /**
     * @param level of each bound.
     * @return the greatest ratio that is not ruled out.
     */
    public double upper(final double level) {
        return Math.exp(shift.upper(level));
    }

    /**
     * The least slow-down that forks as noisy as these would show nine times of ten.
     *
     * @param level at which chance is ruled out.
     * @return the slow-down, such as 0.08 for 8 %.
     */
    public double detectable(final double level) {
        final double lower = shift.lower(level);
        if (lower <= -Shift.FURTHEST) {
            return Double.POSITIVE_INFINITY;
        }
        final NormalDistribution normal = NormalDistribution.of(0, 1);
        final double power =
                normal.inverseSurvivalProbability(0.1) / normal.inverseSurvivalProbability(level);
        return Math.expm1((shift.estimate() - lower) * (1 + power));
    }

    /**
     * Judges.
     *
     * @param level at which chance is ruled out: the probability of a false alarm.
     * @param criteria for the rest.
     * @return the verdict.
     */
    public Verdict verdict(final double level, final Criteria criteria) {
        final double ratio = ratio();
        if (ratio > 1 + criteria.leastChange() && shift.pGreater(0) < level) {
            return Verdict.WORSE;
        }
        if (upper(Criteria.MISS_LEVEL) >= 1 + criteria.resolution()) {
            return Verdict.UNCLEAR;
        }
        return ratio < 1 - criteria.leastChange() && shift.pLess(0) < level
                ? Verdict.BETTER
                : Verdict.SAME;
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
