package io.stoat.replication;

import static io.stoat.replication.MemberRestartTest.snapshot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members' contents are a function of the log alone: every command, at random from a printed seed,
 * with expiry and eviction, on members that applied it, restored it from a snapshot, resumed it
 * from their files, or fetched it from others.
 */
class DeterminismTest {
    private static final int ENTRIES = 400;
    private static final int KEYS = 1_500;
    private static final int COMMANDS_PER_MESSAGE = 20;
    private static final int MESSAGES = 120;
    private static final int MESSAGES_AT_ONCE = 8;

    @TempDir Path dir;
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[32]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
    private final long[] versions = new long[KEYS];
    private final int[] keysOfMessage = new int[COMMANDS_PER_MESSAGE];
    private final long[] statuses = new long[256];
    private long unknown;

    @ParameterizedTest
    @ValueSource(strings = {"soonest-expiry", "oldest-write"})
    void shouldHaveTheSameContentOnAllMembersAtTheSamePosition(final String eviction) {
        System.out.println("seed " + seed);
        try (TestCluster cluster =
                        new TestCluster(
                                        dir,
                                        3,
                                        "entries=" + ENTRIES,
                                        "eviction=" + eviction,
                                        "high-water-percent=80",
                                        "tick-ms=20")
                                .startAll();
                ReplicatedClient client = client(cluster)) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            final int other = (leader + 2) % 3;
            write(client);
            assertSameContent(cluster, client);
            cluster.stop(other);
            snapshot(cluster, leader);
            write(client);
            cluster.stop(follower);
            IoUtil.delete(cluster.config().memberDir(0, follower).toFile(), false);
            IoUtil.delete(cluster.config().dataDir(follower).toFile(), false);
            cluster.start(other);
            cluster.start(follower);
            write(client);
            assertSameContent(cluster, client);
            assertEquals(0, unknown);
            assertEveryKindHappened();
            // full, and yet nothing refused: something was evicted
            assertEquals(0, statuses[-Status.STORE_FULL]);
            assertTrue(client.entries() > ENTRIES / 2, "entries: " + client.entries());
        }
    }

    private void assertEveryKindHappened() {
        for (final int status :
                new int[] {
                    Status.OK, Status.NOT_FOUND, Status.VERSION_MISMATCH, Status.ALREADY_EXISTS
                }) {
            assertTrue(statuses[-status] > 0, "no command had status " + Status.nameOf(status));
        }
    }

    private ReplicatedClient client(final TestCluster cluster) {
        return ReplicatedClient.connect(
                new ReplicatedClientContext()
                        .config(cluster.config())
                        .timeoutNs(TimeUnit.SECONDS.toNanos(60))
                        .resultListener(this::onResult));
    }

    private void onResult(
            final long message,
            final int index,
            final int status,
            final long version,
            final long counter,
            final long position) {
        if (status == ReplicationStatus.OUTCOME_UNKNOWN) {
            unknown++;
        } else {
            statuses[-status]++;
        }
        if (status == Status.OK && index < keysOfMessage.length) {
            versions[keysOfMessage[index]] = version;
        }
    }

    private void write(final ReplicatedClient client) {
        for (int message = 0; message < MESSAGES; message++) {
            final CommandEncoder commands = client.commands();
            for (int i = 0; i < COMMANDS_PER_MESSAGE; i++) {
                keysOfMessage[i] = random.nextInt(KEYS);
                encode(commands, keysOfMessage[i], random.nextInt(11));
            }
            assertTrue(client.send() > 0);
            if (message % MESSAGES_AT_ONCE == 0) {
                client.drain();
            }
        }
        client.drain();
    }

    private void encode(final CommandEncoder commands, final int k, final int kind) {
        final int keyLength = key.putStringWithoutLengthAscii(0, "key-" + k);
        final long version = versions[k];
        switch (kind) {
            case 0, 1, 2 -> put(commands, PutMode.ALWAYS, keyLength, 0);
            case 3 -> put(commands, PutMode.IF_ABSENT, keyLength, 0);
            case 4 -> put(commands, PutMode.IF_VERSION, keyLength, version);
            case 5 -> commands.remove(key, 0, keyLength);
            case 6 -> commands.removeIfVersion(key, 0, keyLength, version);
            case 7 -> commands.touch(key, 0, keyLength, 1 + random.nextInt(500), true);
            case 8 -> commands.add(key, 0, keyLength, random.nextInt(100));
            case 9 -> {
                final int length = key.putStringWithoutLengthAscii(0, "counter-" + k % 50);
                commands.add(key, 0, length, random.nextInt(100));
            }
            default -> {
                commands.beginBatch();
                put(commands, PutMode.ALWAYS, keyLength, 0);
                if (random.nextBoolean()) {
                    put(commands, PutMode.IF_VERSION, keyLength, version);
                }
                commands.touch(key, 0, keyLength, 1 + random.nextInt(5_000), true);
                commands.endBatch();
            }
        }
    }

    /** Lengths and times to live of all sorts; some that are over before the next sweep. */
    private void put(
            final CommandEncoder commands,
            final int mode,
            final int keyLength,
            final long expectedVersion) {
        final int length = random.nextInt(65);
        value.setMemory(0, 64, (byte) random.nextInt());
        final boolean isMortal = random.nextBoolean();
        final long ttlMs = isMortal ? 1 + random.nextInt(2_000) : 0;
        commands.put(mode, key, 0, keyLength, value, 0, length, ttlMs, isMortal, expectedVersion);
    }

    static void assertSameContent(final TestCluster cluster, final ReplicatedClient client) {
        final long checksum = client.contentChecksum();
        for (int i = 0; i < cluster.config().members(); i++) {
            final int member = i;
            cluster.await(
                    "checksum of member " + member,
                    () -> cluster.status(member).checksumPosition() == client.position());
            assertEquals(checksum, cluster.status(member).checksum(), "member " + member);
        }
    }

    @Test
    void shouldShowMembersThatAreSetToEvictDifferently() {
        final ClusterConfig one = TestCluster.config(dir, 1, "eviction=oldest-write");
        assertNotEquals(
                one.contentSettings(),
                TestCluster.config(dir, 1, "eviction=soonest-expiry").contentSettings());
        assertNotEquals(
                one.contentSettings(),
                TestCluster.config(dir, 1, "eviction=oldest-write", "high-water-percent=50")
                        .contentSettings());
        assertEquals(
                one.contentSettings(),
                TestCluster.config(dir, 1, "eviction=oldest-write").contentSettings());
    }
}
