package io.stoat.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lines about groups and peers, and what the bounds make of the first number of groups. */
class ClusterReportTest {
    private static final double GOOD_RATE = 600_000;

    private final StringWriter out = new StringWriter();

    private ClusterReport report(final Integer... groups) {
        return new ClusterReport(new PrintWriter(out), List.of(groups));
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
        final List<String> lines = out.toString().lines().toList();
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
        assertEquals(
                List.of(
                        "  redis: one replica",
                        "  redis            one at a time p50 100.0 p99 200.0 us, 10,000/s; batched 50,000/s",
                        "  etcd skipped: etcd is not installed",
                        "  stoat, 2 groups  one at a time p50 40.0 p99 80.0 us, 25,000/s; batched 900,000/s, CPU 1,500 ns a put",
                        "  reads of a follower, p99: idle 400 ns, log at full speed 500 ns"),
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
        assertTrue(report.conclude(hosts.length));
        assertEquals(
                List.of(
                        "medians of 3 rounds",
                        "one put at a time, p50: stoat 44.0 us, 1.10 x the bare cluster's 40.0 us (rounds 1.10 to 1.10; bound 1.15)",
                        "batched puts: stoat 600,000/s (bound 500,000), 0.50 x the bare cluster; CPU of all 1,500 ns a put",
                        "reads of a follower, p99: 1.25 x an idle one's (bound 1.50)",
                        "stoat, 4 groups: one at a time p50 66.0 us, 1.50 x stoat's; batched 900,000/s, 1.50 x stoat's",
                        "redis: one at a time p50 88.0 us, 2.00 x stoat's; batched 60,000/s, 0.10 x stoat's"),
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
        final boolean isMet = report.conclude(1);
        assertTrue(lines().stream().anyMatch(line -> line.startsWith("stoat: one at a time")));
        return isMet;
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
