package io.stoat.bench.cluster;

import io.stoat.bench.Median;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What came of one contender in each round: puts one at a time, and batched, each in one or more
 * turns. The figure of a round is the median of its turns, that of all rounds their median. One
 * thread.
 */
final class Series {
    private final String name;
    private final List<List<Single>> singles = new ArrayList<>();
    private final List<List<Batched>> batches = new ArrayList<>();

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

    /** The turns of a round. */
    void add(final List<Single> single, final List<Batched> batched) {
        singles.add(List.copyOf(single));
        batches.add(List.copyOf(batched));
    }

    double p50Ns() {
        return overall(singles, Single::p50Ns);
    }

    double p99Ns() {
        return overall(singles, Single::p99Ns);
    }

    double rate() {
        return overall(batches, Batched::rate);
    }

    double cpuNs() {
        return overall(batches, Batched::cpuNs);
    }

    /** This one's p50 by the other's of the same turn: the median of each round. */
    double[] p50By(final Series other) {
        return ratios(singles, other.singles, Single::p50Ns);
    }

    /** This one's batched rate by the other's of the same turn: the median of each round. */
    double[] rateBy(final Series other) {
        return ratios(batches, other.batches, Batched::rate);
    }

    private static <T> double overall(
            final List<List<T>> rounds, final ToDoubleFunction<T> figure) {
        return Median.of(rounds.stream().mapToDouble(turns -> median(turns, figure)).toArray());
    }

    static <T> double median(final List<T> of, final ToDoubleFunction<T> figure) {
        return Median.of(of.stream().mapToDouble(figure).toArray());
    }

    private static <T> double[] ratios(
            final List<List<T>> of, final List<List<T>> to, final ToDoubleFunction<T> figure) {
        return IntStream.range(0, of.size())
                .mapToDouble(round -> ratio(of.get(round), to.get(round), figure))
                .toArray();
    }

    /** Median of the ratios of pairs; ratio of the medians where they are no pairs. */
    static <T> double ratio(final List<T> of, final List<T> to, final ToDoubleFunction<T> figure) {
        if (of.size() != to.size()) {
            return median(of, figure) / median(to, figure);
        }
        final double[] ratios = new double[of.size()];
        Arrays.setAll(
                ratios, i -> figure.applyAsDouble(of.get(i)) / figure.applyAsDouble(to.get(i)));
        return Median.of(ratios);
    }
}
