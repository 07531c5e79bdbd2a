package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No read and no command allocates, wherever keys and values lie. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CALLS = 100_000;

    /** The JVM allocates now and then itself, on the calling thread, until all is compiled. */
    private static final int MAX_ROUNDS = 8;

    private static final int VALUE_LENGTH = 128;
    private static final int KEY_OFFSET = 8;
    private static final int KEY_LENGTH = 16;
    private static final int HOT_KEYS = 64;
    private static final int INSERTED_KEYS = 1_000;
    private static final long FIRST_INSERTED_ID = HOT_KEYS;
    private static final long ABSENT_ID = 1_000_000_000L;
    private static final long EXPIRED_ID = 2_000_000_000L;

    @TempDir Path dir;

    private final CachedEpochClock clock = new CachedEpochClock();
    private UnsafeBuffer key;
    private UnsafeBuffer value;
    private int calls;
    private long seen;
    private Object kept;

    @ParameterizedTest
    @CsvSource({
        "false, false, false",
        "true, false, true",
        "false, true, true",
        "true, true, false"
    })
    void shouldAllocateNothingWhenReading(
            final boolean directKey, final boolean directValue, final boolean verifyChecksums) {
        useBuffers(directKey, directValue);
        try (Store store = open();
                StoreReader reader =
                        StoreReader.attach(
                                new ReaderContext()
                                        .dataDir(dir.resolve("d"))
                                        .epochClock(clock)
                                        .verifyChecksums(verifyChecksums))) {
            final EntryView view = new EntryView();
            final SnapshotRead snapshot = reader.newSnapshotRead(4, 4 * VALUE_LENGTH);
            final EntryConsumer consumer = entry -> seen += entry.getLong(8) + entry.getByte(0);
            assertNothingAllocated("get hit", VALUE_LENGTH, () -> get(reader, hot()));
            assertNothingAllocated("get miss", Status.NOT_FOUND, () -> get(reader, ABSENT_ID));
            assertNothingAllocated("get expired", Status.NOT_FOUND, () -> get(reader, EXPIRED_ID));
            assertNothingAllocated(
                    "get into too little room",
                    Status.BUFFER_TOO_SMALL,
                    () -> reader.get(key(hot()), KEY_OFFSET, KEY_LENGTH, value, 0, 8));
            assertNothingAllocated("find and view", VALUE_LENGTH, () -> find(reader, view, hot()));
            assertNothingAllocated(
                    "find expired",
                    Status.NOT_FOUND,
                    () -> reader.find(key(EXPIRED_ID), KEY_OFFSET, KEY_LENGTH, view));
            assertNothingAllocated(
                    "read",
                    VALUE_LENGTH,
                    () -> reader.read(key(hot()), KEY_OFFSET, KEY_LENGTH, view, consumer));
            assertNothingAllocated("snapshot", 3 * VALUE_LENGTH, () -> read(snapshot));
            assertNothingAllocated(
                    "owner's get",
                    VALUE_LENGTH,
                    () -> store.get(key(hot()), KEY_OFFSET, KEY_LENGTH, value, 0, VALUE_LENGTH));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void shouldAllocateNothingWhenWriting(final boolean directKey, final boolean directValue) {
        useBuffers(directKey, directValue);
        try (Store store = open()) {
            assertNothingAllocated(
                    "put in place", Status.OK, () -> put(store, hot(), VALUE_LENGTH, 0));
            assertNothingAllocated(
                    "put with expiry", Status.OK, () -> put(store, hot(), VALUE_LENGTH, 5));
            assertNothingAllocated(
                    "put with changed length",
                    Status.OK,
                    () -> put(store, 3, calls % 2 == 0 ? VALUE_LENGTH : 24, 0));
            assertNothingAllocated(
                    "insert and remove", Status.OK, () -> insertAndRemoveOlder(store));
            assertNothingAllocated(
                    "remove of an absent key",
                    Status.NOT_FOUND,
                    () -> store.remove(key(ABSENT_ID), KEY_OFFSET, KEY_LENGTH));
            assertEquals(Status.OK, put(store, 3, VALUE_LENGTH, 0));
            assertNothingAllocated("putIfVersion", Status.OK, () -> compareAndSet(store));
            assertNothingAllocated(
                    "putIfVersion refused",
                    Status.VERSION_MISMATCH,
                    () -> store.putIfVersion(key(3), KEY_OFFSET, KEY_LENGTH, value, 0, 8, 0, 1));
            assertNothingAllocated(
                    "putIfAbsent refused",
                    Status.ALREADY_EXISTS,
                    () -> store.putIfAbsent(key(3), KEY_OFFSET, KEY_LENGTH, value, 0, 8, 0));
            assertNothingAllocated(
                    "value too long",
                    Status.VALUE_TOO_LONG,
                    () -> put(store, hot(), VALUE_LENGTH + 1, 0));
        }
    }

    @Test
    void shouldNoticeAnAllocation() {
        final long bytes = allocatedBytes("new", 0, () -> (kept = new long[1]) == null ? 1 : 0);
        assertTrue(bytes >= 16L * CALLS, bytes + " B");
    }

    private void useBuffers(final boolean directKey, final boolean directValue) {
        final int keyRoom = KEY_OFFSET + KEY_LENGTH;
        key = directKey ? TestBytes.direct(keyRoom) : TestBytes.heap(keyRoom);
        final int valueRoom = VALUE_LENGTH + 8;
        value = directValue ? TestBytes.direct(valueRoom) : TestBytes.heap(valueRoom);
    }

    private Store open() {
        clock.update(1_000);
        final Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(dir.resolve("d"))
                                .shardCount(2)
                                .entries(4L * INSERTED_KEYS)
                                .maxValueLength(VALUE_LENGTH)
                                .epochClock(clock)
                                .heartbeatThread(false));
        for (int id = 0; id < HOT_KEYS; id++) {
            assertEquals(Status.OK, put(store, id, VALUE_LENGTH, 1_000_000));
        }
        assertEquals(Status.OK, put(store, EXPIRED_ID, VALUE_LENGTH, 1));
        return store;
    }

    private UnsafeBuffer key(final long id) {
        key.putLong(KEY_OFFSET, id * 0x9E3779B97F4A7C15L);
        key.putLong(KEY_OFFSET + 8, id);
        return key;
    }

    private long hot() {
        return calls % HOT_KEYS;
    }

    private int put(final Store store, final long id, final int length, final long expiresAtMs) {
        return store.put(key(id), KEY_OFFSET, KEY_LENGTH, value, 0, length, expiresAtMs);
    }

    private int insertAndRemoveOlder(final Store store) {
        final int inserted = put(store, FIRST_INSERTED_ID + calls, VALUE_LENGTH, 0);
        final long older = FIRST_INSERTED_ID + calls - INSERTED_KEYS;
        return inserted == Status.OK && older >= FIRST_INSERTED_ID
                ? store.remove(key(older), KEY_OFFSET, KEY_LENGTH)
                : inserted;
    }

    private int compareAndSet(final Store store) {
        // version() is that of the write before, the first time that of the put
        return store.putIfVersion(
                key(3), KEY_OFFSET, KEY_LENGTH, value, 0, VALUE_LENGTH, 0, store.version());
    }

    private int get(final StoreReader reader, final long id) {
        return reader.get(key(id), KEY_OFFSET, KEY_LENGTH, value, 8, VALUE_LENGTH);
    }

    private int find(final StoreReader reader, final EntryView view, final long id) {
        final int length = reader.find(key(id), KEY_OFFSET, KEY_LENGTH, view);
        seen += view.getLong(0) + view.version();
        view.getBytes(0, value, 0, length);
        return view.isValid() ? length : Status.CORRUPT;
    }

    private int read(final SnapshotRead snapshot) {
        snapshot.reset();
        for (int i = 0; i < 3; i++) {
            snapshot.addKey(key((calls + i) % HOT_KEYS), KEY_OFFSET, KEY_LENGTH);
        }
        snapshot.addKey(key(ABSENT_ID), KEY_OFFSET, KEY_LENGTH);
        final int status = snapshot.read();
        int length = 0;
        for (int i = 0; i < 3; i++) {
            length += snapshot.valueLength(i);
        }
        return status == Status.OK && snapshot.valueLength(3) == Status.NOT_FOUND ? length : -1;
    }

    private void assertNothingAllocated(
            final String name, final int expected, final IntSupplier call) {
        calls = 0;
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < MAX_ROUNDS && bytes != 0; round++) {
            bytes = allocatedBytes(name, expected, call);
        }
        assertEquals(0, bytes, name + ": bytes allocated in the last " + CALLS + " calls");
    }

    private long allocatedBytes(final String name, final int expected, final IntSupplier call) {
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        int wrong = 0;
        for (int i = 0; i < CALLS; i++) {
            wrong += call.getAsInt() == expected ? 0 : 1;
            calls++;
        }
        if (wrong != 0) {
            assertEquals(0, wrong, name + ": calls with another result");
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
