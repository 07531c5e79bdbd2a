package io.stoat.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.report.Comparison;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lines about groups and peers, and what the bounds make of the first number of groups. */
class ClusterReportTest {
    private static final double GOOD_RATE = 600_000;

    private final StringWriter out = new StringWriter();
    private Comparison comparison;

    private ClusterReport report(final Integer... groups) {
        comparison =
                new Comparison("cluster", "stoat bench cluster", Map.of(), new PrintWriter(out));
        return new ClusterReport(comparison, List.of(groups));
    }

    private static void add(
            final ClusterReport report,
            final Series series,
            final double p50Us,
            final double batchedRate) {
        report.add(
                series,
                List.of(single(p50Us)),
                List.of(
                        new Series.Batched(
                                batchedRate,
                                series.name().startsWith("stoat") ? 1_500 : Double.NaN)));
    }

    private static Series.Single single(final double p50Us) {
        return new Series.Single(p50Us * 1e3, p50Us * 2e3, p50Us * 3e3, 1e6 / p50Us);
    }

    private List<String> lines() {
        final List<String> lines =
                out.toString().lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
        out.getBuffer().setLength(0);
        return lines;
    }

    @Test
    void shouldSayWhatEachRoundBringsAsItComes() {
        final ClusterReport report = report(1, 2);
        report.settings(report.redis(), "one replica");
        add(report, report.redis(), 100, 50_000);
        report.settings(report.redis(), "one replica");
        report.skipped(report.etcd(), "etcd is not installed");
        add(report, report.stoat(1), 40, 900_000);
        report.addReads(400, 500.4);
        final String columns =
                "one at a time p50, us p99, us puts, a second batched, a second CPU of all a put, ns";
        assertEquals(
                List.of(
                        "redis: one replica",
                        columns,
                        "redis 100 200 10,000 50,000 -",
                        "etcd skipped: etcd is not installed",
                        "stoat, 2 groups 40 80 25,000 900,000 1,500",
                        "idle, ns log at full speed, ns",
                        "reads of a follower, p99 400 500.4"),
                lines());
    }

    @Test
    void shouldConcludeWithMediansOfRatiosAndThePeersThatWereThere() {
        final ClusterReport report = report(1, 4);
        final double[] hosts = {1, 3, 2};
        for (final double slowness : hosts) {
            add(report, report.bare(), 20 * slowness, GOOD_RATE * 2);
            add(report, report.stoat(0), 22 * slowness, GOOD_RATE);
            add(report, report.stoat(1), 33 * slowness, GOOD_RATE * 1.5);
            add(report, report.redis(), 44 * slowness, GOOD_RATE / 10);
            report.addReads(400, 500);
        }
        lines();
        report.conclude(hosts.length);
        assertTrue(comparison.result().met());
        assertEquals(
                List.of(
                        "medians over rounds: 3",
                        "stoat beside bare cluster",
                        "bare cluster stoat ratio middle half bound",
                        "one put at a time, p50, us 40 44 1.10 1.10 - 1.10 at most 1.15: met",
                        "batched puts, a second 1,200,000 600,000 0.50 0.50 - 0.50",
                        "reads of a follower",
                        "idle log at full speed ratio middle half bound",
                        "p99, ns 400 500 1.25 1.25 - 1.25 at most 1.5: met",
                        "stoat, 4 groups beside stoat",
                        "stoat stoat, 4 groups ratio middle half bound",
                        "one put at a time, p50, us 44 66 1.50 1.50 - 1.50",
                        "batched puts, a second 600,000 900,000 1.50 1.50 - 1.50",
                        "stoat beside redis",
                        "redis stoat ratio middle half bound",
                        "one put at a time, p50, us 88 44 0.50 0.50 - 0.50",
                        "batched puts, a second 60,000 600,000 10.00 10.00 - 10.00",
                        "replicated puts",
                        "batched, a second CPU of all a put, ns",
                        "stoat 600,000 (at least 500,000: met) 1,500"),
                lines());
    }

    @Test
    void shouldHoldTheFirstNumberOfGroupsToItsBoundsAndNoOther() {
        assertTrue(isMet(22, GOOD_RATE, 500, 99));
        assertFalse(isMet(24, GOOD_RATE, 500, 22), "one put at a time");
        assertFalse(isMet(22, 400_000, 500, 22), "batched puts");
        assertFalse(isMet(22, GOOD_RATE, 700, 22), "reads of a follower");
    }

    private boolean isMet(
            final double firstUs, final double rate, final double readNs, final double secondUs) {
        final ClusterReport report = report(2, 1);
        add(report, report.bare(), 20, GOOD_RATE);
        add(report, report.stoat(0), firstUs, rate);
        add(report, report.stoat(1), secondUs, 1);
        report.addReads(400, readNs);
        report.conclude(1);
        return comparison.result().met();
    }

    @Test
    void shouldCompareTheTurnsOfARoundWithEachOther() {
        final Series bare = new Series("bare");
        final Series stoat = new Series("stoat");
        final Series peer = new Series("peer");
        // a host that becomes three times slower, for both
        bare.add(List.of(single(10), single(30), single(31)), batches(3, 1, 1));
        stoat.add(List.of(single(11), single(33), single(30)), batches(6, 2, 1));
        peer.add(List.of(single(66)), batches(1));
        assertEquals(1.1, stoat.p50By(bare)[0], 1e-9);
        assertEquals(2, stoat.rateBy(bare)[0], 1e-9);
        assertEquals(2.2, peer.p50By(bare)[0], 1e-9, "not in turns: the medians");
        assertEquals(30e3, bare.p50Ns(), 1e-9);
        bare.add(List.of(single(10)), batches(1));
        stoat.add(List.of(single(15)), batches(3));
        assertEquals(1.5, stoat.p50By(bare)[1], 1e-9, "each round has its ratio");
    }

    private static List<Series.Batched> batches(final double... rates) {
        return Arrays.stream(rates).mapToObj(rate -> new Series.Batched(rate, 1_500)).toList();
    }
}
