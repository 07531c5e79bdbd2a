package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input is refused by name, ends nothing and loses nothing. */
class BadInputTest {
    @TempDir Path temp;
    private Path dir;
    private final UnsafeBuffer key = TestBytes.heap(2_048);
    private final UnsafeBuffer value = TestBytes.heap(8_192);
    private final UnsafeBuffer copy = TestBytes.heap(8_192);

    @BeforeEach
    void chooseDirectory() {
        dir = temp.resolve("d");
    }

    private StoreContext small() {
        return new StoreContext().dataDir(dir).shardCount(1).entries(50).maxValueLength(100);
    }

    /** A change to one file of a closed directory. */
    private interface Damage {
        void to(Path file) throws IOException;
    }

    @Test
    void shouldRefuseKeysAndValuesOfWrongLength() {
        try (Store store = Store.open(small());
                StoreReader reader = StoreReader.attach(dir)) {
            assertEquals(Status.OK, store.put(key, 0, 1_024, value, 0, 100, 0));
            assertEquals(100, reader.get(key, 0, 1_024, copy, 0, 100));
            assertEquals(Status.KEY_LENGTH_INVALID, store.put(key, 0, 0, value, 0, 1, 0));
            assertEquals(Status.KEY_LENGTH_INVALID, store.put(key, 0, 1_025, value, 0, 1, 0));
            assertEquals(Status.KEY_LENGTH_INVALID, store.put(key, 0, -1, value, 0, 1, 0));
            assertEquals(Status.KEY_LENGTH_INVALID, store.remove(key, 0, 1_025));
            assertEquals(Status.KEY_LENGTH_INVALID, reader.get(key, 0, 1_025, copy, 0, 100));
            assertEquals(Status.KEY_LENGTH_INVALID, reader.find(key, 0, 0, new EntryView()));
            assertEquals(Status.VALUE_TOO_LONG, store.put(key, 0, 1_024, value, 0, 101, 0));
            assertEquals(100, reader.get(key, 0, 1_024, copy, 0, 100));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> store.put(key, 2_040, 16, value, 0, 1, 0));
            assertThrows(
                    IndexOutOfBoundsException.class, () -> store.put(key, 0, 8, value, 0, -1, 0));
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> reader.get(key, 0, 1_024, copy, 8_190, 100));
            assertEquals(1, store.size());
        }
    }

    @Test
    void shouldSayFullKeepOldValuesAndGoOnAfterARemove() {
        try (Store store = Store.open(small());
                StoreReader reader = StoreReader.attach(dir)) {
            final int stored = fill(store, 40);
            assertEquals(50, stored);
            for (int id = 0; id < stored; id++) {
                TestBytes.putKey(key, id);
                assertEquals(40, reader.get(key, 0, 16, copy, 0, 100));
                assertEquals(id, copy.getLong(0));
            }
            TestBytes.putKey(key, stored);
            assertEquals(Status.NOT_FOUND, reader.get(key, 0, 16, copy, 0, 100));
            TestBytes.putKey(key, 7);
            assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 40, 0));
            assertEquals(Status.OK, store.remove(key, 0, 16));
            TestBytes.putKey(key, stored);
            assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 40, 0));
        }
    }

    /** Puts values that begin with their id until the store is full. */
    private int fill(final Store store, final int length) {
        int id = 0;
        int status;
        do {
            TestBytes.putKey(key, id);
            value.putLong(0, id);
            status = store.put(key, 0, 16, value, 0, length, 0);
            id++;
        } while (status == Status.OK);
        assertEquals(Status.STORE_FULL, status, Status.nameOf(status));
        return id - 1;
    }

    @Test
    void shouldSayFullWhenValuesAreFarLongerThanTheAverage() {
        final StoreContext context =
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(1)
                        .segmentsPerShard(2)
                        .entries(4_000)
                        .averageValueLength(16)
                        .maxValueLength(4_096);
        try (Store store = Store.open(context);
                StoreReader reader = StoreReader.attach(dir)) {
            final int stored = fill(store, 4_096);
            assertTrue(stored > 10 && stored < 4_000, "stored " + stored);
            for (int id = 0; id < stored; id++) {
                TestBytes.putKey(key, id);
                assertEquals(4_096, reader.get(key, 0, 16, copy, 0, 4_096), "id " + id);
                assertEquals(id, copy.getLong(0));
            }
            assertEquals(stored, store.size());
        }
        try (Store store = Store.open(new StoreContext().dataDir(dir))) {
            assertTrue(store.size() > 10);
        }
    }

    @Test
    void shouldNameTheDirectoryThatIsMissingEmptyOrForeign() throws IOException {
        assertRefused(() -> StoreReader.attach(dir), dir.toString(), "does not exist");
        assertRefused(() -> StoreReader.attach(new ReaderContext()), "dataDir is not set");
        Files.writeString(dir, "a file");
        assertRefused(() -> StoreReader.attach(dir), dir.toString(), "not a directory");
        assertRefused(() -> Store.open(small()), dir.toString(), "not a directory");
        assertEquals("a file", Files.readString(dir));
        Files.delete(dir);
        Files.createDirectory(dir);
        assertRefused(() -> StoreReader.attach(dir), dir.toString(), "store.mark");
        Files.writeString(dir.resolve("holiday.txt"), "sun");
        assertRefused(() -> Store.open(small()), dir.toString(), "not empty");
        assertEquals("sun", Files.readString(dir.resolve("holiday.txt")));
    }

    @Test
    void shouldNameTheSettingsWhenTheDiskIsTooSmall() {
        assertRefused(
                () -> Store.open(small().entries(2_000_000_000L).maxValueLength(1_000_000)),
                "too small",
                "entries=2000000000");
        // sizes beyond what a number can hold must not come out small
        assertRefused(
                () -> Store.open(small().entries(1L << 40).maxValueLength(1 << 24)),
                "too small",
                "maxValueLength=16777216");
        Store.open(small()).close();
    }

    @Test
    void shouldNameTheDamagedFileAndLoseNothing() throws IOException {
        damageRefused("store.mark", BadInputTest::truncate, "truncated");
        damageRefused("store.mark", file -> overwrite(file, 0, 512), "not a Stoat mark file");
        damageRefused("store.mark", file -> putInt(file, 0, 99), "layout version 99");
        damageRefused("store.mark", file -> putInt(file, 0, -1), "layout version -1");
        damageRefused("shard-000.ctl", BadInputTest::truncate, "truncated");
        damageRefused("shard-000.ctl", file -> overwrite(file, 0, 8), "wrong magic number");
        damageRefused("shard-000.ctl", file -> putInt(file, 8, 99), "layout version 99");
        damageRefused("shard-000.ctl", file -> putInt(file, 8, 2), "layout version 2");
        damageRefused("shard-000.ctl", file -> putInt(file, 8, 0), "not ready");
        damageRefused("shard-000.ctl", file -> overwrite(file, 64, 100), "damaged");
        damageRefused("shard-000.ctl", Files::delete, "is missing");
        damageRefused("shard-000.map", BadInputTest::truncate, "truncated");
        damageRefused("shard-000.map", Files::delete, "is missing");
    }

    /** A directory whose mark says ready but whose shards are incomplete is not taken for new. */
    @Test
    void shouldRefuseADirectoryThatLacksShards() throws IOException {
        Store.open(small().shardCount(3)).close();
        for (final String name : new String[] {"shard-002.ctl", "shard-002.map"}) {
            Files.delete(dir.resolve(name));
            assertRefused(() -> StoreReader.attach(dir), "shard-002", "is missing");
            assertRefused(() -> Store.open(new StoreContext().dataDir(dir)), "is missing");
        }
        assertTrue(Files.exists(dir.resolve("shard-001.map")));
        assertRefused(
                () -> Store.open(new StoreContext().dataDir(dir).shardCount(2)),
                "shardCount=2",
                "created with shardCount=3");
    }

    @Test
    void shouldRefuseReadsThroughAViewOfNothing() {
        final EntryView view = new EntryView();
        assertEquals(-1, view.valueLength());
        assertTrue(!view.isValid());
        assertThrows(IndexOutOfBoundsException.class, view::version);
        assertThrows(IndexOutOfBoundsException.class, () -> view.getByte(0));
        try (Store store = Store.open(small())) {
            assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 24, 0));
            final StoreReader first = StoreReader.attach(dir);
            try (StoreReader second = StoreReader.attach(dir)) {
                assertEquals(24, first.find(key, 0, 16, view));
                assertThrows(IndexOutOfBoundsException.class, () -> view.getLong(17));
                assertThrows(IndexOutOfBoundsException.class, () -> view.getInt(-1));
                assertEquals(24, second.find(key, 0, 16, view));
                first.close();
                assertTrue(view.isValid(), "the view is the second reader's");
                assertEquals(store.version(), view.version());
            }
            assertTrue(!view.isValid());
            assertThrows(IndexOutOfBoundsException.class, view::expiresAtMs);
            assertEquals(Status.CLOSED, first.find(key, 0, 16, view));
        }
    }

    private void damageRefused(final String name, final Damage damage, final String part)
            throws IOException {
        dir = temp.resolve("damaged-" + Math.abs((name + part).hashCode()));
        try (Store store = Store.open(small())) {
            TestBytes.putKey(key, 1);
            assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 24, 0));
        }
        final Path file = dir.resolve(name);
        final byte[] sound = Files.readAllBytes(file);
        damage.to(file);
        assertRefused(() -> StoreReader.attach(dir), file.toString(), part);
        assertRefused(() -> Store.open(small()), file.toString(), part);
        Files.write(file, sound);
        try (Store store = Store.open(small());
                StoreReader reader = StoreReader.attach(dir)) {
            assertEquals(24, reader.get(key, 0, 16, copy, 0, 100), name + " " + part);
            assertEquals(1, store.size());
        }
    }

    private static void assertRefused(
            final org.junit.jupiter.api.function.Executable attempt, final String... parts) {
        final String message = assertThrows(StoreException.class, attempt).getMessage();
        for (final String part : parts) {
            assertTrue(message.contains(part), () -> message + " lacks: " + part);
        }
    }

    private static void truncate(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }

    private static void overwrite(final Path file, final int offset, final int length)
            throws IOException {
        final byte[] noise = new byte[length];
        Arrays.fill(noise, (byte) 0xA5);
        write(file, offset, ByteBuffer.wrap(noise));
    }

    private static void putInt(final Path file, final int offset, final int number)
            throws IOException {
        write(
                file,
                offset,
                ByteBuffer.allocate(4).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(0, number));
    }

    private static void write(final Path file, final int offset, final ByteBuffer bytes)
            throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(bytes, offset);
        }
    }
}
