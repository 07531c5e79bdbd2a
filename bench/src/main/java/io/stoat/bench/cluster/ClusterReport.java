package io.stoat.bench.cluster;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.Figure;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rounds of {@code stoat bench cluster} bring, in lines: each measurement as it comes, and
 * in the end the medians beside their bounds. One thread.
 */
final class ClusterReport {
    private static final double MAX_SINGLE_RATIO = 1.15;
    private static final double MIN_BATCHED_RATE = 500_000;
    private static final double MAX_READ_RATIO = 1.5;

    private static final String US = "us";
    private static final String NS = "ns";
    private static final String A_SECOND = "a second";
    private static final String BATCHED = "batched";
    private static final String CPU = "CPU of all a put";
    private static final String IDLE = "idle";
    private static final String BUSY = "log at full speed";

    private final Comparison comparison;
    private final Series bare = new Series("bare");
    private final Series redis = new Series("redis");
    private final Series etcd = new Series("etcd");
    private final List<Series> stoat;
    private final List<Double> idleReads = new ArrayList<>();
    private final List<Double> busyReads = new ArrayList<>();

    /**
     * @param comparison to add to.
     * @param groups numbers of groups that are measured; bounds hold for the first.
     */
    ClusterReport(final Comparison comparison, final List<Integer> groups) {
        this.comparison = comparison;
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

    /** A peer that is not there; said once. */
    void skipped(final Series series, final String absence) {
        comparison.note(series.name() + " skipped: " + absence);
    }

    /** How a peer runs; said once, before its first figures. */
    void settings(final Series series, final String settings) {
        if (series.isEmpty()) {
            comparison.note(series.name() + ": " + settings);
        }
    }

    /** Figures of one contender in one round, of each turn; said are their medians. */
    void add(
            final Series series,
            final List<Series.Single> single,
            final List<Series.Batched> batched) {
        series.add(single, batched);
        comparison.progress(
                series.name(),
                Figure.of(
                        "one at a time p50", US, Series.median(single, Series.Single::p50Ns) / 1e3),
                Figure.of("p99", US, Series.median(single, Series.Single::p99Ns) / 1e3),
                Figure.of("puts", A_SECOND, Math.rint(Series.median(single, Series.Single::rate))),
                Figure.of(
                        BATCHED, A_SECOND, Math.rint(Series.median(batched, Series.Batched::rate))),
                Figure.of(CPU, NS, Series.median(batched, Series.Batched::cpuNs)));
    }

    /** P99 of a follower's reads in one round: while nothing is written, and while much is, ns. */
    void addReads(final double idleNs, final double busyNs) {
        idleReads.add(idleNs);
        busyReads.add(busyNs);
        comparison.progress(
                "reads of a follower, p99",
                Figure.of(IDLE, NS, idleNs),
                Figure.of(BUSY, NS, busyNs));
    }

    /** Tells the medians, beside their bounds. */
    void conclude(final int rounds) {
        final Series first = stoat.get(0);
        comparison.note("medians over rounds: " + rounds);
        beside("bare cluster", bare, first, Bound.atMost(MAX_SINGLE_RATIO));
        comparison.section("reads of a follower", IDLE, BUSY);
        comparison.compare("p99", NS, idleReads, busyReads, Bound.atMost(MAX_READ_RATIO));
        for (final Series more : stoat.subList(1, stoat.size())) {
            beside(first.name(), first, more, Bound.NONE);
        }
        for (final Series peer : List.of(redis, etcd)) {
            if (!peer.isEmpty()) {
                beside(peer.name(), peer, first, Bound.NONE);
            }
        }
        comparison.section("replicated puts");
        comparison.figures(
                first.name(),
                Figure.of(BATCHED, A_SECOND, Math.rint(first.rate()))
                        .within(Bound.atLeast(MIN_BATCHED_RATE)),
                Figure.of(CPU, NS, first.cpuNs()));
    }

    private void beside(
            final String name, final Series base, final Series compared, final Bound ofSingle) {
        comparison.section(compared.name() + " beside " + name, name, compared.name());
        comparison.compare(
                "one put at a time, p50",
                US,
                base.p50Ns() / 1e3,
                compared.p50Ns() / 1e3,
                compared.p50By(base),
                ofSingle);
        comparison.compare(
                "batched puts",
                A_SECOND,
                base.rate(),
                compared.rate(),
                compared.rateBy(base),
                Bound.NONE);
    }
}
