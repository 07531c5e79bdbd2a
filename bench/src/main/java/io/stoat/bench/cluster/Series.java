package io.stoat.bench.cluster;

import io.stoat.bench.Median;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What came of one contender in each round: puts one at a time, and batched. One thread. */
final class Series {
    private final String name;
    private final List<Single> singles = new ArrayList<>();
    private final List<Batched> batches = new ArrayList<>();

    /**
     * What came of batched puts.
     *
     * @param rate puts a second.
     * @param cpuNs processor time of all processes a put, ns; not a number where it was not
     *     measured.
     */
    record Batched(double rate, double cpuNs) {}

    /**
     * What came of one put at a time.
     *
     * @param p50Ns median, ns.
     * @param p99Ns 99th percentile, ns.
     * @param p999Ns 99.9th percentile, ns.
     * @param rate puts a second.
     */
    record Single(double p50Ns, double p99Ns, double p999Ns, double rate) {}

    Series(final String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    boolean isEmpty() {
        return singles.isEmpty();
    }

    void add(final Single single, final Batched batched) {
        singles.add(single);
        batches.add(batched);
    }

    double p50Ns() {
        return median(singles, Single::p50Ns);
    }

    double p99Ns() {
        return median(singles, Single::p99Ns);
    }

    double rate() {
        return median(batches, Batched::rate);
    }

    double cpuNs() {
        return median(batches, Batched::cpuNs);
    }

    /** Median over the rounds of this one's p50 by the other's of the same round. */
    double p50By(final Series other) {
        return ratio(singles, other.singles, Single::p50Ns);
    }

    /** Median over the rounds of this one's batched rate by the other's of the same round. */
    double rateBy(final Series other) {
        return ratio(batches, other.batches, Batched::rate);
    }

    private static <T> double median(final List<T> of, final ToDoubleFunction<T> figure) {
        return Median.of(of.stream().mapToDouble(figure).toArray());
    }

    static <T> double ratio(final List<T> of, final List<T> to, final ToDoubleFunction<T> figure) {
        final double[] ratios = new double[of.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(to.get(i));
        }
        return Median.of(ratios);
    }
}
