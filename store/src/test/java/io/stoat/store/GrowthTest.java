package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that becomes larger while it is used. */
@Timeout(120)
class GrowthTest {
    private static final int MAX_LENGTH = 520;

    @TempDir Path temp;

    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);

    private StoreContext context(final String name, final int shards, final int entries) {
        return new StoreContext()
                .dataDir(temp.resolve(name))
                .shardCount(shards)
                .entries(entries)
                .averageKeyLength(16)
                .averageValueLength(200)
                .maxValueLength(MAX_LENGTH);
    }

    private int put(final Store store, final int id, final int tick) {
        TestBytes.putKey(key, id);
        final int length = CheckedValue.write(value, id, tick, MAX_LENGTH);
        return store.put(key, 0, 16, value, 0, length, 0);
    }

    /** The tick of the value that a reader sees, 0 when there is none. */
    private long read(final StoreReader reader, final int id) {
        TestBytes.putKey(key, id);
        final int length = reader.get(key, 0, 16, value, 0, MAX_LENGTH);
        if (length == Status.NOT_FOUND) {
            return 0;
        }
        assertTrue(CheckedValue.isWhole(value, 0, length, id, MAX_LENGTH), "id " + id);
        return value.getLong(8);
    }

    private long files(final String name) throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve(name))) {
            return files.filter(file -> file.getFileName().toString().startsWith("shard-")).count();
        }
    }

    @Test
    void shouldTakeMoreEntriesThanItWasMadeFor() throws Exception {
        final long before;
        final long files;
        try (Store store = Store.open(context("more", 3, 300));
                StoreReader reader = StoreReader.attach(temp.resolve("more"))) {
            files = files("more");
            for (int id = 0; id < 300; id++) {
                assertEquals(Status.OK, put(store, id, 1));
            }
            int id = 300;
            while (put(store, id, 1) == Status.OK) {
                id++;
            }
            store.writer().appliedTo(9_000, 7);
            before = store.writer().contentChecksum(0);
            assertThrows(StoreException.class, () -> store.startGrowth(300));
            final Growth growth = store.grow(5_000);
            assertNull(growth.failure());
            assertEquals(Growth.State.DONE, growth.state());
            assertEquals(3, growth.shardsSwitched());
            assertTrue(growth.maxPauseNs() > 0 && growth.maxPauseNs() <= growth.totalPauseNs());
            assertEquals(before, store.writer().contentChecksum(0));
            assertEquals(files, files("more"), "the old files are gone");
            assertEquals(id, store.size());
            for (; id < 5_000; id++) {
                assertEquals(Status.OK, put(store, id, 1));
            }
            for (id = 0; id < 5_000; id++) {
                assertEquals(1, read(reader, id));
            }
            assertEquals(2, reader.stat().generation());
            assertTrue(reader.stat().shards().get(0).capacityEntries() > 1_600);
            assertEquals(7, reader.stat().shards().get(0).leadershipTerm());
            assertTrue(reader.appliedPosition(0) > 9_000);
            assertEquals(Growth.State.DONE, store.grow(6_000).state(), "and again");
            assertEquals(1, read(reader, 77));
        }
        try (Store store = Store.open(context("more", 3, 6_000));
                StoreReader reader = StoreReader.attach(temp.resolve("more"))) {
            assertEquals(0, store.recovery().shards());
            assertEquals(5_000, store.size());
            assertEquals(files, files("more"));
            for (int id = 0; id < 5_000; id++) {
                assertEquals(1, read(reader, id));
            }
        }
    }

    /** Commands between the slices; a reader, a view, a scan and a snapshot look all the time. */
    @ParameterizedTest
    @CsvSource({"1, 0", "4, 0", "2, 30"})
    void shouldLoseAndRepeatNothingWhileItGrows(final int shards, final int batchPercent) {
        final long seed = Long.getLong("stoat.seed", System.nanoTime());
        final String message = "seed " + seed;
        final Random random = new Random(seed);
        final int keys = 2_000;
        final int[] ticks = new int[keys];
        final CommandEncoder encoder = new CommandEncoder();
        final UnsafeBuffer batch = TestBytes.direct(32 * 1024);
        try (Store store = Store.open(context("busy", shards, 2_500));
                StoreReader reader = StoreReader.attach(temp.resolve("busy"))) {
            for (int id = 0; id < keys; id += 2) {
                assertEquals(Status.OK, put(store, id, ++ticks[id]), message);
            }
            final EntryView view = new EntryView();
            final StoreScan scan = reader.newScan();
            final SnapshotRead snapshot = reader.newSnapshotRead(4, 4 * MAX_LENGTH);
            for (int entries = 3_000; entries < 30_000; entries *= 2) {
                final Growth growth = store.startGrowth(entries);
                while (!growth.isOver()) {
                    for (int n = random.nextInt(8); n > 0; n--) {
                        final int id = random.nextInt(keys);
                        if (random.nextInt(100) < batchPercent) {
                            writeBatch(store, encoder, batch, random, id, ticks);
                        } else if (ticks[id] > 0 && random.nextInt(3) == 0) {
                            TestBytes.putKey(key, id);
                            assertEquals(Status.OK, store.remove(key, 0, 16), message);
                            ticks[id] = 0;
                        } else {
                            ticks[id] = 1 + random.nextInt(100_000);
                            assertEquals(Status.OK, put(store, id, ticks[id]), message);
                        }
                    }
                    final int id = random.nextInt(keys);
                    TestBytes.putKey(key, id);
                    final int length = reader.find(key, 0, 16, view);
                    store.writer().grow(1 + random.nextInt(60));
                    assertEquals(ticks[id], read(reader, id), message);
                    if (length > 0 && view.isValid()) {
                        assertEquals(ticks[id], view.getLong(8), message);
                    }
                    checkSnapshot(snapshot, random, ticks, message);
                    if (random.nextInt(300) == 0) {
                        checkScan(store, scan, random, ticks, message);
                    }
                }
                assertEquals(Growth.State.DONE, growth.state(), growth.failure());
                checkScan(store, scan, random, ticks, message);
                for (int id = 0; id < keys; id++) {
                    assertEquals(ticks[id], read(reader, id), message);
                }
            }
        }
    }

    private void writeBatch(
            final Store store,
            final CommandEncoder encoder,
            final UnsafeBuffer batch,
            final Random random,
            final int first,
            final int[] ticks) {
        TestBytes.putKey(key, first);
        final int shard = store.shardMap().shardOf(key, 0, 16);
        encoder.wrap(batch, 0, batch.capacity()).beginBatch();
        int left = 12;
        for (int id = first; id < ticks.length && left > 0; id++) {
            TestBytes.putKey(key, id);
            if (store.shardMap().shardOf(key, 0, 16) == shard) {
                left--;
                if (random.nextBoolean()) {
                    ticks[id] = 1 + random.nextInt(100_000);
                    final int length = CheckedValue.write(value, id, ticks[id], MAX_LENGTH);
                    encoder.put(PutMode.ALWAYS, key, 0, 16, value, 0, length, 0, false, 0);
                } else {
                    ticks[id] = 0;
                    encoder.remove(key, 0, 16);
                }
            }
        }
        assertEquals(
                Status.OK, store.apply(batch, 0, encoder.endBatch(), StoreWriter.NEXT_POSITION, 0));
    }

    private void checkSnapshot(
            final SnapshotRead snapshot,
            final Random random,
            final int[] ticks,
            final String message) {
        final int first = random.nextInt(ticks.length - 4);
        snapshot.reset();
        for (int i = 0; i < 4; i++) {
            TestBytes.putKey(key, first + i);
            snapshot.addKey(key, 0, 16);
        }
        assertEquals(Status.OK, snapshot.read(), message);
        for (int i = 0; i < 4; i++) {
            assertEquals(
                    ticks[first + i],
                    snapshot.valueLength(i) < 0
                            ? 0
                            : snapshot.buffer().getLong(snapshot.valueOffset(i) + 8),
                    message);
        }
    }

    /** Slices of a growth in the middle of the scan; the content stays meanwhile. */
    private static void checkScan(
            final Store store,
            final StoreScan scan,
            final Random random,
            final int[] ticks,
            final String message) {
        final BitSet seen = new BitSet();
        assertEquals(
                Status.OK,
                scan.forEach(
                        entry -> {
                            final int id =
                                    (int) entry.buffer().getLong(entry.keyOffset() + Long.BYTES);
                            assertFalse(seen.get(id), () -> message + ": twice id " + id);
                            seen.set(id);
                            assertEquals(
                                    ticks[id], entry.buffer().getLong(entry.valueOffset() + 8));
                            if (random.nextInt(20) == 0) {
                                store.writer().grow(random.nextInt(500));
                            }
                            return true;
                        }));
        for (int id = 0; id < ticks.length; id++) {
            assertEquals(ticks[id] > 0, seen.get(id), message + " id " + id);
        }
    }

    @Test
    void shouldGrowTheShardsOfSeveralWriters() throws Exception {
        final int shards = 4;
        try (Store store = Store.open(context("writers", shards, 1_000));
                StoreReader reader = StoreReader.attach(temp.resolve("writers"))) {
            final Thread[] threads = new Thread[2];
            final java.util.concurrent.atomic.AtomicBoolean running =
                    new java.util.concurrent.atomic.AtomicBoolean(true);
            final long[] sums = new long[2];
            final ShardMap map = store.shardMap();
            for (int i = 0; i < 2; i++) {
                final StoreWriter writer = store.newWriter(i, 2);
                final int turn = i;
                threads[i] = new Thread(() -> sums[turn] = count(writer, map, running));
                threads[i].start();
            }
            for (int entries = 2_000; entries < 20_000; entries *= 2) {
                final Growth growth = store.startGrowth(entries);
                assertTrue(growth.shards() == shards && growth.entries() == entries);
                while (!growth.isOver()) {
                    store.heartbeat();
                    assertTrue(store.size() <= 500);
                    read(reader, 1_000_000);
                }
                assertEquals(Growth.State.DONE, growth.state(), growth.failure());
                while (store.growthIsUnderWay()) {
                    Thread.onSpinWait();
                }
            }
            running.set(false);
            long expected = 0;
            for (int i = 0; i < 2; i++) {
                threads[i].join();
                expected += sums[i];
            }
            long sum = 0;
            for (int id = 0; id < 500; id++) {
                TestBytes.putKey(key, id);
                sum += reader.get(key, 0, 16, value, 0, 8) == 8 ? value.getLong(0) : 0;
            }
            assertEquals(expected, sum);
        }
    }

    private static long count(
            final StoreWriter writer,
            final ShardMap map,
            final java.util.concurrent.atomic.AtomicBoolean running) {
        final UnsafeBuffer key = TestBytes.heap(16);
        long sum = 0;
        for (int id = 0; running.get(); id = (id + 1) % 500) {
            TestBytes.putKey(key, id);
            if (writer.owns(map.shardOf(key, 0, 16))) {
                assertEquals(Status.OK, writer.add(key, 0, 16, 1));
                sum++;
            }
            writer.housekeep(1, 100);
        }
        return sum;
    }

    @Test
    void shouldBeAsBeforeWhenItIsClosedWhileItGrows() throws Exception {
        final long files;
        final long before;
        try (Store store = Store.open(context("closed", 2, 1_000))) {
            for (int id = 0; id < 800; id++) {
                assertEquals(Status.OK, put(store, id, 1));
            }
            before = store.writer().contentChecksum(0);
            files = files("closed");
            final Growth growth = store.startGrowth(50_000);
            while (growth.slices() < 3) {
                store.writer().grow(10);
            }
            assertThrows(IllegalStateException.class, () -> store.startGrowth(60_000));
            assertEquals(Growth.State.COPYING, growth.state());
        }
        assertEquals(files, files("closed"));
        try (Store store = Store.open(context("closed", 2, 1_000))) {
            assertEquals(before, store.writer().contentChecksum(0));
            assertEquals(Growth.State.DONE, store.grow(50_000).state());
            assertEquals(before, store.writer().contentChecksum(0));
        }
    }

    @Test
    void shouldRefuseAGrowthForWhichThereIsNoRoom() throws Exception {
        try (Store store = Store.open(context("small", 1, 100))) {
            final StoreException ex =
                    assertThrows(StoreException.class, () -> store.startGrowth(1L << 36));
            assertTrue(ex.getMessage().contains("too small"), ex.getMessage());
            assertEquals(Status.OK, put(store, 1, 1));
            assertNull(store.growth());
        }
    }

    @Test
    void shouldNotGrowAReplicaByItself() throws Exception {
        try (Store store = Store.open(context("replica", 1, 100).growable(false));
                GrowthRequest request = GrowthRequest.submit(store.context().dataDir(), 1_000)) {
            final StoreException ex =
                    assertThrows(StoreException.class, () -> store.startGrowth(1_000));
            assertTrue(ex.getMessage().contains("stop all members"), ex.getMessage());
            GrowthReply reply;
            do {
                Thread.yield();
                reply = request.poll();
            } while (reply == null);
            assertEquals(Growth.State.FAILED, reply.state());
            assertTrue(reply.failure().contains("stop all members"), reply.failure());
        }
    }

    @Test
    void shouldEvictInTheSameOrderAfterAGrowth() {
        try (Store store =
                Store.open(
                        context("evicts", 1, 100)
                                .highWaterPercent(100)
                                .eviction(Eviction.OLDEST_WRITE))) {
            for (int id = 0; id < 150; id++) {
                assertEquals(Status.OK, put(store, id, 1));
            }
            final long kept = store.size();
            assertTrue(kept <= 100);
            final Growth growth = store.startGrowth(200);
            int id = 150;
            while (!growth.isOver() || store.growthIsUnderWay()) {
                // no slice is larger, not even the last, which takes the order over
                assertTrue(store.writer().grow(7) <= 7);
                if (growth.state() == Growth.State.COPYING && id < 160) {
                    assertEquals(Status.OK, put(store, id++, 1));
                }
                Thread.onSpinWait();
            }
            assertEquals(Growth.State.DONE, growth.state());
            assertTrue(id > 150, "nothing was written while it grew");
            assertTrue(growth.slices() > 20, growth.slices() + " slices");
            for (long size = -1; size != store.size(); id++) {
                size = store.size();
                assertEquals(Status.OK, put(store, id, 1));
            }
            assertTrue(store.size() > 120, "size " + store.size());
            assertTrue(kept < store.size());
            for (int each = id - 1; each >= id - store.size(); each--) {
                TestBytes.putKey(key, each);
                assertTrue(store.get(key, 0, 16, value, 0, MAX_LENGTH) > 0, "id " + each);
            }
        }
    }
}
