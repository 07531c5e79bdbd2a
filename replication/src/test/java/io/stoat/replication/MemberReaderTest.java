package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kinds of reads promise, on a member that is connected and on one that is cut off. */
class MemberReaderTest {
    private static final long BOUND_MS = 3_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir Path dir;
    private final UnsafeBuffer key = bytes("key");
    private final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);

    private int within(final MemberReader reader) {
        return reader.getWithin(BOUND_MS, key, 0, key.capacity(), dst, 0, 64);
    }

    private int after(final MemberReader reader, final long position, final long timeoutNs) {
        return reader.getAfter(position, timeoutNs, key, 0, key.capacity(), dst, 0, 64);
    }

    @Test
    void shouldRefuseBoundedAndLinearizableReadsOnceCutOff() {
        try (TestCluster cluster = new TestCluster(dir, 3).startAll();
                ReplicatedClient client = cluster.client()) {
            final int leader = cluster.awaitLeader();
            final int follower = (leader + 1) % 3;
            put(client, "key", "value");
            try (MemberReader reader = MemberReader.attach(cluster.config(), follower)) {
                assertEquals(5, after(reader, client.position(), PATIENCE_NS));
                assertEquals("value", get(client, "key"));
                // the replicated clock ticks, so the bound holds again and again without a write
                for (int i = 0; i < 3; i++) {
                    cluster.await("a bounded read", () -> within(reader) == 5);
                    final long before = cluster.status(follower).appliedTimeMs();
                    cluster.await(
                            "a tick", () -> cluster.status(follower).appliedTimeMs() > before);
                }
                assertEquals(
                        ReplicationStatus.NOT_CAUGHT_UP,
                        after(reader, Long.MAX_VALUE, TimeUnit.MILLISECONDS.toNanos(1)));

                cluster.stop(leader);
                cluster.stop((leader + 2) % 3);
                cluster.await(
                        "refusal of a bounded read",
                        () -> within(reader) == ReplicationStatus.TOO_OLD);
                assertEquals("value", get(reader, "key"));
                try (ReplicatedClient impatient = impatient(cluster)) {
                    assertEquals(
                            ReplicationStatus.OUTCOME_UNKNOWN,
                            impatient.get(key, 0, key.capacity(), dst, 0, 64));
                }
            }
        }
    }

    private static ReplicatedClient impatient(final TestCluster cluster) {
        return ReplicatedClient.connect(
                new ReplicatedClientContext()
                        .config(cluster.config())
                        .timeoutNs(TimeUnit.SECONDS.toNanos(2)));
    }
}
