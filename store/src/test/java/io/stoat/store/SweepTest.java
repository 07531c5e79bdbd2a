package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
    private static final int KEYS = 2_000;
    private static final int MAX_LENGTH = 400;

    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);
    private long nowMs = 1_000;

    private Store open() {
        return Store.open(
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(2)
                        .segmentsPerShard(4)
                        .entries(KEYS)
                        .averageValueLength(60)
                        .maxValueLength(MAX_LENGTH)
                        .heartbeatThread(false)
                        .epochClock(() -> nowMs));
    }

    private int put(final Store store, final int id, final long expiresAtMs) {
        TestBytes.putKey(key, id);
        final int length = CheckedValue.write(value, id, id, MAX_LENGTH);
        return store.put(key, 0, 16, value, 0, length, expiresAtMs);
    }

    @Test
    void shouldRemoveWhatExpiredAndNothingElseInBoundedSlices() {
        final Random random = new Random(3);
        final long[] expiry = new long[KEYS];
        long expired = 0;
        try (Store store = open();
                StoreReader reader =
                        StoreReader.attach(
                                new ReaderContext().dataDir(dir).epochClock(() -> nowMs))) {
            for (int id = 0; id < KEYS; id++) {
                expiry[id] = random.nextInt(3) == 0 ? 0 : 2_000 + random.nextInt(2) * 2_000;
                expired += expiry[id] == 2_000 ? 1 : 0;
                assertEquals(Status.OK, put(store, id, expiry[id]));
            }
            assertEquals(0, sweepAll(store));
            nowMs = 3_000;
            final long versions = position(reader);
            assertTrue(store.sweep(10) <= 10);
            sweepAll(store);
            assertEquals(KEYS - expired, store.size());
            assertEquals(versions, position(reader), "a sweep is no command");
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                final int length = reader.get(key, 0, 16, value, 0, MAX_LENGTH);
                if (expiry[id] == 2_000) {
                    assertEquals(Status.NOT_FOUND, length);
                } else {
                    assertTrue(CheckedValue.isWhole(value, 0, length, id, MAX_LENGTH));
                }
            }
        }
        try (Store store = open()) {
            assertEquals(KEYS - expired, store.size());
            nowMs = 5_000;
            sweepAll(store);
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                assertEquals(
                        expiry[id] == 0,
                        store.get(key, 0, 16, value, 0, MAX_LENGTH) >= 0,
                        "id " + id);
            }
        }
    }

    @Test
    void shouldGiveRoomBack() {
        try (Store store = open()) {
            int id = 0;
            while (put(store, id, 2_000) == Status.OK) {
                id++;
            }
            assertEquals(Status.STORE_FULL, put(store, id, 0));
            nowMs = 3_000;
            sweepAll(store);
            assertEquals(0, store.size());
            assertEquals(Status.OK, put(store, id, 0));
        }
    }

    @Test
    void shouldSweepSegmentsByTurns() {
        try (Store store = open();
                StoreReader reader =
                        StoreReader.attach(
                                new ReaderContext().dataDir(dir).epochClock(() -> nowMs))) {
            for (int id = 0; id < KEYS; id++) {
                assertEquals(Status.OK, put(store, id, id % 2 == 0 ? 2_000 : 0));
            }
            nowMs = 3_000;
            final long[] visited = new long[2];
            final StoreScan scan = reader.newScan();
            assertEquals(Status.OK, scan.forEach(entry -> ++visited[0] > 0));
            assertEquals(Status.OK, scan.withExpired(true).forEach(entry -> ++visited[1] > 0));
            assertEquals(KEYS / 2, visited[0]);
            assertEquals(KEYS, visited[1]);
            final StoreWriter writer = store.writer();
            assertEquals(0, writer.sweepSegment(0, 1_999));
            int removed = 0;
            for (long turn = 100; turn < 108; turn++) {
                final int each = writer.sweepSegment(turn, 2_000);
                assertTrue(each > 0, "two shards of four segments: each turn is another one");
                assertEquals(0, writer.sweepSegment(turn, 2_000));
                removed += each;
            }
            assertEquals(KEYS / 2, removed);
            assertEquals(KEYS / 2, store.size());
            assertEquals(0, writer.sweepSegment(-1, 2_000));
        }
    }

    /** Rounds over all shards until one removes nothing; returns what was removed. */
    private static long sweepAll(final Store store) {
        long removed = 0;
        for (int idle = 0; idle < 2_000; ) {
            final int slice = store.sweep(50);
            removed += slice;
            idle = slice == 0 ? idle + 1 : 0;
        }
        return removed;
    }

    private static long position(final StoreReader reader) {
        return reader.stat().shards().stream().mapToLong(ShardStat::appliedPosition).sum();
    }
}
