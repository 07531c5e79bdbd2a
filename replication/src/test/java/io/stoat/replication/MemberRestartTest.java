package io.stoat.replication;

import static io.stoat.replication.ReplicationTest.assertSameContent;
import static io.stoat.replication.TestCluster.bytes;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static io.stoat.replication.TestCluster.text;
import static io.stoat.replication.TestCluster.tryPut;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.Status;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a member comes back: from its own files, from snapshot and log, or from the others. */
class MemberRestartTest {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir Path dir;

    @Test
    void shouldComeBackFromItsFilesFromItsLogAndFromTheOthers() throws IOException {
        // members fetch from each other, too, only with the token
        final String token =
                ClusterTokenTest.tokenSetting(dir.resolve("token"), "a token of the members");
        try (TestCluster cluster = new TestCluster(dir, 3, token).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            write(client, "before", 300);
            final long snapshotPosition = snapshot(cluster, leader);
            write(client, "after", 100);
            cluster.awaitApplied(follower, client.position());

            try (MemberReader reader = MemberReader.attach(cluster.config(), follower)) {
                resumesFromItsFiles(cluster, client, follower);
                isUpToDate(reader, client);
                isRebuiltFromSnapshotAndLog(cluster, client, follower, snapshotPosition);
                isUpToDate(reader, client);
                isRebuiltWhenDamaged(cluster, client, follower);
                isUpToDate(reader, client);
                comesBackWithAnEmptyDisk(cluster, client, follower);
                isUpToDate(reader, client);
            }
            assertFalse(cluster.errors().contains("Address already in use"), cluster.errors());
        }
    }

    /** A reader from before sees what is new, and old. */
    private static void isUpToDate(final MemberReader reader, final ReplicatedClient client) {
        put(client, "latest", "at " + client.position());
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
        final int length =
                reader.getAfter(client.position(), PATIENCE_NS, bytes("latest"), 0, 6, dst, 0, 64);
        assertEquals(get(client, "latest"), text(length, dst));
        assertEquals("value-7", get(reader, "before-7"));
    }

    private static void write(final ReplicatedClient client, final String prefix, final int count) {
        for (int i = 0; i < count; i++) {
            put(client, prefix + "-" + i, "value-" + i);
        }
        // expired ones are part of the content until they are swept
        assertEquals(Status.OK, tryPut(client, prefix + "-mortal", "gone soon", 1));
        assertEquals(Status.OK, client.add(bytes("sum"), 0, 3, count));
    }

    static long snapshot(final TestCluster cluster, final int leader) {
        final long before = cluster.status(leader).snapshotPosition();
        cluster.status(leader).ask(MemberStatus.Request.SNAPSHOT);
        for (int i = 0; i < cluster.config().members(); i++) {
            final int member = i;
            if (cluster.member(member) != null) {
                cluster.await(
                        "snapshot of member " + member,
                        () -> cluster.status(member).snapshotPosition() > before);
            }
        }
        return cluster.status(leader).snapshotPosition();
    }

    private static void resumesFromItsFiles(
            final TestCluster cluster, final ReplicatedClient client, final int follower) {
        cluster.stop(follower);
        write(client, "while-stopped", 50);
        cluster.start(follower);
        cluster.awaitApplied(follower, client.position());
        assertEquals(0, cluster.status(follower).replayedFromPosition(), cluster.errors());
        assertSameContent(cluster, client);
    }

    private void isRebuiltFromSnapshotAndLog(
            final TestCluster cluster,
            final ReplicatedClient client,
            final int follower,
            final long snapshotPosition)
            throws IOException {
        cluster.stop(follower);
        // what a crash leaves: shards of whatever position, and no word of a clean stop
        Files.delete(cluster.config().memberDir(0, follower).resolve(ResumePoint.FILE_NAME));
        write(client, "while-crashed", 50);
        final Set<String> seen = ConcurrentHashMap.newKeySet();
        final AtomicBoolean isEnough = new AtomicBoolean();
        final Thread onlooker = new Thread(() -> look(cluster.config(), follower, seen, isEnough));
        onlooker.start();
        try {
            cluster.await("a first look", () -> !seen.isEmpty());
            cluster.start(follower);
            cluster.awaitApplied(follower, client.position());
            cluster.await("the state", () -> cluster.status(follower).storeId() != 0);
        } finally {
            isEnough.set(true);
            join(onlooker);
        }
        assertEquals(Set.of("value-7", "NOT_LOADED"), seen);
        assertEquals(
                snapshotPosition,
                cluster.status(follower).replayedFromPosition(),
                cluster.errors());
        assertSameContent(cluster, client);
    }

    /** What a key has that the member always had. */
    private static void look(
            final ClusterConfig config,
            final int member,
            final Set<String> seen,
            final AtomicBoolean isEnough) {
        try (MemberReader reader = MemberReader.attach(config, member)) {
            while (!isEnough.get()) {
                seen.add(get(reader, "before-7"));
                LockSupport.parkNanos(10_000);
            }
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private void isRebuiltWhenDamaged(
            final TestCluster cluster, final ReplicatedClient client, final int follower)
            throws IOException {
        cluster.stop(follower);
        final Path control = cluster.config().dataDir(follower).resolve("shard-000.ctl");
        try (RandomAccessFile file = new RandomAccessFile(control.toFile(), "rw")) {
            file.write(new byte[512]);
        }
        cluster.start(follower);
        cluster.awaitApplied(follower, client.position());
        assertTrue(cluster.status(follower).replayedFromPosition() > 0, cluster.errors());
        assertSameContent(cluster, client);
    }

    private void comesBackWithAnEmptyDisk(
            final TestCluster cluster, final ReplicatedClient client, final int follower) {
        cluster.stop(follower);
        IoUtil.delete(cluster.config().memberDir(0, follower).toFile(), false);
        IoUtil.delete(cluster.config().dataDir(follower).toFile(), false);
        write(client, "while-wiped", 50);
        cluster.start(follower);
        cluster.awaitApplied(follower, client.position());
        assertSameContent(cluster, client);
        try (MemberReader reader = MemberReader.attach(cluster.config(), follower)) {
            assertEquals("value-7", get(reader, "before-7"));
            assertEquals("value-7", get(reader, "while-wiped-7"));
        }
    }
}
