package io.stoat.replication;

import static io.stoat.replication.MemberRestartTest.snapshot;
import static io.stoat.replication.ReplicationTest.assertSameContent;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A byte of an entry's value that changes in a member's files, and nobody wrote it. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class EntryDamageTest {
    static final String MARKED = "a-value-that-is-found-in-the-file";

    @TempDir Path dir;

    @Test
    void shouldRebuildShardsWhoseDamageIsFoundByASnapshotOrAfterAStart() throws IOException {
        try (TestCluster cluster = new TestCluster(dir, 3).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            for (int i = 0; i < 200; i++) {
                put(client, "key-" + i, "value-" + i);
            }
            put(client, "marked", MARKED);
            cluster.awaitApplied(follower, client.position());
            final long first = snapshot(cluster, leader);

            turnByte(cluster.config().dataDir(follower));
            put(client, "since", "the damage");
            cluster.status(leader).ask(MemberStatus.Request.SNAPSHOT);
            isRebuilt(cluster, client, follower, first);

            cluster.stop(follower);
            turnByte(cluster.config().dataDir(follower));
            cluster.start(follower);
            isRebuilt(cluster, client, follower, first);
        }
    }

    private static void isRebuilt(
            final TestCluster cluster,
            final ReplicatedClient client,
            final int follower,
            final long first) {
        cluster.await("an end", () -> cluster.member(follower).isTerminated());
        assertTrue(cluster.errors().contains("rebuilt from snapshot and log"), cluster.errors());
        cluster.await("a refusal", () -> cluster.status(follower).storeId() == 0);
        cluster.stop(follower);
        cluster.start(follower);
        cluster.awaitApplied(follower, client.position());
        assertTrue(cluster.status(follower).replayedFromPosition() >= first, cluster.errors());
        try (MemberReader reader = MemberReader.attach(cluster.config(), follower)) {
            assertEquals(MARKED, get(reader, "marked"));
        }
        assertSameContent(cluster, client);
    }

    /** In whichever shard it is. */
    static void turnByte(final Path dataDir) throws IOException {
        int turned = 0;
        try (DirectoryStream<Path> maps = Files.newDirectoryStream(dataDir, "*.map")) {
            for (final Path map : maps) {
                final String text =
                        new String(Files.readAllBytes(map), StandardCharsets.ISO_8859_1);
                final int at = text.indexOf(MARKED);
                if (at >= 0) {
                    write(map, at);
                    turned++;
                }
            }
        }
        assertEquals(1, turned);
    }

    private static void write(final Path file, final long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'A'}), at);
        }
    }
}
