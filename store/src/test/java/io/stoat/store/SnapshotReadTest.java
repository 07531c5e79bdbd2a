package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotReadTest {
    private static final int READS = 200_000;
    private static final int KEYS = 4;

    @TempDir Path dir;
    private final UnsafeBuffer[] keys = new UnsafeBuffer[KEYS];

    @BeforeEach
    void makeKeys() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = TestBytes.heap(16);
            TestBytes.putKey(keys[i], i);
        }
    }

    private Store open() {
        return Store.open(new StoreContext().dataDir(dir).shardCount(4).entries(100));
    }

    /** The writer counts up key by key: at any moment the counts fall by at most one, once. */
    @Test
    void shouldReadSeveralKeysAsOfOneMoment() throws InterruptedException {
        try (Store store = open()) {
            final AtomicBoolean running = new AtomicBoolean(true);
            final UnsafeBuffer value = TestBytes.heap(8);
            writeRound(store, value, 1);
            final Thread writer =
                    new Thread(
                            () -> {
                                for (long round = 2; running.get(); round++) {
                                    writeRound(store, value, round);
                                }
                            });
            writer.start();
            int between = 0;
            try (StoreReader reader = StoreReader.attach(dir)) {
                final SnapshotRead snapshot = reader.newSnapshotRead(KEYS, KEYS * 8);
                long last = 0;
                for (int i = 0; i < READS || between == 0; i++) {
                    snapshot.reset();
                    for (final UnsafeBuffer key : keys) {
                        snapshot.addKey(key, 0, 16);
                    }
                    assertEquals(Status.OK, snapshot.read());
                    final long first = value(snapshot, 0);
                    final long end = value(snapshot, KEYS - 1);
                    assertTrue(first == end || first == end + 1, first + " and " + end);
                    for (int key = 1; key < KEYS; key++) {
                        assertTrue(value(snapshot, key - 1) >= value(snapshot, key));
                    }
                    assertTrue(first >= last, first + " after " + last);
                    last = first;
                    between += first == end ? 0 : 1;
                    assertTrue(!Thread.interrupted(), "no read fell into a round");
                }
            } finally {
                running.set(false);
                writer.join();
            }
        }
    }

    private void writeRound(final Store store, final UnsafeBuffer value, final long round) {
        value.putLong(0, round);
        for (final UnsafeBuffer key : keys) {
            if (store.put(key, 0, 16, value, 0, 8, 0) != Status.OK) {
                throw new AssertionError("put");
            }
        }
    }

    private static long value(final SnapshotRead snapshot, final int index) {
        assertEquals(8, snapshot.valueLength(index));
        return snapshot.buffer().getLong(snapshot.valueOffset(index));
    }

    @Test
    void shouldReportAbsentKeysTooLittleRoomAndMisuse() {
        try (Store store = open();
                StoreReader reader = StoreReader.attach(dir)) {
            final UnsafeBuffer value = TestBytes.heap(8);
            assertEquals(Status.OK, store.put(keys[0], 0, 16, value, 0, 8, 0));
            final SnapshotRead snapshot = reader.newSnapshotRead(2, 8);
            assertEquals(Status.KEY_LENGTH_INVALID, snapshot.addKey(keys[0], 0, 0));
            snapshot.addKey(keys[0], 0, 16);
            snapshot.addKey(keys[1], 0, 16);
            assertThrows(IllegalStateException.class, () -> snapshot.addKey(keys[2], 0, 16));
            assertEquals(Status.OK, snapshot.read());
            assertEquals(8, snapshot.valueLength(0));
            assertEquals(store.version(), snapshot.version(0));
            assertEquals(Status.NOT_FOUND, snapshot.valueLength(1));
            store.put(keys[1], 0, 16, value, 0, 8, 0);
            assertEquals(Status.BUFFER_TOO_SMALL, snapshot.read());
            reader.close();
            assertEquals(Status.CLOSED, snapshot.read());
        }
    }
}
