package io.stoat.replication;

import static io.stoat.replication.DeterminismTest.assertSameContent;
import static io.stoat.replication.MemberRestartTest.snapshot;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.transport.AeronDirectories;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot whose entries are still being copied: the service goes on, nobody counts on it, and
 * whoever ends meanwhile starts from the one before.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SnapshotCopyTest {
    private static final String IN_COPY = "in-copy";

    @TempDir Path dir;

    @Test
    void shouldGoOnDuringTheCopyAndNotCountOnItWhenItFails() throws IOException {
        try (TestCluster cluster = new TestCluster(dir, 1).startAll()) {
            cluster.awaitLeader();
            final long first;
            try (ReplicatedClient client = cluster.client()) {
                write(client, "a", 200);
                first = snapshot(cluster, 0);
                cluster.await("report", () -> cluster.status(0).quorumSnapshotPosition() == first);
                final CountDownLatch isEnough = new CountDownLatch(1);
                cluster.beforeSnapshotEnd(
                        member -> {
                            await(isEnough);
                            throw new IllegalStateException("no end mark");
                        });
                write(client, "b", 50);
                askForOneInCopy(cluster);
                // what follows changes entries that are being copied, too
                write(client, "a", 100);
                assertEquals(first, cluster.status(0).snapshotPosition());
                isEnough.countDown();
                cluster.await(
                        "end of the copy", () -> cluster.status(0).snapshotInCopyPosition() == 0);
                assertTrue(cluster.errors().contains("no end mark"), cluster.errors());
                write(client, "c", 50);
                assertEquals(first, cluster.status(0).quorumSnapshotPosition());
            }
            cluster.stop(0);
            cluster.beforeSnapshotEnd(member -> {});
            cluster.start(0);
            cluster.awaitLeader();
            assertEquals(0, cluster.status(0).replayedFromPosition(), cluster.errors());
            assertContent(cluster);

            cluster.stop(0);
            Files.delete(cluster.config().memberDir(0, 0).resolve(ResumePoint.FILE_NAME));
            cluster.start(0);
            cluster.awaitLeader();
            assertEquals(first, cluster.status(0).replayedFromPosition(), cluster.errors());
            assertContent(cluster);
            // the second one was taken again when its place in the log was replayed
            cluster.await("snapshot", () -> cluster.status(0).snapshotPosition() > first);
        }
    }

    private static void assertContent(final TestCluster cluster) {
        try (ReplicatedClient client = cluster.client()) {
            assertEquals("a-99", get(client, "a-99"));
            assertEquals("b-49", get(client, "b-49"));
            assertEquals("c-49", get(client, "c-49"));
            client.contentChecksum();
            assertEquals(300, client.entries());
        }
    }

    @Test
    void shouldStartFromTheSnapshotBeforeWhenItIsKilledDuringTheCopy() throws Exception {
        final Properties properties = TestCluster.settings(dir, 1);
        final ClusterConfig config = ClusterConfig.of(properties);
        final long first;
        try (TestCluster cluster = new TestCluster(config).startAll()) {
            cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                write(client, "a", 200);
                first = snapshot(cluster, 0);
                cluster.await("report", () -> cluster.status(0).quorumSnapshotPosition() == first);
            }
        }
        final Path settings = dir.resolve("settings");
        try (var writer = Files.newBufferedWriter(settings)) {
            properties.store(writer, null);
        }
        final Process process = Killed.start(settings);
        try {
            final Path inCopy = dir.resolve(IN_COPY);
            final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
            while (!Files.exists(inCopy) && process.isAlive()) {
                assertTrue(System.nanoTime() - deadlineNs < 0, "the member gets to no copy");
                LockSupport.parkNanos(1_000_000);
            }
            assertTrue(Files.exists(inCopy), "the member ended by itself");
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (TestCluster cluster = new TestCluster(config).startAll()) {
            cluster.awaitLeader();
            assertEquals(first, cluster.status(0).replayedFromPosition(), cluster.errors());
            assertContent(cluster);
            cluster.await("snapshot", () -> cluster.status(0).snapshotPosition() > first);
            // a client removes what the killed one has left
            cluster.client().close();
            assertEquals(List.of(), directoriesOf(process), "left by the client that was killed");
        }
    }

    private List<String> directoriesOf(final Process process) {
        final File parent = AeronDirectories.forDataDir(dir).getParent().toFile();
        final String prefix = "stoat-client-" + process.pid() + "-";
        final String[] names = parent.list((where, name) -> name.startsWith(prefix));
        return names == null ? List.of() : List.of(names);
    }

    /** The member that is killed: takes a snapshot that it never ends, and goes on. */
    static final class Killed {
        private Killed() {}

        static Process start(final Path settings) throws IOException {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "@" + System.getProperty("stoat.jvm.options"),
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx128m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Killed.class.getName(),
                            settings.toString())
                    .inheritIO()
                    .start();
        }

        public static void main(final String[] arguments) throws Exception {
            final Path settings = Path.of(arguments[0]);
            final Properties properties = new Properties();
            try (var reader = Files.newBufferedReader(settings)) {
                properties.load(reader);
            }
            final CountDownLatch never = new CountDownLatch(1);
            final TestCluster cluster = new TestCluster(ClusterConfig.of(properties));
            cluster.beforeSnapshotEnd(member -> SnapshotCopyTest.await(never));
            cluster.startAll();
            cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                write(client, "b", 50);
                askForOneInCopy(cluster);
                write(client, "c", 50);
                Files.createFile(settings.resolveSibling(IN_COPY));
                never.await(3, TimeUnit.MINUTES);
            }
        }
    }

    @Test
    void shouldFetchOnlyACompleteSnapshot() {
        final CountDownLatch isEnough = new CountDownLatch(1);
        try (TestCluster cluster = new TestCluster(dir, 3).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            write(client, "a", 200);
            snapshot(cluster, leader);
            write(client, "b", 50);
            cluster.beforeSnapshotEnd(
                    member -> {
                        if (member == leader) {
                            await(isEnough);
                        }
                    });
            cluster.status(leader).ask(MemberStatus.Request.SNAPSHOT);
            cluster.await("a copy", () -> cluster.status(leader).snapshotInCopyPosition() > 0);
            cluster.stop(follower);
            IoUtil.delete(cluster.config().memberDir(0, follower).toFile(), false);
            IoUtil.delete(cluster.config().dataDir(follower).toFile(), false);
            final Path statusFile =
                    cluster.config().memberDir(0, follower).resolve(MemberStatus.FILE_NAME);
            final Thread opener =
                    new Thread(
                            () -> {
                                awaitSeeding(statusFile);
                                isEnough.countDown();
                            },
                            "opener");
            opener.setDaemon(true);
            opener.start();
            cluster.start(follower);
            write(client, "c", 50);
            cluster.awaitApplied(follower, client.position());
            assertSameContent(cluster, client);
        }
    }

    private static void awaitSeeding(final Path statusFile) {
        while (!isSeeding(statusFile)) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean isSeeding(final Path statusFile) {
        try (MemberStatus status = MemberStatus.attach(statusFile.getParent())) {
            return status.state() == MemberStatus.State.SEEDING;
        } catch (final ReplicationException notYet) {
            return false;
        }
    }

    private static void askForOneInCopy(final TestCluster cluster) {
        cluster.status(0).ask(MemberStatus.Request.SNAPSHOT);
        cluster.await("a copy", () -> cluster.status(0).snapshotInCopyPosition() > 0);
    }

    private static void write(final ReplicatedClient client, final String prefix, final int count) {
        for (int i = 0; i < count; i++) {
            put(client, prefix + "-" + i, prefix + "-" + i);
        }
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }
}
