package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stoat.store.Status;
import java.nio.file.Path;
import org.agrona.IoUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members: what one client writes, all have. */
class ReplicationTest {
    @TempDir Path dir;

    @Test
    void shouldApplyCommandsOnEveryMember() {
        try (TestCluster cluster = new TestCluster(dir, 3).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            for (int i = 0; i < 100; i++) {
                put(client, "key-" + i, "value-" + i);
            }
            assertEquals("value-42", get(client, "key-42"));
            assertEquals(Status.OK, client.add(bytes("sum"), 0, 3, 7));
            assertEquals(Status.OK, client.add(bytes("sum"), 0, 3, 35));
            assertEquals(42, client.counter());
            assertEquals(leader, client.leader());
            final long position = client.position();
            for (int member = 0; member < 3; member++) {
                cluster.awaitApplied(member, position);
                try (MemberReader reader = MemberReader.attach(cluster.config(), member)) {
                    assertEquals("value-99", get(reader, "key-99"));
                }
            }
            assertSameContent(cluster, client);
        }
    }

    @Test
    void shouldRefuseAMessageOfTooManyCommandsAtTheClient() {
        try (TestCluster cluster = new TestCluster(dir, 1, "term-length=1048576").startAll();
                ReplicatedClient client = cluster.client()) {
            cluster.awaitLeader();
            for (int i = 0; i <= ClientRecord.MAX_COMMANDS; i++) {
                client.commands().add(bytes("sum"), 0, 3, 1);
            }
            assertEquals(ReplicationStatus.TOO_MANY_COMMANDS, client.send());
            assertEquals(0, client.inFlight());
            for (int message = 0; message < 20; message++) {
                while (client.commands() == null) {
                    client.poll();
                }
                for (int i = 0; i < ClientRecord.MAX_COMMANDS; i++) {
                    client.commands().add(bytes("sum"), 0, 3, 1);
                }
                assertEquals(message + 1, client.send());
            }
            client.drain();
            assertEquals(Status.OK, client.add(bytes("sum"), 0, 3, 0));
            assertEquals(20 * ClientRecord.MAX_COMMANDS, client.counter());
        }
    }

    @Test
    void shouldRunWithTheLongestDatagramsThatAreAllowed() {
        try (TestCluster cluster = new TestCluster(dir, 3, "term-length=1048576").startAll();
                ReplicatedClient client = cluster.client()) {
            assertEquals(65_504, cluster.config().mtu());
            cluster.awaitLeader();
            put(client, "key", "value");
            assertEquals("value", get(client, "key"));
            final int follower = (cluster.awaitLeader() + 1) % 3;
            cluster.stop(follower);
            IoUtil.delete(cluster.config().memberDir(0, follower).toFile(), false);
            IoUtil.delete(cluster.config().dataDir(follower).toFile(), false);
            cluster.start(follower);
            cluster.awaitApplied(follower, client.position());
            assertSameContent(cluster, client);
        }
    }

    static void assertSameContent(final TestCluster cluster, final ReplicatedClient client) {
        final long checksum = client.contentChecksum();
        final long position = client.position();
        for (int i = 0; i < cluster.config().members(); i++) {
            final int member = i;
            if (cluster.member(member) != null) {
                cluster.await(
                        "checksum of member " + member,
                        () -> cluster.status(member).checksumPosition() == position);
                assertEquals(checksum, cluster.status(member).checksum());
            }
        }
    }
}
