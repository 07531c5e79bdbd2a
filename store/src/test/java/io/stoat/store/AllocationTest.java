package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No command and no read allocates. */
class AllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int CALLS = 20_000;
    private static final int ROUNDS = 5;

    /** What the measuring itself may cost; one byte a call would be 20,000. */
    private static final long SLACK_BYTES = 512;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final UnsafeBuffer heapKey = TestBytes.heap(16);
    private final UnsafeBuffer directKey = TestBytes.direct(16);
    private final UnsafeBuffer absent = TestBytes.heap(16);
    private final UnsafeBuffer expiring = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.direct(128);
    private final UnsafeBuffer longValue = TestBytes.heap(129);
    private final UnsafeBuffer heapValue = TestBytes.heap(128);
    private final UnsafeBuffer copy = TestBytes.heap(128);
    private final EntryView view = new EntryView();
    private long nowMs = 1_000;
    private Store store;
    private StoreReader reader;

    /** One call, told apart from the last by a running number. */
    private interface Call {
        int call(int number);
    }

    @BeforeEach
    void open(@TempDir final Path dir) {
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(dir)
                                .entries(1_000)
                                .maxValueLength(128)
                                .heartbeatThread(false)
                                .epochClock(() -> nowMs));
        reader = StoreReader.attach(new ReaderContext().dataDir(dir).epochClock(() -> nowMs));
        TestBytes.putKey(heapKey, 1);
        TestBytes.putKey(directKey, 1);
        TestBytes.putKey(absent, 2);
        TestBytes.putKey(expiring, 3);
        assertEquals(Status.OK, store.put(heapKey, 0, 16, value, 0, 128, 0));
        assertEquals(Status.OK, store.put(expiring, 0, 16, value, 0, 128, 2_000));
    }

    @AfterEach
    void close() {
        reader.close();
        store.close();
    }

    private static void assertNoAllocation(final int expected, final Call call) {
        for (int i = 0; i < WARM_UP; i++) {
            assertEquals(expected, call.call(i));
        }
        // the JVM itself may allocate for the thread once in a while, when it compiles a method
        // again
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            int wrong = 0;
            for (int i = 0; i < CALLS; i++) {
                wrong += call.call(i) == expected ? 0 : 1;
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            assertEquals(0, wrong);
        }
        assertTrue(least < SLACK_BYTES, least + " bytes in " + CALLS + " calls");
    }

    @Test
    void readerShouldNotAllocateForHits() {
        assertNoAllocation(128, i -> reader.get(heapKey, 0, 16, copy, 0, 128));
        assertNoAllocation(128, i -> reader.get(directKey, 0, 16, value, 0, 128));
        assertNoAllocation(128, i -> reader.get(expiring, 0, 16, copy, 0, 128));
        try (StoreReader checking =
                StoreReader.attach(
                        new ReaderContext()
                                .dataDir(store.context().dataDir())
                                .verifyChecksums(true))) {
            assertNoAllocation(128, i -> checking.get(directKey, 0, 16, copy, 0, 128));
        }
        assertNoAllocation(
                1,
                i ->
                        reader.find(heapKey, 0, 16, view) == 128
                                        && view.getLong(0) == 0
                                        && view.isValid()
                                ? 1
                                : 0);
        final EntryConsumer consumer = entry -> copy.putLong(0, entry.getLong(8));
        assertNoAllocation(128, i -> reader.read(directKey, 0, 16, view, consumer));
    }

    @Test
    void readerShouldNotAllocateForMisses() {
        assertNoAllocation(Status.NOT_FOUND, i -> reader.get(absent, 0, 16, copy, 0, 128));
        assertNoAllocation(Status.NOT_FOUND, i -> reader.find(absent, 0, 16, view));
        nowMs = 3_000;
        assertNoAllocation(Status.NOT_FOUND, i -> reader.get(expiring, 0, 16, copy, 0, 128));
        assertNoAllocation(Status.KEY_LENGTH_INVALID, i -> reader.get(absent, 0, 0, copy, 0, 128));
        assertNoAllocation(Status.BUFFER_TOO_SMALL, i -> reader.get(heapKey, 0, 16, copy, 0, 8));
    }

    @Test
    void snapshotReadShouldNotAllocate() {
        final SnapshotRead snapshot = reader.newSnapshotRead(3, 512);
        assertNoAllocation(
                Status.OK,
                i -> {
                    snapshot.reset();
                    snapshot.addKey(heapKey, 0, 16);
                    snapshot.addKey(absent, 0, 16);
                    snapshot.addKey(expiring, 0, 16);
                    return snapshot.read();
                });
    }

    @Test
    void ownerShouldNotAllocateForPuts() {
        assertNoAllocation(Status.OK, i -> store.put(heapKey, 0, 16, value, 0, 128, 0));
        assertNoAllocation(Status.OK, i -> store.put(directKey, 0, 16, heapValue, 0, 128, 0));
        // changing lengths go through Chronicle Map
        assertNoAllocation(
                Status.OK, i -> store.put(heapKey, 0, 16, value, 0, 8 * (1 + (i & 15)), 0));
        assertNoAllocation(
                Status.ALREADY_EXISTS, i -> store.putIfAbsent(heapKey, 0, 16, value, 0, 128, 0));
        assertNoAllocation(
                Status.VERSION_MISMATCH,
                i -> store.putIfVersion(heapKey, 0, 16, value, 0, 128, 0, -1));
        assertEquals(Status.OK, store.put(heapKey, 0, 16, value, 0, 128, 0));
        assertNoAllocation(
                Status.OK,
                i -> store.putIfVersion(heapKey, 0, 16, value, 0, 128, 0, store.version()));
        assertNoAllocation(
                Status.VALUE_TOO_LONG, i -> store.put(heapKey, 0, 16, longValue, 0, 129, 0));
        assertNoAllocation(128, i -> store.get(expiring, 0, 16, copy, 0, 128));
    }

    @Test
    void ownerShouldNotAllocateForCountersAndTouches() {
        assertNoAllocation(Status.OK, i -> store.add(absent, 0, 16, 1));
        assertNoAllocation(Status.NOT_A_COUNTER, i -> store.add(heapKey, 0, 16, 1));
        assertNoAllocation(Status.OK, i -> store.touch(directKey, 0, 16, 5_000));
        assertNoAllocation(0, i -> store.sweep(20));
    }

    @Test
    void ownerShouldNotAllocateForInsertsAndRemoves() {
        assertNoAllocation(
                Status.OK,
                i ->
                        (i & 1) == 0
                                ? store.put(absent, 0, 16, value, 0, 64, 0)
                                : store.remove(absent, 0, 16));
        assertNoAllocation(Status.NOT_FOUND, i -> store.remove(absent, 0, 16));
    }

    @Test
    void applyShouldNotAllocate() {
        final CommandEncoder encoder = new CommandEncoder();
        final UnsafeBuffer command = TestBytes.direct(2_048);
        final UnsafeBuffer other = TestBytes.heap(16);
        long id = 2;
        do {
            TestBytes.putKey(other, id++);
        } while (store.shardMap().shardOf(other, 0, 16)
                != store.shardMap().shardOf(heapKey, 0, 16));
        assertNoAllocation(
                Status.OK,
                i -> {
                    encoder.wrap(command, 0, 2_048);
                    final int length =
                            encoder.put(PutMode.ALWAYS, heapKey, 0, 16, value, 0, 128, 9, true, 0);
                    return store.apply(command, 0, length, StoreWriter.NEXT_POSITION, nowMs);
                });
        // in place, longer, shorter, added and removed again
        assertNoAllocation(
                Status.OK,
                i -> {
                    encoder.wrap(command, 0, 2_048).beginBatch();
                    encoder.put(
                            PutMode.ALWAYS,
                            heapKey,
                            0,
                            16,
                            value,
                            0,
                            8 * (1 + (i >> 1 & 15)),
                            0,
                            false,
                            0);
                    if ((i & 1) == 0) {
                        encoder.add(other, 0, 16, 1);
                    } else {
                        encoder.remove(other, 0, 16);
                    }
                    return store.apply(
                            command, 0, encoder.endBatch(), StoreWriter.NEXT_POSITION, nowMs);
                });
        encoder.wrap(command, 0, 2_048).beginBatch();
        encoder.add(other, 0, 16, 1);
        encoder.removeIfVersion(heapKey, 0, 16, -1);
        final int refused = encoder.endBatch();
        assertNoAllocation(
                Status.VERSION_MISMATCH,
                i -> store.apply(command, 0, refused, StoreWriter.NEXT_POSITION, nowMs));
        assertNoAllocation(Status.MALFORMED, i -> store.apply(command, 1, refused, 0, nowMs));
        assertNoAllocation(0, i -> store.writer().sweepSegment(i, nowMs));
    }
}
