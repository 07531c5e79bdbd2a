package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member whose files are damaged while it runs, again and again. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class MemberKeeperTest {
    private static final long AWAIT_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir Path dir;
    private final List<String> news = new CopyOnWriteArrayList<>();

    @Test
    void shouldRebuildADamagedShardAndNameTheMendWhenItIsDamagedAgain() throws IOException {
        final ClusterConfig config = TestCluster.config(dir, 1);
        try (MemberKeeper keeper = keep(config);
                ReplicatedClient client =
                        ReplicatedClient.connect(
                                new ReplicatedClientContext().config(config).timeoutNs(AWAIT_NS))) {
            TestCluster.put(client, "marked", EntryDamageTest.MARKED);
            snapshot(config, 0);
            final long first = snapshotPosition(config);

            damage(config);
            final String once = rebuilt(config, client, 1);
            assertTrue(once.contains(config.dataDir(0).toString()), once);
            assertTrue(once.contains("checksum"), once);
            assertTrue(replayedFrom(config) >= first, once);

            damage(config);
            final String again = rebuilt(config, client, 2);
            assertTrue(again.contains("damage number 2"), again);
            assertTrue(again.contains("move dir=" + config.dir()), again);
        } finally {
            TestCluster.removeAeron(config, 0);
        }
    }

    private MemberKeeper keep(final ClusterConfig config) {
        return MemberKeeper.keep(
                config, 0, group -> new MemberContext().errorHandler(error -> {}), news::add);
    }

    /** A snapshot reads every entry. */
    private static void damage(final ClusterConfig config) throws IOException {
        EntryDamageTest.turnByte(config.dataDir(0));
        try (MemberStatus status = MemberStatus.attach(config.memberDir(0, 0))) {
            status.ask(MemberStatus.Request.SNAPSHOT);
        }
    }

    private static void snapshot(final ClusterConfig config, final long after) {
        try (MemberStatus status = MemberStatus.attach(config.memberDir(0, 0))) {
            await("a leader", status::isLeader);
            status.ask(MemberStatus.Request.SNAPSHOT);
            await("a snapshot", () -> status.snapshotPosition() > after);
        }
    }

    private static long snapshotPosition(final ClusterConfig config) {
        try (MemberStatus status = MemberStatus.attach(config.memberDir(0, 0))) {
            return status.snapshotPosition();
        }
    }

    private static long replayedFrom(final ClusterConfig config) {
        try (MemberStatus status = MemberStatus.attach(config.memberDir(0, 0))) {
            return status.replayedFromPosition();
        }
    }

    /** What was said of the damage, once the content is there again. */
    private String rebuilt(
            final ClusterConfig config, final ReplicatedClient client, final int times) {
        await("damage and launch " + times + " in " + news, () -> count("running again") == times);
        assertEquals(times, count(" is damaged "), news.toString());
        assertEquals(EntryDamageTest.MARKED, TestCluster.get(client, "marked"));
        try (MemberReader reader = MemberReader.attach(config, 0)) {
            await(
                    "the entry in the shards",
                    () -> TestCluster.get(reader, "marked").equals(EntryDamageTest.MARKED));
        }
        return news.stream()
                .filter(line -> line.contains(" is damaged "))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private int count(final String words) {
        return (int) news.stream().filter(line -> line.contains(words)).count();
    }

    private static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + AWAIT_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "no " + what + " within a minute");
            LockSupport.parkNanos(1_000_000);
        }
    }
}
