package io.stoat.ops.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.CommandEncoder;
import io.stoat.store.Status;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two groups on three processes; the one that leads a group, and follows in the other, is killed.
 */
@Timeout(300)
class TwoGroupsTest {
    private static final int GROUPS = 2;
    private static final int MEMBERS = 3;
    private static final int KEYS = 64;
    private static final int BATCH = 4;
    private static final long WRITES = 2_000;
    private static final long AWAIT_NS = TimeUnit.MINUTES.toNanos(2);

    private final UnsafeBuffer[][] keys = new UnsafeBuffer[GROUPS][KEYS];
    private final long[][] acknowledged = new long[GROUPS][KEYS];
    private final long[][] unknown = new long[GROUPS][KEYS];
    private final long[] counts = new long[GROUPS];
    private final long[] lastBeforeKill = {Long.MAX_VALUE, Long.MAX_VALUE};
    private final long[] countsAfterKill = new long[GROUPS];
    private long othersBeforeFailOver = -1;
    private int victimGroup;

    @Test
    void shouldLoseNothingInEitherGroupWhenTheLeaderOfOneIsKilled() {
        try (ClusterProcesses cluster =
                        new ClusterProcesses(
                                MEMBERS,
                                List.of(
                                        "entries=2000",
                                        "value-size=64",
                                        "shards=4",
                                        "groups=" + GROUPS,
                                        "term-length=262144",
                                        "heartbeat-timeout-ms=3000",
                                        "election-timeout-ms=500"));
                ReplicatedClient client =
                        ReplicatedClient.connect(
                                new ReplicatedClientContext()
                                        .config(cluster.config())
                                        .timeoutNs(TimeUnit.SECONDS.toNanos(60))
                                        .driverOnCallerThread(true)
                                        .resultListener(this::onResult))) {
            cluster.startAll();
            cluster.awaitAllLive();
            chooseKeys(client);
            final int victim = victim(cluster);
            final int otherGroup = 1 - victimGroup;
            writeUntil(client, () -> counts[0] >= WRITES && counts[1] >= WRITES);

            cluster.kill(victim);
            for (int group = 0; group < GROUPS; group++) {
                lastBeforeKill[group] = nextMessage(client, group) - GROUPS;
            }
            writeUntil(
                    client,
                    () ->
                            countsAfterKill[victimGroup] >= WRITES
                                    && countsAfterKill[otherGroup] >= WRITES);
            assertTrue(
                    othersBeforeFailOver > 0,
                    "the other group acknowledged nothing until the group had a new leader");
            assertTrue(cluster.leader(victimGroup) != victim);

            cluster.start(victim);
            cluster.awaitAllLive();
            writeUntil(client, () -> countsAfterKill[victimGroup] >= 2 * WRITES);
            client.drain();
            requireNothingLost(client);
            requireMembersAlike(cluster, client);
        }
    }

    /** A member that leads one group and follows in the other. */
    private int victim(final ClusterProcesses cluster) {
        for (int group = 0; group < GROUPS; group++) {
            final int leader = cluster.awaitLeader(group);
            if (cluster.awaitLeader(1 - group) != leader) {
                victimGroup = group;
                return leader;
            }
        }
        // one leads both: it lets another lead group 1
        final int leader = cluster.awaitLeader(1);
        try (MemberStatus status = MemberStatus.attach(cluster.config().memberDir(1, leader))) {
            status.ask(MemberStatus.Request.STEP_DOWN);
        }
        cluster.await("another leader of group 1", () -> isLedByAnother(cluster, leader));
        cluster.awaitAllLive();
        victimGroup = 0;
        return cluster.awaitLeader(0);
    }

    private static boolean isLedByAnother(final ClusterProcesses cluster, final int leader) {
        final int now = cluster.leader(1);
        return now >= 0 && now != leader;
    }

    private void chooseKeys(final ReplicatedClient client) {
        final int[] found = new int[GROUPS];
        for (int i = 0; found[0] < KEYS || found[1] < KEYS; i++) {
            final UnsafeBuffer key = new UnsafeBuffer(String.format("key-%06d", i).getBytes());
            final int group = client.shardMap().groupOf(key, 0, key.capacity());
            if (found[group] < KEYS) {
                keys[group][found[group]++] = key;
            }
        }
    }

    private long nextMessage(final ReplicatedClient client, final int group) {
        return client.nextMessage(keys[group][0], 0, keys[group][0].capacity());
    }

    private static int keyOf(final long message, final int index) {
        return (int) ((message / GROUPS * BATCH + index) % KEYS);
    }

    private void onResult(
            final long message,
            final int index,
            final int status,
            final long version,
            final long counter,
            final long position) {
        final int group = (int) (message % GROUPS);
        if (status == ReplicationStatus.OUTCOME_UNKNOWN) {
            unknown[group][keyOf(message, index)]++;
            return;
        }
        assertEquals(Status.OK, status);
        acknowledged[group][keyOf(message, index)]++;
        counts[group]++;
        if (message > lastBeforeKill[group]) {
            if (group == victimGroup && countsAfterKill[group] == 0) {
                othersBeforeFailOver = countsAfterKill[1 - group];
            }
            countsAfterKill[group]++;
        }
    }

    private void writeUntil(final ReplicatedClient client, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + AWAIT_NS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "writes are not acknowledged in time");
            int work = client.poll();
            for (int group = 0; group < GROUPS; group++) {
                work += send(client, group);
            }
            if (work == 0) {
                Thread.yield();
            }
        }
    }

    private int send(final ReplicatedClient client, final int group) {
        final UnsafeBuffer first = keys[group][0];
        final CommandEncoder commands = client.commands(first, 0, first.capacity());
        if (commands == null) {
            return 0;
        }
        final long message = nextMessage(client, group);
        for (int i = 0; i < BATCH; i++) {
            commands.add(keys[group][keyOf(message, i)], 0, first.capacity(), 1);
        }
        client.send();
        return 1;
    }

    private void requireNothingLost(final ReplicatedClient client) {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        for (int group = 0; group < GROUPS; group++) {
            for (int i = 0; i < KEYS; i++) {
                final UnsafeBuffer key = keys[group][i];
                final int length = client.get(key, 0, key.capacity(), value, 0, 64);
                assertEquals(Long.BYTES, length);
                final long sum = value.getLong(0, ByteOrder.LITTLE_ENDIAN);
                final long least = acknowledged[group][i];
                assertTrue(
                        sum >= least && sum <= least + unknown[group][i],
                        "group " + group + ": " + least + " acknowledged, found " + sum);
            }
        }
    }

    private static void requireMembersAlike(
            final ClusterProcesses cluster, final ReplicatedClient client) {
        for (int group = 0; group < GROUPS; group++) {
            final long checksum = client.contentChecksum(group);
            cluster.awaitApplied(group, client.position());
            for (int member = 0; member < MEMBERS; member++) {
                try (MemberStatus status =
                        MemberStatus.attach(cluster.config().memberDir(group, member))) {
                    assertEquals(checksum, status.checksum());
                }
            }
        }
    }
}
