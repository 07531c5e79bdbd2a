package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link StoreReader} against Chronicle Map itself on the same files. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReaderDifferentialTest {
    private static final int UNSIZED = -1;

    @TempDir Path dir;

    @ParameterizedTest
    @CsvSource({
        // shards, segments, keys, key lengths, value lengths, average value
        "1,  1,  2000,    1,    2,   0,     8,     8",
        "1,  1,  2000,    8,    8,   8,     8,     8",
        "1, 16,  5000,   16,   16, 128,   128,   128",
        "1,  4,  3000,    1,  300,   0,   500,   250",
        "1,  1,   400,  900, 1024,   0,    64,    64",
        "2,  2,   800, 1000, 1024, 100,  3000,  1500",
        "4, 64, 20000,    4,   40,   0,   100,    50",
        "1,  1,    60,    1,   32,   1, 65536, 40000",
        "3, -1, 10000,    8,   24,   0,   256,   256",
    })
    void shouldReadWhatChronicleMapReads(
            final int shards,
            final int segments,
            final int keys,
            final int minKey,
            final int maxKey,
            final int minValue,
            final int maxValue,
            final int averageValue) {
        final StoreContext context = context(shards, segments, 2L * keys, maxKey, maxValue);
        context.averageValueLength(averageValue);
        compareThroughChanges(context, keys, minKey, maxKey, minValue, maxValue);
    }

    @ParameterizedTest
    @CsvSource({
        // shards, segments, keys, longest value, average value, extra growth expected
        "1, 1, 3000,   40,   8",
        "1, 2, 4000,  100,  16",
        "1, 8, 4000,  200,  60",
        "2, 4, 6000, 1000, 300",
        "1, 64, 8000, 120, 40",
    })
    void shouldReadWhatChronicleMapReadsFromExtraTiers(
            final int shards,
            final int segments,
            final int keys,
            final int maxValue,
            final int averageValue) {
        final StoreContext context = context(shards, segments, keys, 16, maxValue);
        context.averageValueLength(averageValue).averageKeyLength(8);
        final long grown = compareThroughChanges(context, keys, 12, 16, maxValue - 8, maxValue);
        assertTrue(grown > 0, "no extra tier was needed: the test lost its point");
    }

    @Test
    void shouldReadMapsWithSlotsOfFourAndOfEightBytes() {
        final StoreContext narrow = context(1, 1, 1000, 16, 64);
        final StoreContext wide = context(1, 1, 150_000, 16, 8);
        narrow.dataDir(dir.resolve("narrow"));
        wide.dataDir(dir.resolve("wide"));
        assertEquals(4, slotSize(narrow));
        assertEquals(8, slotSize(wide));
        compareThroughChanges(narrow, 900, 8, 16, 0, 64);
        compareThroughChanges(wide, 60_000, 8, 16, 0, 8);
    }

    private static long slotSize(final StoreContext context) {
        Store.open(context).close();
        try (ControlFile control =
                ControlFile.open(ShardFiles.control(context.dataDir(), 0), 0, false)) {
            return control.layout().slotSize();
        }
    }

    /** Colliding slots lead a search for a long key to short entries at the very end of a tier. */
    @Test
    void shouldMissLongKeysWhoseSlotsCollideWithShortEntriesAtTheEndOfATier() {
        final Random random = new Random(7);
        final StoreContext context = context(1, 1, 2000, 4, 64).averageValueLength(1);
        final UnsafeBuffer key = new UnsafeBuffer(new byte[1024]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
        try (Store store = Store.open(context);
                StoreReader reader = StoreReader.attach(context.dataDir())) {
            final long before = mapBytes(reader);
            int stored = 0;
            for (int i = 0; i < 2000; i++) {
                key.putInt(0, i);
                stored += store.put(key, 0, 4, value, 0, 64, 0) == Status.OK ? 1 : 0;
            }
            assertTrue(mapBytes(reader) > before, "the first tier must be full: stored=" + stored);
            for (int i = 0; i < 300_000; i++) {
                key.putLong(8 * (i % 128), random.nextLong());
                final int status = reader.get(key, 0, 1024, value, 0, 64);
                if (status != Status.NOT_FOUND) {
                    assertEquals("NOT_FOUND", Status.nameOf(status), "look-up " + i);
                }
            }
        }
    }

    private StoreContext context(
            final int shards,
            final int segments,
            final long entries,
            final int maxKey,
            final int maxValue) {
        final StoreContext context =
                new StoreContext()
                        .dataDir(dir.resolve("d"))
                        .shardCount(shards)
                        .entries(entries)
                        .averageKeyLength(maxKey)
                        .maxValueLength(maxValue);
        return segments == UNSIZED ? context : context.segmentsPerShard(segments);
    }

    /**
     * Fills, removes, re-inserts and resizes, comparing after each phase with a reader that was
     * attached when the map was empty and with one attached afterwards.
     *
     * @return by how much the map files grew.
     */
    private static long compareThroughChanges(
            final StoreContext context,
            final int keyCount,
            final int minKey,
            final int maxKey,
            final int minValue,
            final int maxValue) {
        final Random random = new Random(keyCount * 31L + maxValue);
        final byte[][] keys = TestBytes.distinctKeys(random, keyCount, minKey, maxKey);
        Store store = Store.open(context);
        try (StoreReader early = StoreReader.attach(context.dataDir())) {
            final long before = mapBytes(early);
            for (int phase = 0; phase < 4; phase++) {
                for (final byte[] key : keys) {
                    change(random, store, key, phase, minValue, maxValue);
                }
                store.close();
                compare(context, keys, early);
                store = Store.open(new StoreContext().dataDir(context.dataDir()));
            }
            return mapBytes(early) - before;
        } finally {
            store.close();
        }
    }

    private static long mapBytes(final StoreReader reader) {
        return reader.stat().shards().stream().mapToLong(ShardStat::mapFileBytes).sum();
    }

    private static void change(
            final Random random,
            final Store store,
            final byte[] keyBytes,
            final int phase,
            final int minValue,
            final int maxValue) {
        final UnsafeBuffer key = new UnsafeBuffer(keyBytes);
        // phase 0 fills, 1 removes (shifting look-up chains), 2 mixes, 3 empties nearly
        final int dice = random.nextInt(100);
        if (phase > 0 && dice < (phase == 3 ? 90 : 50)) {
            store.remove(key, 0, keyBytes.length);
        } else {
            final byte[] value = new byte[minValue + random.nextInt(maxValue - minValue + 1)];
            random.nextBytes(value);
            final int status =
                    store.put(key, 0, keyBytes.length, new UnsafeBuffer(value), 0, value.length, 0);
            assertTrue(status == Status.OK || status == Status.STORE_FULL, Status.nameOf(status));
        }
    }

    private static void compare(
            final StoreContext context, final byte[][] keys, final StoreReader early) {
        try (StoreReader late = StoreReader.attach(context.dataDir())) {
            final ShardMap shardMap = late.shardMap();
            for (int shard = 0; shard < shardMap.shardCount(); shard++) {
                try (ChronicleMap<NativeBytes, NativeBytes> map =
                        ShardSizing.of(context)
                                .builder()
                                .createPersistedTo(
                                        ShardFiles.map(context.dataDir(), shard).toFile())) {
                    assertEquals(map.longSize(), late.stat().shards().get(shard).entries());
                    compareIteration(map, early);
                    compareIteration(map, late);
                    compareLookUps(map, shard, keys, early);
                    compareLookUps(map, shard, keys, late);
                } catch (final java.io.IOException ex) {
                    throw new java.io.UncheckedIOException(ex);
                }
            }
        }
    }

    private static void compareIteration(
            final ChronicleMap<NativeBytes, NativeBytes> map, final StoreReader reader) {
        final UnsafeBuffer key = new UnsafeBuffer();
        final UnsafeBuffer expected = new UnsafeBuffer();
        final EntryView view = new EntryView();
        final long[] count = {0};
        map.forEachEntry(
                entry -> {
                    final NativeBytes storedKey = entry.key().get();
                    final NativeBytes stored = entry.value().get();
                    key.wrap(storedKey.address, storedKey.length);
                    expected.wrap(stored.address, stored.length);
                    compareEntry(reader, key, storedKey.length, expected, view);
                    count[0]++;
                });
        assertEquals(map.longSize(), count[0]);
    }

    private static void compareEntry(
            final StoreReader reader,
            final UnsafeBuffer key,
            final int keyLength,
            final UnsafeBuffer expected,
            final EntryView view) {
        final int length = expected.capacity() - ValueDescriptor.HEADER_LENGTH;
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
        assertEquals(length, reader.get(key, 0, keyLength, copy, 0, length));
        assertEquals(
                0,
                copy.compareTo(new UnsafeBuffer(expected, ValueDescriptor.HEADER_LENGTH, length)));
        assertEquals(expected.getLong(ValueDescriptor.VERSION_OFFSET), reader.version());
        assertEquals(length, reader.find(key, 0, keyLength, view));
        assertEquals(reader.version(), view.version());
        assertTrue(view.isValid());
    }

    private static void compareLookUps(
            final ChronicleMap<NativeBytes, NativeBytes> map,
            final int shard,
            final byte[][] keys,
            final StoreReader reader) {
        final UnsafeBuffer direct = TestBytes.direct(StoreContext.MAX_KEY_LENGTH);
        final NativeBytes lookUp = new NativeBytes();
        final EntryView view = new EntryView();
        for (final byte[] keyBytes : keys) {
            direct.putBytes(0, keyBytes);
            final long hash = XxHash64.hash(direct, 0, keyBytes.length);
            if (reader.shardMap().shardOf(hash) == shard) {
                final boolean there =
                        map.containsKey(lookUp.wrap(direct.addressOffset(), keyBytes.length));
                assertEquals(there, reader.find(direct, 0, keyBytes.length, view) >= 0);
            }
        }
    }
}
