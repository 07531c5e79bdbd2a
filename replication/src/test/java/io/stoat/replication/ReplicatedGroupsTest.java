package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two groups on three members: keys are spread over them, and each group lives by itself. */
class ReplicatedGroupsTest {
    private static final int KEYS = 200;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    @TempDir Path dir;

    private static int group(final TestCluster cluster, final String key) {
        return cluster.config().shardMap().groupOf(bytes(key), 0, key.length());
    }

    private static String keyOf(final TestCluster cluster, final int group) {
        int i = 0;
        while (group(cluster, "key-" + i) != group) {
            i++;
        }
        return "key-" + i;
    }

    @Test
    void shouldSpreadKeysOverGroupsThatLiveByThemselves() {
        try (TestCluster cluster =
                        new TestCluster(dir, 3, "groups=2", "shards=4", "entries=8000").startAll();
                ReplicatedClient client = cluster.client()) {
            cluster.awaitLeader(0);
            cluster.awaitLeader(1);
            sendsEachCommandToItsGroup(cluster, client);
            refusesACommandOfAnotherGroup(cluster, client);
            readsAllGroupsOfAMemberFromOnePath(cluster, client);
            hasTheSameContentOnAllMembers(cluster, client);
            resumesAGroupWhileTheOtherGoesOn(cluster, client);
            resumesBothGroupsOfAMember(cluster, client);
            servesAGroupWhileTheOtherHasNoQuorum(cluster, client);
        }
    }

    private static void sendsEachCommandToItsGroup(
            final TestCluster cluster, final ReplicatedClient client) {
        for (int i = 0; i < KEYS; i++) {
            put(client, "key-" + i, "value-" + i);
        }
        for (int i = 0; i < KEYS; i += 17) {
            assertEquals("value-" + i, get(client, "key-" + i));
        }
        final ShardMap map = client.shardMap();
        long commands = 0;
        for (int group = 0; group < 2; group++) {
            final int leader = cluster.awaitLeader(group);
            assertEquals(leader, map.leader(group));
            assertTrue(cluster.status(group, leader).commands() > KEYS / 4);
            commands += cluster.status(group, leader).commands();
        }
        assertEquals(KEYS, commands);
    }

    private static void refusesACommandOfAnotherGroup(
            final TestCluster cluster, final ReplicatedClient client) {
        final List<Integer> statuses = new ArrayList<>();
        final List<Long> messages = new ArrayList<>();
        try (ReplicatedClient pipelined =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(cluster.config())
                                .timeoutNs(PATIENCE_NS)
                                .resultListener(
                                        (message, index, status, version, counter, position) -> {
                                            messages.add(message);
                                            statuses.add(status);
                                        }))) {
            assertThrows(IllegalStateException.class, pipelined::commands);
            final UnsafeBuffer value = bytes("x");
            for (int group = 0; group < 2; group++) {
                final UnsafeBuffer own = bytes(keyOf(cluster, group));
                final UnsafeBuffer foreign = bytes(keyOf(cluster, 1 - group));
                final int length = own.capacity();
                final long number = pipelined.nextMessage(own, 0, length);
                assertEquals(group, number % 2);
                for (final UnsafeBuffer key : List.of(own, foreign)) {
                    pipelined
                            .commands(own, 0, length)
                            .put(
                                    PutMode.IF_ABSENT,
                                    key,
                                    0,
                                    key.capacity(),
                                    value,
                                    0,
                                    1,
                                    0,
                                    false,
                                    0);
                }
                assertEquals(number, pipelined.send());
                pipelined.drain();
            }
        }
        assertEquals(
                List.of(
                        Status.ALREADY_EXISTS,
                        Status.WRONG_SHARD,
                        Status.ALREADY_EXISTS,
                        Status.WRONG_SHARD),
                statuses);
        assertEquals(2, messages.stream().distinct().count());
        assertEquals("value-" + keyOf(cluster, 0).substring(4), get(client, keyOf(cluster, 0)));
    }

    private static void readsAllGroupsOfAMemberFromOnePath(
            final TestCluster cluster, final ReplicatedClient client) {
        final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
        for (int member = 0; member < 3; member++) {
            try (MemberReader reader = MemberReader.attach(cluster.config(), member);
                    StoreReader plain = StoreReader.attach(cluster.config().dataDir(member))) {
                for (int i = 0; i < KEYS; i++) {
                    final UnsafeBuffer key = bytes("key-" + i);
                    final int length = key.capacity();
                    final long written = client.position(group(cluster, "key-" + i));
                    final int found =
                            reader.getAfter(written, PATIENCE_NS, key, 0, length, dst, 0, 64);
                    assertEquals("value-" + i, TestCluster.text(found, dst));
                    assertEquals(found, plain.get(key, 0, length, dst, 0, 64));
                }
                cluster.await("a young member", () -> reader.ageMs() < 60_000);
            }
        }
    }

    private static void hasTheSameContentOnAllMembers(
            final TestCluster cluster, final ReplicatedClient client) {
        long entries = 0;
        for (int group = 0; group < 2; group++) {
            final int number = group;
            final long checksum = client.contentChecksum(group);
            final long position = client.position();
            entries += client.entries();
            for (int i = 0; i < 3; i++) {
                final MemberStatus status = cluster.status(group, i);
                cluster.await(
                        "checksum of group " + number, () -> status.checksumPosition() == position);
                assertEquals(checksum, status.checksum());
            }
        }
        assertEquals(KEYS, entries);
    }

    private static void resumesAGroupWhileTheOtherGoesOn(
            final TestCluster cluster, final ReplicatedClient client) {
        final int follower = (cluster.awaitLeader(0) + 1) % 3;
        cluster.stop(0, follower);
        for (int i = 0; i < KEYS; i++) {
            put(client, "key-" + i, "again-" + i);
        }
        cluster.awaitApplied(1, follower, client.position(1));
        cluster.start(0, follower);
        cluster.awaitApplied(0, follower, client.position(0));
        assertEquals(0, cluster.status(0, follower).replayedFromPosition(), cluster.errors());
        hasTheSameContentOnAllMembers(cluster, client);
    }

    private static void resumesBothGroupsOfAMember(
            final TestCluster cluster, final ReplicatedClient client) {
        final int member = 2;
        cluster.stop(member);
        for (int i = 0; i < KEYS; i++) {
            put(client, "key-" + i, "third-" + i);
        }
        cluster.start(member);
        for (int group = 0; group < 2; group++) {
            cluster.awaitApplied(group, member, client.position(group));
            assertEquals(0, cluster.status(group, member).replayedFromPosition(), cluster.errors());
        }
        hasTheSameContentOnAllMembers(cluster, client);
    }

    private static void servesAGroupWhileTheOtherHasNoQuorum(
            final TestCluster cluster, final ReplicatedClient client) {
        final int leader = cluster.awaitLeader(0);
        final String orphan = keyOf(cluster, 0);
        final String served = keyOf(cluster, 1);
        cluster.stop(0, leader);
        cluster.stop(0, (leader + 1) % 3);
        try (ReplicatedClient impatient =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(cluster.config())
                                .timeoutNs(TimeUnit.SECONDS.toNanos(2)))) {
            assertEquals(
                    ReplicationStatus.OUTCOME_UNKNOWN,
                    TestCluster.tryPut(impatient, orphan, "nobody", 0));
            put(client, served, "served");
            assertEquals("served", get(client, served));
        }
        cluster.start(0, leader);
        cluster.awaitLeader(0);
        put(client, orphan, "back");
        assertEquals("back", get(client, orphan));
    }
}
