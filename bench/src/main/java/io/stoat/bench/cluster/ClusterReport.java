package io.stoat.bench.cluster;

import io.stoat.bench.Median;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What the rounds of {@code stoat bench cluster} bring, in lines: each measurement as it comes, and
 * in the end the medians beside their bounds. One thread.
 */
final class ClusterReport {
    private static final double MAX_SINGLE_RATIO = 1.15;
    private static final double MIN_BATCHED_RATE = 500_000;
    private static final double MAX_READ_RATIO = 1.5;

    private final PrintWriter out;
    private final Series bare = new Series("bare");
    private final Series redis = new Series("redis");
    private final Series etcd = new Series("etcd");
    private final List<Series> stoat;
    private final List<Double> idleReads = new ArrayList<>();
    private final List<Double> busyReads = new ArrayList<>();

    /**
     * @param out to write to.
     * @param groups numbers of groups that are measured; bounds hold for the first.
     */
    ClusterReport(final PrintWriter out, final List<Integer> groups) {
        this.out = out;
        stoat = groups.stream().map(number -> new Series(nameOf(number))).toList();
    }

    private static String nameOf(final int number) {
        return number == 1 ? "stoat" : "stoat, " + number + " groups";
    }

    Series bare() {
        return bare;
    }

    /** Of the number of groups at an index. */
    Series stoat(final int index) {
        return stoat.get(index);
    }

    Series redis() {
        return redis;
    }

    Series etcd() {
        return etcd;
    }

    /** A peer that is not there. */
    void skipped(final Series series, final String absence) {
        say("  %s skipped: %s", series.name(), absence);
    }

    /** How a peer runs; said once, before its first figures. */
    void settings(final Series series, final String settings) {
        if (series.isEmpty()) {
            say("  %s: %s", series.name(), settings);
        }
    }

    /** Figures of one contender in one round, of each turn; said are their medians. */
    void add(
            final Series series,
            final List<Series.Single> single,
            final List<Series.Batched> batched) {
        series.add(single, batched);
        final double cpuNs = Series.median(batched, Series.Batched::cpuNs);
        say(
                "  %-16s one at a time p50 %.1f p99 %.1f us, %,.0f/s; batched %,.0f/s%s",
                series.name(),
                Series.median(single, Series.Single::p50Ns) / 1e3,
                Series.median(single, Series.Single::p99Ns) / 1e3,
                Series.median(single, Series.Single::rate),
                Series.median(batched, Series.Batched::rate),
                Double.isNaN(cpuNs)
                        ? ""
                        : String.format(Locale.ROOT, ", CPU %,.0f ns a put", cpuNs));
    }

    /** P99 of a follower's reads in one round: while nothing is written, and while much is, ns. */
    void addReads(final double idleNs, final double busyNs) {
        idleReads.add(idleNs);
        busyReads.add(busyNs);
        say("  reads of a follower, p99: idle %.0f ns, log at full speed %.0f ns", idleNs, busyNs);
    }

    /** Says the medians; whether all bounds are met. */
    boolean conclude(final int rounds) {
        final Series first = stoat.get(0);
        final double[] singles = first.p50By(bare);
        final double single = Median.of(singles);
        final double rate = first.rate();
        final double read = Series.ratio(busyReads, idleReads, Double::doubleValue);
        say("medians of %d rounds", rounds);
        say(
                "one put at a time, p50: %s %.1f us, %.2f x the bare cluster's %.1f us (rounds %.2f to %.2f;"
                        + " bound %.2f)",
                first.name(),
                first.p50Ns() / 1e3,
                single,
                bare.p50Ns() / 1e3,
                Arrays.stream(singles).min().orElseThrow(),
                Arrays.stream(singles).max().orElseThrow(),
                MAX_SINGLE_RATIO);
        say(
                "batched puts: %s %,.0f/s (bound %,.0f), %.2f x the bare cluster; CPU of all %,.0f ns a put",
                first.name(), rate, MIN_BATCHED_RATE, Median.of(first.rateBy(bare)), first.cpuNs());
        say("reads of a follower, p99: %.2f x an idle one's (bound %.2f)", read, MAX_READ_RATIO);
        final List<Series> others = new ArrayList<>(stoat.subList(1, stoat.size()));
        others.add(redis);
        others.add(etcd);
        others.stream()
                .filter(series -> !series.isEmpty())
                .forEach(series -> sayBeside(series, first));
        return single <= MAX_SINGLE_RATIO && rate >= MIN_BATCHED_RATE && read <= MAX_READ_RATIO;
    }

    private void sayBeside(final Series series, final Series first) {
        say(
                "%s: one at a time p50 %.1f us, %.2f x %s's; batched %,.0f/s, %.2f x %s's",
                series.name(),
                series.p50Ns() / 1e3,
                Median.of(series.p50By(first)),
                first.name(),
                series.rate(),
                Median.of(series.rateBy(first)),
                first.name());
    }

    /** A line. */
    void say(final String format, final Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
