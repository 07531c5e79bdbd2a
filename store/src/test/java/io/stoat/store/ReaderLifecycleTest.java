package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.StoreReader.OwnerState;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a reader sees while owners come, go and die. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReaderLifecycleTest {
    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(HammerWriter.MAX_LENGTH);
    private final UnsafeBuffer copy = TestBytes.heap(HammerWriter.MAX_LENGTH);

    private StoreReader attach() {
        return StoreReader.attach(
                new ReaderContext().dataDir(dir).staleAfterMs(1_000).stuckAfterMs(50));
    }

    private int get(final StoreReader reader) {
        return reader.get(key, 0, 16, copy, 0, copy.capacity());
    }

    private static void awaitState(final StoreReader reader, final OwnerState state) {
        while (reader.ownerState() != state) {
            assertTrue(!Thread.interrupted(), "owner stays " + reader.ownerState());
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldServeOnWhenTheOwnerClosesAndComesBack() {
        TestBytes.putKey(key, 1);
        try (Store store = Store.open(HammerWriter.context(dir))) {
            store.put(key, 0, 16, value, 0, 8, 0);
            try (StoreReader reader = attach()) {
                assertEquals(OwnerState.ALIVE, reader.ownerState());
                store.close();
                assertEquals(Status.CLOSED, store.put(key, 0, 16, value, 0, 8, 0));
                assertEquals(OwnerState.CLOSED, reader.ownerState());
                assertEquals(8, get(reader));
                try (Store next = Store.open(HammerWriter.context(dir))) {
                    assertEquals(OwnerState.ALIVE, reader.ownerState());
                    assertEquals(Status.OK, next.put(key, 0, 16, value, 0, 16, 0));
                    assertTrue(next.version() > store.version());
                    assertEquals(16, get(reader));
                }
            }
        }
    }

    @Test
    void shouldSayThatTheOwnerIsGoneAndRecoverWithTheNextOne() {
        try (ChildJvm owner = ChildJvm.quick(HammerWriter.class, dir, 1_000, 600)) {
            owner.await("writes");
            try (StoreReader reader = attach()) {
                owner.kill();
                awaitState(reader, OwnerState.STALE);
                TestBytes.putKey(key, 1);
                assertTrue(get(reader) > 0, "the data is as the owner left it");

                // as if the kill had fallen into a change of every segment
                holdAll(true);
                assertEquals(Status.OWNER_GONE, get(reader));
                assertEquals(Status.OWNER_GONE, reader.find(key, 0, 16, new EntryView()));
                final SnapshotRead snapshot = reader.newSnapshotRead(1, 1_000);
                snapshot.addKey(key, 0, 16);
                assertEquals(Status.OWNER_GONE, snapshot.read());

                try (Store next = Store.open(HammerWriter.context(dir))) {
                    assertEquals(HammerWriter.KEYS, next.size());
                    assertEquals(OwnerState.ALIVE, reader.ownerState());
                    for (int id = 0; id < HammerWriter.KEYS; id++) {
                        TestBytes.putKey(key, id);
                        final int length = get(reader);
                        assertTrue(
                                CheckedValue.isWhole(copy, 0, length, id, HammerWriter.MAX_LENGTH),
                                "id " + id + ": " + length);
                    }
                    assertEquals(Status.OK, next.put(key, 0, 16, value, 0, 16, 0));
                    assertTrue(next.version() > 1_000);
                }
            }
        }
    }

    /** One reader, three owners: one closes, one is killed, one finds what both left. */
    @Test
    void shouldSeeOwnersComeAndGo() {
        final StoreReader reader;
        try (ChildJvm first = ChildJvm.quick(HammerWriter.class, dir, 1_000, 600)) {
            first.await("writes");
            reader = StoreReader.attach(dir);
            assertEquals(OwnerState.ALIVE, reader.ownerState());
            assertEquals(first.pid(), reader.stat().ownerPid());
            first.send("close");
            assertEquals(0, first.exitCode());
        }
        try (reader) {
            assertEquals(OwnerState.CLOSED, reader.ownerState());
            final long closedAt = position(reader);
            assertAllWhole(reader);
            try (ChildJvm second = ChildJvm.quick(HammerWriter.class, dir, Long.MAX_VALUE, 600)) {
                second.await("ready");
                assertEquals(OwnerState.ALIVE, reader.ownerState());
                assertEquals(second.pid(), reader.stat().ownerPid());
                assertAllWhole(reader);
                second.kill();
            }
            assertTrue(position(reader) > closedAt);
            awaitState(reader, OwnerState.STALE);
            // the change that the kill fell into, if any, holds one segment back
            assertAllWholeBut(reader, Status.OWNER_GONE);
            try (Store third = Store.open(HammerWriter.context(dir))) {
                assertEquals(OwnerState.ALIVE, reader.ownerState());
                assertAllWholeBut(reader, Status.NOT_FOUND);
                assertTrue(third.size() >= HammerWriter.KEYS - 1, "size " + third.size());
            }
            assertEquals(OwnerState.CLOSED, reader.ownerState());
        }
        assertEquals(OwnerState.CLOSED, reader.ownerState());
        assertEquals(Status.CLOSED, get(reader));
    }

    private void assertAllWhole(final StoreReader reader) {
        for (int id = 0; id < HammerWriter.KEYS; id++) {
            TestBytes.putKey(key, id);
            int length = get(reader);
            while (length == Status.NOT_FOUND && !Thread.interrupted()) {
                // a live writer removes keys and puts them again at once
                Thread.yield();
                length = get(reader);
            }
            assertTrue(isWhole(length, id), "id " + id + ": " + length);
        }
    }

    /** The writer may have been killed between removing a key and putting it again. */
    private void assertAllWholeBut(final StoreReader reader, final int allowed) {
        int absent = 0;
        for (int id = 0; id < HammerWriter.KEYS; id++) {
            TestBytes.putKey(key, id);
            final int length = get(reader);
            absent += length == Status.NOT_FOUND ? 1 : 0;
            assertTrue(
                    isWhole(length, id) || length == Status.NOT_FOUND || length == allowed,
                    "id " + id + ": " + length);
        }
        assertTrue(absent <= 1, "absent: " + absent);
    }

    private boolean isWhole(final int length, final int id) {
        return CheckedValue.isWhole(copy, 0, length, id, HammerWriter.MAX_LENGTH);
    }

    private static long position(final StoreReader reader) {
        return reader.stat().shards().stream().mapToLong(ShardStat::appliedPosition).sum();
    }

    @Test
    void shouldNotWaitForEverForALiveOwnerThatIsStuckInAChange() {
        TestBytes.putKey(key, 1);
        try (Store store = Store.open(HammerWriter.context(dir));
                StoreReader reader = attach()) {
            store.put(key, 0, 16, value, 0, 8, 0);
            holdAll(true);
            assertEquals(Status.OWNER_GONE, get(reader));
            assertEquals(Status.OWNER_GONE, get(reader));
            holdAll(false);
            assertEquals(8, get(reader));
        }
    }

    private void holdAll(final boolean hold) {
        for (int shard = 0; shard < 2; shard++) {
            try (ControlFile control =
                    ControlFile.open(ShardFiles.control(dir, shard), shard, true)) {
                if (hold) {
                    control.holdReaders();
                } else {
                    control.releaseReaders();
                }
            }
        }
    }
}
