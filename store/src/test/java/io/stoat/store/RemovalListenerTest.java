package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovalListenerTest {
    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(8);
    private final List<String> told = new ArrayList<>();
    private long nowMs = 1_000;

    private Store open() {
        return Store.open(
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(1)
                        .entries(64)
                        .maxValueLength(8)
                        .eviction(Eviction.OLDEST_WRITE)
                        .heartbeatThread(false)
                        .epochClock(() -> nowMs));
    }

    private StoreWriter listened(final Store store) {
        final StoreWriter writer = store.newWriter(0, 1);
        writer.removalListener(
                (shard, evicted, position, version, buffer, offset, length) ->
                        told.add(
                                (evicted ? "evicted " : "expired ")
                                        + buffer.getLong(offset)
                                        + " of shard "
                                        + shard
                                        + " written by "
                                        + version
                                        + " after "
                                        + position
                                        + " length "
                                        + length));
        return writer;
    }

    private int put(final StoreWriter writer, final long id, final long expiresAtMs) {
        key.putLong(0, id);
        return writer.put(PutMode.ALWAYS, key, 0, 16, value, 0, 8, expiresAtMs, 0);
    }

    @Test
    void shouldTellWhatASweepRemoves() {
        try (Store store = open()) {
            final StoreWriter writer = listened(store);
            assertEquals(Status.OK, put(writer, 1, 1_500));
            assertEquals(Status.OK, put(writer, 2, 0));
            writer.sweep(nowMs, 10_000);
            assertEquals(List.of(), told);
            nowMs = 1_500;
            writer.sweep(nowMs, 10_000);
            assertEquals(List.of("expired 1 of shard 0 written by 1 after 2 length 16"), told);
        }
    }

    @Test
    void shouldTellOfAnExpiredEntryThatARemoveFinds() {
        try (Store store = open()) {
            final StoreWriter writer = listened(store);
            assertEquals(Status.OK, put(writer, 1, 1_500));
            nowMs = 1_500;
            assertEquals(Status.NOT_FOUND, writer.remove(PutMode.ALWAYS, key, 0, 16, 0));
            assertEquals(List.of("expired 1 of shard 0 written by 1 after 1 length 16"), told);
        }
    }

    @Test
    void shouldNotTellOfWhatACommandRemovesOrReplaces() {
        try (Store store = open()) {
            final StoreWriter writer = listened(store);
            assertEquals(Status.OK, put(writer, 1, 0));
            assertEquals(Status.OK, put(writer, 1, 1_500));
            nowMs = 2_000;
            assertEquals(Status.OK, put(writer, 1, 0));
            assertEquals(Status.OK, writer.remove(PutMode.ALWAYS, key, 0, 16, 0));
            assertEquals(List.of(), told);
        }
    }

    @Test
    void shouldTellOfVictimsInTheOrderOfTheirEviction() {
        try (Store store = open()) {
            final StoreWriter writer = listened(store);
            long puts = 0;
            while (told.size() < 3) {
                assertEquals(Status.OK, put(writer, puts, 0));
                puts++;
            }
            for (int i = 0; i < 3; i++) {
                assertTrue(
                        told.get(i)
                                .startsWith("evicted " + i + " of shard 0 written by " + (i + 1)),
                        told.toString());
            }
            // the last victim made room for the last put, which came after it
            assertTrue(told.get(2).contains(" after " + (puts - 1) + " "), told + " of " + puts);
        }
    }

    @Test
    void shouldAllocateNothing() {
        final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
        final long[] removed = {0};
        try (Store store = open()) {
            final StoreWriter writer = store.newWriter(0, 1);
            writer.removalListener(
                    (shard, evicted, position, version, buffer, offset, length) ->
                            removed[0] += length);
            for (int i = 0; i < 20_000; i++) {
                put(writer, i, 0);
            }
            final long thread = Thread.currentThread().getId();
            final long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 1_000; i++) {
                put(writer, i, 0);
            }
            final long allocated = threads.getThreadAllocatedBytes(thread) - before;
            assertTrue(removed[0] > 16 * 1_000);
            assertTrue(allocated < 1_000, allocated + " bytes");
        }
    }
}
