package io.stoat.replication;

import static io.stoat.replication.TestCluster.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.StoreWriter;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a reader that outlives a member's files tells, without a cluster: the test is the member.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MemberReaderFollowingTest {
    private static final long BOUND_MS = 3_000;
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final long HOUR_NS = TimeUnit.HOURS.toNanos(1);

    @TempDir Path dir;
    private final CachedEpochClock clock = new CachedEpochClock();
    private final UnsafeBuffer key = bytes("key");
    private final UnsafeBuffer dst = new UnsafeBuffer(new byte[64]);
    private ClusterConfig config;
    private MemberStore store;
    private OwnMemberStatus status;
    private MemberReader reader;

    @BeforeEach
    void begin() {
        config = TestCluster.config(dir, 1);
        clock.update(System.currentTimeMillis());
        start();
        load("old", 100);
        reader = MemberReader.attach(config, 0, clock);
        assertEquals("old", get());
    }

    @AfterEach
    void end() {
        CloseHelper.quietCloseAll(reader, status, store);
    }

    private void start() {
        store = MemberStore.open(config, 0);
        config.memberDir(0, 0).toFile().mkdirs();
        status = OwnMemberStatus.own(config.memberDir(0, 0), 0);
        status.heartbeat(clock.time());
    }

    private void load(final String value, final long position) {
        final StoreWriter writer = store.writer(0);
        final UnsafeBuffer bytes = bytes(value);
        assertEquals(
                Status.OK, writer.put(PutMode.ALWAYS, key, 0, 3, bytes, 0, bytes.capacity(), 0, 0));
        status.state(MemberStatus.State.LIVE);
        status.applied(position, clock.time());
        status.appliedAt(System.nanoTime());
        status.store(store.id());
    }

    private void stop() {
        status.close();
        store.close();
    }

    private String get() {
        return TestCluster.get(reader, "key");
    }

    private String within() {
        return TestCluster.text(reader.getWithin(BOUND_MS, key, 0, 3, dst, 0, 64), dst);
    }

    private String after(final long position) {
        return TestCluster.text(
                reader.getAfter(position, TimeUnit.SECONDS.toNanos(30), key, 0, 3, dst, 0, 64),
                dst);
    }

    private void awaitNew() {
        while (get().equals("NOT_LOADED")) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals("new", get());
        assertEquals("new", within());
        assertEquals("new", after(200));
        assertEquals(200, reader.appliedPosition(0));
    }

    @Test
    void shouldFollowTheMemberWhoseDataDirectoryWasReplaced() {
        stop();
        IoUtil.delete(config.dataDir(0).toFile(), false);
        start();
        assertEquals("NOT_LOADED", get());
        assertEquals("NOT_LOADED", within());
        assertEquals(ReplicationStatus.NOT_LOADED, reader.getAfter(100, 0, key, 0, 3, dst, 0, 64));
        load("new", 200);
        assertEquals("new", after(200));
        awaitNew();
    }

    @Test
    void shouldFollowTheMemberWhoseDirectoriesWereAllReplaced() {
        stop();
        IoUtil.delete(config.dataDir(0).toFile(), false);
        IoUtil.delete(config.memberDir(0, 0).toFile(), false);
        clock.advance(SilenceWatch.SILENT_AFTER_MS + 1);
        awaitNotLoaded();
        start();
        assertEquals("NOT_LOADED", get());
        load("new", 200);
        awaitNew();
    }

    @Test
    void shouldFollowTheMemberWhoseLogAloneWasWiped() {
        stop();
        IoUtil.delete(config.memberDir(0, 0).toFile(), false);
        start();
        clock.advance(SilenceWatch.SILENT_AFTER_MS + 1);
        awaitNotLoaded();
        load("new", 200);
        awaitNew();
    }

    private void awaitNotLoaded() {
        while (!get().equals("NOT_LOADED")) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals(Long.MAX_VALUE, reader.ageMs());
        assertEquals(0, reader.appliedPosition(0));
    }

    @Test
    void shouldReadOnWhenTheMemberIsSilentButItsFilesAreTheSame() {
        clock.advance(HOUR_MS);
        for (int i = 0; i < 100; i++) {
            assertEquals("old", get());
        }
        status.state(MemberStatus.State.CLOSED);
        assertEquals("old", get());
        assertEquals("TOO_OLD", within());
    }

    @Test
    void shouldRefuseWhileTheStateIsNotLoaded() {
        status.store(0);
        assertEquals("NOT_LOADED", get());
        status.store(store.id());
        assertEquals("old", get());
    }

    @Test
    void shouldNotTakeATimeInTheFutureForFresh() {
        assertEquals("old", within());
        // the leader's clock was an hour ahead, and then nothing came for a while
        status.applied(100, clock.time() + HOUR_MS);
        assertEquals("old", within());
        status.appliedAt(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(2 * BOUND_MS));
        assertEquals("TOO_OLD", within());
        // of before a boot
        status.appliedAt(System.nanoTime() + HOUR_NS);
        assertEquals("TOO_OLD", within());
        // the other way round
        status.appliedAt(System.nanoTime());
        status.applied(100, clock.time() - HOUR_MS);
        assertEquals("TOO_OLD", within());
        assertNotEquals(0, reader.ageMs());
    }
}
