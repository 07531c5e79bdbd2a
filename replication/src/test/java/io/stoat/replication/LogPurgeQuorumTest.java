package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three members whose snapshots come to their ends when the test says so. */
@Timeout(300)
class LogPurgeQuorumTest {
    private static final int MEMBERS = 3;

    @TempDir Path dir;

    private final List<CountDownLatch> ends =
            List.of(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));

    private void awaitEnd(final int member) {
        try {
            ends.get(member).await();
        } catch (final InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldPurgeTheLogOnlyBeforeASnapshotThatAQuorumAndTheMemberItselfHave() {
        try (TestCluster cluster =
                new TestCluster(dir, MEMBERS, "snapshot-log-bytes=0", "snapshot-interval-ms=0")
                        .beforeSnapshotEnd(this::awaitEnd)
                        .startAll()) {
            final int leader = cluster.awaitLeader();
            final int first = (leader + 1) % MEMBERS;
            final int last = (leader + 2) % MEMBERS;
            try (ReplicatedClient client = cluster.client()) {
                LogUpkeepTest.writeUntil(cluster, client, LogUpkeepTest.SEGMENT + 1);
                ends.get(leader).countDown();
                cluster.status(leader).ask(MemberStatus.Request.SNAPSHOT);
                final long position = awaitReported(cluster, leader, 0);
                for (int member = 0; member < MEMBERS; member++) {
                    cluster.awaitApplied(member, client.position());
                }
                requireWholeLogs(cluster);

                ends.get(first).countDown();
                awaitReported(cluster, first, position);
                for (final int member : List.of(leader, first)) {
                    awaitPurge(cluster, member);
                    assertEquals(position, cluster.status(member).quorumSnapshotPosition());
                }
                assertEquals(0, cluster.status(last).logStartPosition());

                ends.get(last).countDown();
                awaitPurge(cluster, last);
            }
        } finally {
            ends.forEach(CountDownLatch::countDown);
        }
    }

    /** The log says it: the member's upkeep has then run with that snapshot. */
    private static long awaitReported(
            final TestCluster cluster, final int member, final long position) {
        cluster.await(
                "report of member " + member,
                () ->
                        cluster.status(member).reportedSnapshotPosition()
                                > Math.max(0, position - 1));
        return cluster.status(member).snapshotPosition();
    }

    private static void requireWholeLogs(final TestCluster cluster) {
        for (int member = 0; member < MEMBERS; member++) {
            assertEquals(0, cluster.status(member).quorumSnapshotPosition());
            assertEquals(0, cluster.status(member).logStartPosition());
        }
    }

    private static void awaitPurge(final TestCluster cluster, final int member) {
        cluster.await(
                "purge of the log of member " + member,
                () -> cluster.status(member).logStartPosition() == LogUpkeepTest.SEGMENT);
    }
}
