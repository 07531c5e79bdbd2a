package io.stoat.replication;

import static io.stoat.replication.ReplicationTest.assertSameContent;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member whose log was written before the machine was booted, as its note says. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class BootTest {
    private static final String FETCHES = "fetches snapshot and log from the leader";
    private static final String GOES_ON = "goes on with what is left";

    @TempDir Path dir;

    private static Path note(final TestCluster cluster, final int member) {
        return cluster.config().memberDir(0, member).resolve(MemberDirectories.BOOT_ID_FILE);
    }

    private static String logId(final TestCluster cluster, final int member) throws IOException {
        return Files.readString(
                cluster.config().memberDir(0, member).resolve("cluster").resolve("log-id"));
    }

    /** As if what the log lacks were lost with the page cache. */
    private static void boot(final TestCluster cluster, final int member) throws IOException {
        cluster.stop(member);
        assertEquals(BootId.current(), Files.readString(note(cluster, member)));
        Files.writeString(note(cluster, member), "another-boot");
    }

    @Test
    void shouldFetchLogAndSnapshotFromTheLeaderOrGoOnWithoutOne() throws IOException {
        try (TestCluster cluster = new TestCluster(dir, 3).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            put(client, "before", "the boot");
            cluster.awaitApplied(follower, client.position());
            final String before = logId(cluster, follower);
            boot(cluster, follower);
            put(client, "during", "the boot");
            cluster.start(follower);
            assertTrue(cluster.errors().contains(FETCHES), cluster.errors());
            assertNotEquals(before, logId(cluster, follower));
            cluster.awaitApplied(follower, client.position());
            assertSameContent(cluster, client);
            final Path replaced = cluster.config().memberDir(0, follower).resolve("log-replaced");
            cluster.await("end of the old log", () -> !Files.exists(replaced));

            final String fetched = logId(cluster, follower);
            for (int member = 0; member < 3; member++) {
                if (member != follower) {
                    cluster.stop(member);
                }
            }
            boot(cluster, follower);
            cluster.start(leader);
            assertFalse(cluster.errors().contains(GOES_ON), cluster.errors());
            cluster.start(follower);
            assertTrue(cluster.errors().contains(GOES_ON), cluster.errors());
            assertEquals(fetched, logId(cluster, follower));
            cluster.start((leader + 2) % 3);
            cluster.awaitLeader();
            assertEquals("the boot", get(client, "during"));
            assertSameContent(cluster, client);
        }
    }

    @Test
    void shouldWarnWhenThereIsNobodyToFetchFromAndSyncedLogsAreNoMatter() throws IOException {
        try (TestCluster cluster = new TestCluster(dir, 1).startAll()) {
            cluster.awaitLeader();
            boot(cluster, 0);
            cluster.start(0);
            assertTrue(cluster.errors().contains(GOES_ON), cluster.errors());
        }
        try (TestCluster cluster =
                new TestCluster(dir.resolve("synced"), 1, "file-sync-level=1").startAll()) {
            cluster.awaitLeader();
            boot(cluster, 0);
            cluster.start(0);
            assertFalse(cluster.errors().contains(GOES_ON), cluster.errors());
            assertEquals(BootId.current(), Files.readString(note(cluster, 0)));
        }
    }
}
