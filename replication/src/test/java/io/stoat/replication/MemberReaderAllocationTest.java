package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No kind of read of a member allocates, answered or refused; the test is the member. */
@Timeout(120)
class MemberReaderAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int CALLS = 20_000;
    private static final int ROUNDS = 5;
    private static final long POSITION = 100;
    private static final long BOUND_MS = 3_600_000;

    /** What the measuring itself may cost; one byte a call would be 20,000. */
    private static final long SLACK_BYTES = 512;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path dir;
    private final UnsafeBuffer key = bytes("key");
    private final UnsafeBuffer value = bytes("value");
    private final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
    private MemberStore store;
    private OwnMemberStatus status;
    private MemberReader reader;

    private interface Read {
        int read();
    }

    @BeforeEach
    void begin() {
        final ClusterConfig config = TestCluster.config(dir, 1);
        store = MemberStore.open(config, 0);
        assertTrue(config.memberDir(0, 0).toFile().mkdirs());
        status = OwnMemberStatus.own(config.memberDir(0, 0), 0);
        assertEquals(Status.OK, store.writer(0).put(PutMode.ALWAYS, key, 0, 3, value, 0, 5, 0, 0));
        final long nowMs = System.currentTimeMillis();
        status.state(MemberStatus.State.LIVE);
        status.heartbeat(nowMs);
        status.applied(POSITION, nowMs);
        status.appliedAt(System.nanoTime());
        status.store(store.id());
        // the member's last sign of life stays a recent one
        reader = MemberReader.attach(config, 0, () -> nowMs);
    }

    @AfterEach
    void end() {
        CloseHelper.quietCloseAll(reader, status, store);
    }

    private static void assertNoAllocation(final int expected, final Read read) {
        for (int i = 0; i < WARM_UP; i++) {
            assertEquals(expected, read.read());
        }
        // the JVM itself may allocate for the thread once in a while
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > SLACK_BYTES; round++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            int wrong = 0;
            for (int i = 0; i < CALLS; i++) {
                wrong += read.read() == expected ? 0 : 1;
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            assertEquals(0, wrong);
        }
        assertTrue(least <= SLACK_BYTES, least + " bytes for " + CALLS + " reads");
    }

    @Test
    void shouldAllocateNothingForAReadOfAnyAge() {
        assertNoAllocation(5, () -> reader.get(key, 0, 3, dst, 0, 64));
        assertNoAllocation(Status.NOT_FOUND, () -> reader.get(key, 0, 2, dst, 0, 64));
    }

    @Test
    void shouldAllocateNothingForABoundedRead() {
        assertNoAllocation(5, () -> reader.getWithin(BOUND_MS, key, 0, 3, dst, 0, 64));
        assertNoAllocation(
                ReplicationStatus.TOO_OLD, () -> reader.getWithin(-1, key, 0, 3, dst, 0, 64));
    }

    @Test
    void shouldAllocateNothingForAReadAfterAPosition() {
        assertNoAllocation(5, () -> reader.getAfter(POSITION, 0, key, 0, 3, dst, 0, 64));
    }
}
