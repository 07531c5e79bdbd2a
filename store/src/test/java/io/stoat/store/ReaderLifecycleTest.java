package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.StoreReader.OwnerState;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reader sees while owners come, go and die. */
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
