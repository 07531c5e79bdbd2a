package io.stoat.bench;

import java.util.Arrays;
import java.util.List;

/** The middle of a number of values. */
public final class Median {
    private Median() {}

    /**
     * @param values at least one.
     * @return the middle one, or the mean of the two in the middle.
     */
    public static double of(final double... values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * @param values at least one.
     * @return the middle one, or the mean of the two in the middle.
     */
    public static double of(final List<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
