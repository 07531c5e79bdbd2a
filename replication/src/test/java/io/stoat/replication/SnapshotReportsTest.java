package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The log before a snapshot may go once a quorum has that snapshot or a later one. */
class SnapshotReportsTest {
    @Test
    void shouldBeThePositionThatTwoOfThreeHave() {
        final SnapshotReports reports = new SnapshotReports(3, 2);
        assertEquals(0, reports.quorumPosition());
        reports.report(1, 500);
        assertEquals(0, reports.quorumPosition());
        reports.report(2, 300);
        assertEquals(300, reports.quorumPosition());
        reports.report(0, 400);
        assertEquals(400, reports.quorumPosition());
        reports.report(2, 900);
        assertEquals(500, reports.quorumPosition());
    }

    @Test
    void shouldBeThePositionThatThreeOfFiveHave() {
        final SnapshotReports reports = new SnapshotReports(5, 3);
        reports.report(4, 900);
        reports.report(0, 800);
        assertEquals(0, reports.quorumPosition());
        reports.report(3, 100);
        assertEquals(100, reports.quorumPosition());
        reports.report(1, 200);
        assertEquals(200, reports.quorumPosition());
        reports.report(2, 1_000);
        assertEquals(800, reports.quorumPosition());
    }

    @Test
    void shouldIgnoreWhatComesLateAndWhoIsNoMember() {
        final SnapshotReports reports = new SnapshotReports(1, 1);
        reports.report(0, 500);
        reports.report(0, 400);
        reports.report(1, 900);
        reports.report(-1, 900);
        assertEquals(500, reports.quorumPosition());
    }
}
