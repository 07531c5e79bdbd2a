package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreScanTest {
    @TempDir Path dir;
    private long nowMs = 1_000;

    private Store open(final int entries, final int averageValueLength) {
        return Store.open(
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(3)
                        .segmentsPerShard(2)
                        .entries(entries)
                        .averageValueLength(averageValueLength)
                        .maxValueLength(600)
                        .heartbeatThread(false)
                        .epochClock(() -> nowMs));
    }

    private StoreReader attach() {
        return StoreReader.attach(new ReaderContext().dataDir(dir).epochClock(() -> nowMs));
    }

    private static UnsafeBuffer key(final String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> scan(final StoreScan scan) {
        final Map<String, String> found = new HashMap<>();
        final int status =
                scan.forEach(
                        entry -> {
                            assertTrue(entry.isSound());
                            final String key =
                                    entry.buffer()
                                            .getStringWithoutLengthUtf8(
                                                    entry.keyOffset(), entry.keyLength());
                            final String value =
                                    entry.valueLength()
                                            + "@"
                                            + entry.version()
                                            + "@"
                                            + entry.expiresAtMs();
                            assertEquals(null, found.put(key, value), "twice: " + key);
                            return true;
                        });
        assertEquals("OK", Status.nameOf(status));
        return found;
    }

    /** Long values in a store sized for short ones: the chains of extra tiers are walked too. */
    @Test
    void shouldVisitExactlyTheLiveEntries() {
        final Random random = new Random(11);
        final Map<String, String> expected = new HashMap<>();
        final UnsafeBuffer value = new UnsafeBuffer(new byte[600]);
        try (Store store = open(3_000, 40);
                StoreReader reader = attach()) {
            for (int i = 0; i < 6_000; i++) {
                final String text = (i % 2 == 0 ? "A:" : "B:") + random.nextInt(900);
                final UnsafeBuffer key = key(text);
                if (random.nextInt(4) == 0) {
                    store.remove(key, 0, key.capacity());
                    expected.remove(text);
                } else {
                    final int length = random.nextInt(600);
                    final long expiry = random.nextInt(5) == 0 ? 2_000 : 0;
                    assertEquals(
                            Status.OK, store.put(key, 0, key.capacity(), value, 0, length, expiry));
                    expected.put(text, length + "@" + store.version() + "@" + expiry);
                }
            }
            final StoreScan scan = reader.newScan();
            assertEquals(expected, scan(scan));
            assertEquals(0, scan.busySegments());

            final UnsafeBuffer prefix = key("xB:");
            final Map<String, String> ofB = new HashMap<>(expected);
            ofB.keySet().removeIf(text -> !text.startsWith("B:"));
            assertEquals(ofB, scan(scan.prefix(prefix, 1, 2)));

            nowMs = 3_000;
            expected.values().removeIf(text -> text.endsWith("@2000"));
            assertEquals(expected, scan(scan.prefix(prefix, 0, 0)));

            final int[] seen = {0};
            assertEquals(Status.OK, scan.forEach(entry -> ++seen[0] < 5));
            assertEquals(5, seen[0]);
            reader.close();
            assertEquals(Status.CLOSED, scan.forEach(entry -> true));
        }
    }

    /** Keys that stay are visited whole while their neighbours come, grow and go. */
    @Test
    void shouldVisitWhatStaysWhileTheWriterWrites() throws InterruptedException {
        final int stay = 300;
        try (Store store = open(4 * stay, 200)) {
            final UnsafeBuffer key = TestBytes.heap(16);
            final UnsafeBuffer value = TestBytes.heap(600);
            for (int id = 0; id < stay; id++) {
                TestBytes.putKey(key, id);
                store.put(key, 0, 16, value, 0, CheckedValue.write(value, id, 1, 600), 0);
            }
            final AtomicBoolean running = new AtomicBoolean(true);
            final Thread writer =
                    new Thread(
                            () -> {
                                final Random random = new Random(5);
                                for (long tick = 2; running.get(); tick++) {
                                    final int id = stay + random.nextInt(stay);
                                    TestBytes.putKey(key, id);
                                    if (random.nextInt(3) == 0) {
                                        store.remove(key, 0, 16);
                                    } else {
                                        final int length = CheckedValue.write(value, id, tick, 600);
                                        store.put(key, 0, 16, value, 0, length, 0);
                                    }
                                }
                            });
            writer.start();
            try (StoreReader reader = attach()) {
                final StoreScan scan = reader.newScan();
                final boolean[] seen = new boolean[2 * stay];
                for (int round = 0; round < 50; round++) {
                    java.util.Arrays.fill(seen, false);
                    final int status =
                            scan.forEach(
                                    entry -> {
                                        final int id =
                                                (int) entry.buffer().getLong(entry.keyOffset() + 8);
                                        seen[id] = true;
                                        assertTrue(
                                                CheckedValue.isWhole(
                                                        entry.buffer(),
                                                        entry.valueOffset(),
                                                        entry.valueLength(),
                                                        id,
                                                        600));
                                        return true;
                                    });
                    assertEquals("OK", Status.nameOf(status));
                    for (int id = 0; id < stay && scan.busySegments() == 0; id++) {
                        assertTrue(seen[id], "round " + round + " missed " + id);
                    }
                }
            } finally {
                running.set(false);
                writer.join();
            }
        }
    }
}
