package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Past the high-water mark: who goes, and that replicas agree about it. */
class EvictionTest {
    private static final int ENTRIES = 400;

    @TempDir Path temp;

    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(1_024);
    private final UnsafeBuffer command = TestBytes.direct(32 * 1024);
    private final CommandEncoder encoder = new CommandEncoder();

    private StoreContext context(final String name, final Eviction eviction) {
        return new StoreContext()
                .dataDir(temp.resolve(name))
                .shardCount(1)
                .segmentsPerShard(4)
                .entries(ENTRIES)
                .averageKeyLength(16)
                .averageValueLength(64)
                .maxValueLength(1_024)
                .heartbeatThread(false)
                .epochClock(() -> 1_000)
                .highWaterPercent(50)
                .eviction(eviction);
    }

    private int put(final Store store, final long id, final int length, final long expiresAtMs) {
        TestBytes.putKey(key, id);
        return store.put(key, 0, 16, value, 0, length, expiresAtMs);
    }

    private boolean has(final Store store, final long id) {
        TestBytes.putKey(key, id);
        return store.get(key, 0, 16, value, 0, 1_024) >= 0;
    }

    @Test
    void shouldEvictTheOldestWrite() {
        try (Store store = Store.open(context("oldest", Eviction.OLDEST_WRITE))) {
            for (int id = 0; id < 200; id++) {
                assertEquals(Status.OK, put(store, id, 64, 0));
            }
            assertEquals(200, store.size());
            put(store, 0, 64, 0);
            TestBytes.putKey(key, 1);
            assertEquals(Status.OK, store.touch(key, 0, 16, 0));
            put(store, 1_000, 64, 0);
            assertEquals(200, store.size());
            assertTrue(has(store, 0) && has(store, 1) && !has(store, 2) && has(store, 3));
            // one that is to become longer does not make room by going itself
            TestBytes.putKey(key, 3);
            assertEquals(Status.OK, put(store, 3, 200, 0));
            assertTrue(has(store, 3) && !has(store, 4));
        }
        try (Store store = Store.open(context("oldest", Eviction.OLDEST_WRITE));
                StoreReader reader = StoreReader.attach(temp.resolve("oldest"))) {
            final long size = store.size();
            assertTrue(has(store, 6), "before");
            put(store, 1_001, 64, 0);
            put(store, 1_002, 64, 0);
            put(store, 1_003, 64, 0);
            assertTrue(!has(store, 6) && has(store, 100), "the order outlives the owner");
            assertTrue(store.size() <= size);
            final ShardStat stat = reader.stat().shards().get(0);
            assertEquals(Eviction.OLDEST_WRITE, stat.eviction());
            assertEquals(50, stat.highWaterPercent());
            assertTrue(stat.evictions() >= 3);
            assertEquals(Math.round(store.size() / 4.0), stat.fillPercent());
            assertEquals(
                    store.size(),
                    reader.segments(0).stream().mapToLong(SegmentStat::entries).sum());
            assertEquals(
                    stat.entryBytes(),
                    reader.segments(0).stream().mapToLong(SegmentStat::entryBytes).sum());
            final long fullest =
                    reader.segments(0).stream().mapToLong(SegmentStat::entryBytes).max().orElse(0);
            assertEquals(
                    Math.round(100.0 * fullest / reader.segments(0).get(0).capacityBytes()),
                    stat.fullestSegmentPercent());
        }
    }

    @Test
    void shouldEvictWhatWouldExpireFirst() {
        try (Store store = Store.open(context("expiry", Eviction.SOONEST_EXPIRY))) {
            for (int id = 0; id < 200; id++) {
                assertEquals(Status.OK, put(store, id, 64, id < 100 ? 0 : 10_000 - id));
            }
            put(store, 1_000, 64, 0);
            assertTrue(!has(store, 199) && has(store, 198) && has(store, 0));
            TestBytes.putKey(key, 198);
            assertEquals(Status.OK, store.touch(key, 0, 16, 0));
            put(store, 1_001, 64, 5_000);
            put(store, 1_002, 64, 0);
            assertTrue(has(store, 198) && !has(store, 197) && !has(store, 1_001));
            for (int id = 2_000; id < 2_097; id++) {
                put(store, id, 64, 0);
            }
            assertTrue(has(store, 0), "entries that expire went first");
            put(store, 3_000, 64, 0);
            assertTrue(!has(store, 0) && has(store, 1));
            assertEquals(200, store.size());
        }
    }

    @Test
    void shouldEvictByBytesToo() {
        try (Store store = Store.open(context("bytes", Eviction.OLDEST_WRITE))) {
            for (int id = 0; id < 1_000; id++) {
                assertEquals(Status.OK, put(store, id, 1_000, 0));
            }
            // 200 entries of 64 bytes are about 20 of 1,000
            assertTrue(store.size() > 10 && store.size() < 40, "size " + store.size());
            assertTrue(has(store, 999) && !has(store, 900));
        }
    }

    @Test
    void shouldRefuseWhenNothingMayBeEvicted() {
        try (Store store = Store.open(context("reject", Eviction.REJECT))) {
            for (int id = 0; id < ENTRIES; id++) {
                assertEquals(Status.OK, put(store, id, 8, 0));
            }
            assertEquals(Status.STORE_FULL, put(store, ENTRIES, 8, 0));
            assertTrue(has(store, 0));
        }
    }

    @Test
    void shouldMakeRoomForBatches() {
        try (Store store = Store.open(context("batch", Eviction.OLDEST_WRITE))) {
            for (int id = 0; id < 200; id++) {
                put(store, id, 64, 0);
            }
            encoder.wrap(command, 0, command.capacity()).beginBatch();
            for (int id = 190; id < 210; id++) {
                TestBytes.putKey(key, id);
                encoder.put(PutMode.ALWAYS, key, 0, 16, value, 0, 64, 0, false, 0);
            }
            assertEquals(Status.OK, store.apply(command, 0, encoder.endBatch(), 500, 1_000));
            assertEquals(200, store.size());
            assertTrue(!has(store, 9) && has(store, 10) && has(store, 209));
        }
    }

    /** A store laid out otherwise and reopened now and then, and one restored from entries. */
    @ParameterizedTest
    @EnumSource(
            value = Eviction.class,
            names = {"SOONEST_EXPIRY", "OLDEST_WRITE"})
    void shouldEvictAlikeOnReplicas(final Eviction eviction) {
        final long seed = Long.getLong("stoat.seed", System.nanoTime());
        final Random random = new Random(seed);
        Store one = Store.open(context("one", eviction));
        Store two = Store.open(context("two", eviction).segmentsPerShard(1));
        Store three = Store.open(context("three", eviction).segmentsPerShard(2));
        long evictions = 0;
        try {
            for (int position = 1; position <= 12_000; position++) {
                final int length = encode(random);
                final long timeMs = 1_000 + position;
                final int status = one.apply(command, 0, length, position, timeMs);
                final String message = "seed " + seed + " position " + position;
                assertTrue(!one.writer().outOfSpace(), message);
                assertEquals(status, two.apply(command, 0, length, position, timeMs), message);
                if (position > 6_000) {
                    assertEquals(
                            status, three.apply(command, 0, length, position, timeMs), message);
                }
                if (random.nextInt(400) == 0) {
                    two.close();
                    two = Store.open(context("two", eviction).segmentsPerShard(1));
                }
                if (position == 6_000) {
                    restore(three, temp.resolve("one"));
                }
                if (position % 500 == 0) {
                    final long content = one.writer().contentChecksum(0);
                    assertEquals(content, two.writer().contentChecksum(0), message);
                    if (position >= 6_000) {
                        assertEquals(content, three.writer().contentChecksum(0), message);
                    }
                }
            }
            try (StoreReader reader = StoreReader.attach(temp.resolve("one"))) {
                evictions = reader.stat().shards().get(0).evictions();
            }
        } finally {
            one.close();
            two.close();
            three.close();
        }
        assertTrue(evictions > 1_000, "evictions " + evictions);
        assertNotEquals(0, evictions);
    }

    private static void restore(final Store to, final Path from) {
        try (StoreReader reader = StoreReader.attach(from)) {
            assertEquals(
                    Status.OK,
                    reader.newScan()
                            .withExpired(true)
                            .forEach(
                                    entry ->
                                            to.writer()
                                                            .restore(
                                                                    entry.buffer(),
                                                                    entry.keyOffset(),
                                                                    entry.keyLength(),
                                                                    entry.buffer(),
                                                                    entry.valueOffset(),
                                                                    entry.valueLength(),
                                                                    entry.expiresAtMs(),
                                                                    entry.version())
                                                    == Status.OK));
        }
    }

    private int encode(final Random random) {
        encoder.wrap(command, 0, command.capacity());
        if (random.nextInt(10) > 0) {
            return encodeOne(random);
        }
        encoder.beginBatch();
        for (int n = 1 + random.nextInt(20); n > 0; n--) {
            encodeOne(random);
        }
        return encoder.endBatch();
    }

    private int encodeOne(final Random random) {
        TestBytes.putKey(key, random.nextInt(600));
        final long ttlMs = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(2_000);
        return switch (random.nextInt(12)) {
            case 0 -> encoder.remove(key, 0, 16);
            case 1 -> encoder.touch(key, 0, 16, ttlMs, true);
            case 2 -> {
                TestBytes.putKey(key, 10_000 + random.nextInt(20));
                yield encoder.add(key, 0, 16, 1);
            }
            case 3 -> encoder.put(PutMode.IF_ABSENT, key, 0, 16, value, 0, 64, ttlMs, ttlMs > 0, 0);
            default ->
                    encoder.put(
                            PutMode.ALWAYS,
                            key,
                            0,
                            16,
                            value,
                            0,
                            random.nextInt(random.nextInt(10) == 0 ? 600 : 100),
                            ttlMs,
                            ttlMs > 0,
                            0);
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = Eviction.class,
            names = {"SOONEST_EXPIRY", "OLDEST_WRITE"})
    void shouldNotAllocateWhenItEvicts(final Eviction eviction) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Store store = Store.open(context("allocation", eviction))) {
            long id = 0;
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 8; round++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                int refused = 0;
                for (int i = 0; i < 20_000; i++) {
                    id++;
                    refused += put(store, id, 64, 5_000 + id % 700) == Status.OK ? 0 : 1;
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                assertEquals(0, refused);
            }
            assertTrue(least < 512, least + " bytes in 20,000 puts");
            assertEquals(200, store.size());
        }
    }
}
