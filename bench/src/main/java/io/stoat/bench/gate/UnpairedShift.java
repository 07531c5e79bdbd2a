package io.stoat.bench.gate;

import io.stoat.bench.Median;
import java.util.Arrays;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.MannWhitneyUTest;

/** Forks that were run at different times: Mann-Whitney U test. */
final class UnpairedShift implements Shift {
    private final double[] baseline;
    private final double[] candidate;

    UnpairedShift(final double[] baseline, final double[] candidate) {
        this.baseline = Arrays.stream(baseline).map(Math::log).toArray();
        this.candidate = Arrays.stream(candidate).map(Math::log).toArray();
    }

    @Override
    public double pGreater(final double shift) {
        return test(shift, AlternativeHypothesis.GREATER_THAN);
    }

    @Override
    public double pLess(final double shift) {
        return test(shift, AlternativeHypothesis.LESS_THAN);
    }

    private double test(final double shift, final AlternativeHypothesis alternative) {
        final double[] shifted = Arrays.stream(candidate).map(log -> log - shift).toArray();
        return MannWhitneyUTest.withDefaults()
                .with(alternative)
                .test(shifted, baseline)
                .getPValue();
    }

    /** Median of all differences: the Hodges-Lehmann estimate. */
    @Override
    public double estimate() {
        final double[] differences = new double[baseline.length * candidate.length];
        int count = 0;
        for (final double before : baseline) {
            for (final double after : candidate) {
                differences[count++] = after - before;
            }
        }
        return Median.of(differences);
    }
}
