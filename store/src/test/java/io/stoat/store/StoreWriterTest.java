package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoded commands, positions and writers over parts of a store. */
class StoreWriterTest {
    private static final int SHARDS = 3;

    @TempDir Path temp;

    private final CommandEncoder encoder = new CommandEncoder();
    private final UnsafeBuffer command = TestBytes.direct(4_096);
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(256);

    private Store open(final String name) {
        return Store.open(
                new StoreContext()
                        .dataDir(temp.resolve(name))
                        .shardCount(SHARDS)
                        .entries(3_000)
                        .maxValueLength(256));
    }

    private int encodePut(final long id, final int length, final long ttlMs) {
        TestBytes.putKey(key, id);
        return encoder.wrap(command, 0, command.capacity())
                .put(PutMode.ALWAYS, key, 0, 16, value, 0, length, ttlMs, true, 0);
    }

    @Test
    void shouldApplyAPositionOnce() {
        try (Store store = open("once")) {
            final int length = encodePut(1, 8, 0);
            final int shard = store.shardMap().shardOf(key, 0, 16);
            assertEquals(Status.OK, store.apply(command, 0, length, 40, 1_000));
            assertEquals(40, store.version());
            assertEquals(40, store.writer().appliedPosition(shard));
            final long before = store.writer().contentChecksum(1_000);
            value.putLong(0, 9);
            encodePut(1, 8, 0);
            assertEquals(Status.ALREADY_APPLIED, store.apply(command, 0, length, 40, 2_000));
            assertEquals(Status.ALREADY_APPLIED, store.apply(command, 0, length, 39, 2_000));
            assertEquals(Status.ALREADY_APPLIED, store.apply(command, 0, length, -1, 2_000));
            assertEquals(before, store.writer().contentChecksum(1_000));
            assertEquals(
                    Status.OK, store.apply(command, 0, length, StoreWriter.NEXT_POSITION, 2_000));
            assertEquals(41, store.version());
            assertNotEquals(before, store.writer().contentChecksum(1_000));
        }
    }

    @Test
    void shouldCountARefusedCommandOfALogAsApplied() {
        try (Store store = open("refused")) {
            TestBytes.putKey(key, 1);
            final int shard = store.shardMap().shardOf(key, 0, 16);
            final int length = encoder.wrap(command, 0, 100).remove(key, 0, 16);
            assertEquals(Status.NOT_FOUND, store.apply(command, 0, length, 7, 0));
            assertEquals(7, store.writer().appliedPosition(shard));
            assertEquals(Status.ALREADY_APPLIED, store.apply(command, 0, length, 7, 0));
            assertEquals(Status.NOT_FOUND, store.apply(command, 0, length, 0, 0));
            assertEquals(7, store.writer().appliedPosition(shard), "no log, no position");
        }
    }

    @Test
    void shouldGoByTheCommandsTimeAlone() {
        try (Store store = open("time")) {
            int length = encodePut(1, 8, 500);
            assertEquals(Status.OK, store.apply(command, 0, length, 1, 1_000));
            length = encoder.wrap(command, 0, 100).touch(key, 0, 16, 300, true);
            assertEquals(Status.OK, store.apply(command, 0, length, 2, 1_499));
            assertEquals(Status.OK, store.apply(command, 0, length, 3, 1_798));
            assertEquals(0, store.writer().sweep(2_097, 1_000_000));
            assertEquals(Status.NOT_FOUND, store.apply(command, 0, length, 4, 2_098));
            final long nothing = 0;
            assertNotEquals(nothing, store.writer().contentChecksum(2_097));
            assertEquals(nothing, store.writer().contentChecksum(2_098));
        }
    }

    @Test
    void shouldKeepPositionAndTermOfALogAcrossReopening() {
        try (Store store = open("log")) {
            store.writer().appliedTo(1_000, 3);
            final int length = encodePut(1, 8, 0);
            assertEquals(Status.ALREADY_APPLIED, store.apply(command, 0, length, 1_000, 0));
            store.writer().appliedTo(900, 4);
        }
        try (Store store = open("log");
                StoreReader reader = StoreReader.attach(temp.resolve("log"))) {
            for (int shard = 0; shard < SHARDS; shard++) {
                assertEquals(1_000, store.writer().appliedPosition(shard));
                assertEquals(4, store.writer().leadershipTerm(shard));
                assertEquals(1_000, reader.appliedPosition(shard));
                assertEquals(4, reader.stat().shards().get(shard).leadershipTerm());
            }
        }
    }

    @Test
    void shouldDivideShardsAmongWriters() {
        try (Store store = open("divided")) {
            final StoreWriter even = store.newWriter(0, 2);
            final StoreWriter odd = store.newWriter(1, 2);
            assertThrows(IllegalStateException.class, () -> store.newWriter(0, 3));
            assertThrows(IllegalArgumentException.class, () -> store.newWriter(2, 2));
            assertTrue(even.owns(0) && !even.owns(1) && even.owns(2) && odd.owns(1));
            assertFalse(even.owns(-1) || even.owns(SHARDS));
            assertThrows(IllegalArgumentException.class, () -> even.appliedPosition(1));
            for (int id = 0; id < 100; id++) {
                final int length = encodePut(id, 8, 0);
                final StoreWriter owner = store.shardMap().shardOf(key, 0, 16) == 1 ? odd : even;
                final StoreWriter other = owner == odd ? even : odd;
                assertEquals(Status.WRONG_SHARD, store.apply(command, 0, length, 0, 0));
                assertEquals(Status.WRONG_SHARD, other.apply(command, 0, length, 0, 0));
                assertEquals(Status.OK, owner.apply(command, 0, length, 0, 0));
                assertEquals(Status.WRONG_SHARD, other.get(key, 0, 16, value, 0, 8));
                assertEquals(8, owner.get(key, 0, 16, value, 0, 8));
            }
            assertEquals(100, store.size());
        }
    }

    @Test
    void shouldWriteFromSeveralThreadsAtOnce() throws Exception {
        final int each = 20_000;
        try (Store store = open("threads")) {
            final Thread[] threads = new Thread[SHARDS];
            final StoreWriter[] writers = new StoreWriter[SHARDS];
            final ShardMap map = store.shardMap();
            for (int i = 0; i < SHARDS; i++) {
                writers[i] = store.newWriter(i, SHARDS);
                final StoreWriter writer = writers[i];
                threads[i] = new Thread(() -> count(writer, map, each));
                threads[i].start();
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            long sum = 0;
            try (StoreReader reader = StoreReader.attach(temp.resolve("threads"))) {
                for (int id = 0; id < 300; id++) {
                    TestBytes.putKey(key, id);
                    assertEquals(8, reader.get(key, 0, 16, value, 0, 8));
                    sum += value.getLong(0);
                }
            }
            assertEquals(SHARDS * each, sum);
        }
    }

    private static void count(final StoreWriter writer, final ShardMap map, final int commands) {
        final UnsafeBuffer key = TestBytes.heap(16);
        for (int done = 0, id = 0; done < commands; id = (id + 1) % 300) {
            TestBytes.putKey(key, id);
            if (writer.owns(map.shardOf(key, 0, 16))) {
                assertEquals(Status.OK, writer.add(key, 0, 16, 1));
                done++;
            }
        }
    }

    @Test
    void shouldRefuseArbitraryBytes() {
        final Random random = new Random(5);
        try (Store store = open("bytes")) {
            final byte[] bytes = new byte[64];
            for (int i = 0; i < 20_000; i++) {
                random.nextBytes(bytes);
                command.putBytes(0, bytes);
                command.putInt(0, 64);
                assertTrue(store.apply(command, 0, random.nextInt(65), 0, 0) < 0);
            }
            assertEquals(0, store.size());
            assertEquals(Status.MALFORMED, store.apply(command, -1, 64, 0, 0));
            assertEquals(Status.MALFORMED, store.apply(command, 4_090, 64, 0, 0));
        }
    }

    @Test
    void shouldRestoreEntriesInAnyOrderWithTheirVersions() {
        try (Store store = open("source");
                Store copy = open("copy")) {
            for (int id = 0; id < 500; id++) {
                final int length = encodePut(id, id % 256, id % 7 == 0 ? 5_000 : 0);
                assertEquals(Status.OK, store.apply(command, 0, length, 10 + id, 1_000));
            }
            try (StoreReader reader = StoreReader.attach(temp.resolve("source"))) {
                assertEquals(
                        Status.OK,
                        reader.newScan()
                                .forEach(
                                        entry -> {
                                            restore(copy, entry);
                                            return true;
                                        }));
            }
            // entries of this test expired long ago by the wall clock, so the scan left them out
            assertEquals(
                    store.writer().contentChecksum(6_000), copy.writer().contentChecksum(6_000));
            assertNotEquals(0, copy.writer().contentChecksum(6_000));
            final int length = encodePut(1, 8, 0);
            final int shard = store.shardMap().shardOf(key, 0, 16);
            final long position = copy.writer().appliedPosition(shard);
            assertTrue(position > 10);
            assertEquals(Status.ALREADY_APPLIED, copy.apply(command, 0, length, position, 0));
        }
    }

    @Test
    void shouldClearShardsAndFillThemAgain() {
        final StoreContext context =
                new StoreContext()
                        .dataDir(temp.resolve("clear"))
                        .shardCount(1)
                        .segmentsPerShard(2)
                        .entries(2_000)
                        .averageValueLength(40)
                        .maxValueLength(256);
        try (Store store = Store.open(context);
                StoreReader reader = StoreReader.attach(temp.resolve("clear"))) {
            // values far longer than expected, so that extra tiers come
            final int most = fill(store);
            for (int round = 0; round < 3; round++) {
                store.writer().clear();
                assertEquals(0, store.size());
                assertEquals(0, store.writer().appliedPosition(0));
                assertEquals(0, store.writer().contentChecksum(0));
                TestBytes.putKey(key, 1);
                assertEquals(Status.NOT_FOUND, reader.get(key, 0, 16, value, 0, 256));
                assertEquals(most, fill(store), "all the room is back");
                assertEquals(most, store.size());
                for (int id = 0; id < most; id++) {
                    TestBytes.putKey(key, id);
                    assertEquals(256, reader.get(key, 0, 16, value, 0, 256));
                }
            }
        }
        try (Store store = Store.open(new StoreContext().dataDir(temp.resolve("clear")))) {
            assertTrue(store.size() > 0);
            store.writer().clear();
        }
        try (Store store = Store.open(new StoreContext().dataDir(temp.resolve("clear")))) {
            assertEquals(0, store.size());
        }
    }

    private int fill(final Store store) {
        for (int id = 0; ; id++) {
            TestBytes.putKey(key, id);
            final int status = store.put(key, 0, 16, value, 0, 256, 0);
            if (status != Status.OK) {
                assertEquals(Status.STORE_FULL, status);
                assertTrue(store.writer().outOfSpace());
                return id;
            }
        }
    }

    private static void restore(final Store to, final ScanEntry entry) {
        assertEquals(
                Status.OK,
                to.writer()
                        .restore(
                                entry.buffer(),
                                entry.keyOffset(),
                                entry.keyLength(),
                                entry.buffer(),
                                entry.valueOffset(),
                                entry.valueLength(),
                                entry.expiresAtMs(),
                                entry.version()));
        assertEquals(entry.version(), to.writer().version());
    }
}
