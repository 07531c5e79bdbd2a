package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SnapshotReadTest {
    private static final int KEYS = 24;
    private static final int MAX_LENGTH = 64;
    private static final int READS = 100_000;
    private static final int READS_BETWEEN_PUTS = 200;
    private static final long DEADLINE_S = 30;

    @TempDir Path dir;

    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);

    /**
     * Gives every key the same round, one after the other, so that at any moment the keys' rounds
     * fall by at most one, and nowhere rise, from the first key to the last.
     */
    private static final class RoundWriter implements Runnable {
        private final UnsafeBuffer key = TestBytes.heap(16);
        private final UnsafeBuffer value = TestBytes.direct(MAX_LENGTH);
        private final Store store;
        private volatile boolean stopped;
        private volatile Throwable failure;
        private int random = 1;

        RoundWriter(final Store store) {
            this.store = store;
        }

        @Override
        public void run() {
            try {
                for (long round = 1; !stopped && !Thread.interrupted(); round++) {
                    write(round);
                }
            } catch (final Throwable ex) {
                failure = ex;
            }
        }

        void write(final long round) {
            for (int id = 0; id < KEYS; id++) {
                assertEquals(Status.OK, put(store, key, value, id, round, 0));
                pause();
            }
        }

        /** Mostly none, so that a read meets several puts; else a window for a read. */
        private void pause() {
            random = random * 1_103_515_245 + 12_345;
            if ((random >>> 28 & 3) == 0) {
                for (int i = random >>> 16 & 0x3FF; i > 0; i--) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** A value of words that all say the round; its length changes every other round. */
    private static int put(
            final Store store,
            final UnsafeBuffer key,
            final UnsafeBuffer value,
            final long id,
            final long round,
            final long expiresAtMs) {
        TestBytes.putKey(key, id);
        final int length = 8 + 8 * (int) (round >> 1 & 7);
        for (int at = 0; at < length; at += 8) {
            value.putLong(at, round);
        }
        return store.put(key, 0, 16, value, 0, length, expiresAtMs);
    }

    private int put(final Store store, final long id, final long round, final long expiresAtMs) {
        return put(store, key, value, id, round, expiresAtMs);
    }

    private StoreContext context(final int shards, final int segments) {
        return new StoreContext()
                .dataDir(dir.resolve("d"))
                .shardCount(shards)
                .segmentsPerShard(segments)
                .entries(1_000)
                .maxValueLength(MAX_LENGTH);
    }

    private void add(final SnapshotRead snapshot, final long id) {
        TestBytes.putKey(key, id);
        snapshot.addKey(key, 0, 16);
    }

    /** The round that a key's copied value says, which must be whole. */
    private static long round(final SnapshotRead snapshot, final int index) {
        final int length = snapshot.valueLength(index);
        assertTrue(length >= 8, "key " + index + ": " + length);
        final int offset = snapshot.valueOffset(index);
        final long round = snapshot.buffer().getLong(offset);
        assertEquals(8 + 8 * (int) (round >> 1 & 7), length);
        for (int at = 8; at < length; at += 8) {
            assertEquals(round, snapshot.buffer().getLong(offset + at));
        }
        return round;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 16", "3, 4"})
    void shouldReadSeveralKeysAsOfOneMoment(final int shards, final int segments)
            throws InterruptedException {
        try (Store store = Store.open(context(shards, segments));
                StoreReader reader = StoreReader.attach(dir.resolve("d"))) {
            final RoundWriter writer = new RoundWriter(store);
            writer.write(0);
            final Thread thread = new Thread(writer, "round-writer");
            thread.start();
            try {
                readWhileRoundsChange(reader.newSnapshotRead(KEYS, KEYS * MAX_LENGTH));
            } finally {
                writer.stopped = true;
                thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_S));
                assertTrue(!thread.isAlive(), "the writer hangs");
            }
            assertNull(writer.failure);
        }
    }

    private void readWhileRoundsChange(final SnapshotRead snapshot) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        long inTheMiddle = 0;
        long betweenRounds = 0;
        long last = 0;
        for (int reads = 0;
                reads < READS
                        || inTheMiddle < READS_BETWEEN_PUTS
                        || betweenRounds < READS_BETWEEN_PUTS;
                reads++) {
            assertTrue(deadlineNs - System.nanoTime() > 0, "reads=" + reads);
            assertTrue(!Thread.interrupted(), "interrupted");
            final boolean forwards = reads % 2 == 0;
            snapshot.reset();
            for (int i = 0; i < KEYS; i++) {
                add(snapshot, forwards ? i : KEYS - 1 - i);
            }
            assertEquals("OK", Status.nameOf(snapshot.read()));
            final long first = round(snapshot, forwards ? 0 : KEYS - 1);
            assertTrue(first >= last, "round " + last + " was read before round " + first);
            last = first;
            long before = first;
            for (int id = 1; id < KEYS; id++) {
                final long round = round(snapshot, forwards ? id : KEYS - 1 - id);
                assertTrue(
                        round <= before && round >= first - 1,
                        "key " + id + " has " + round + ", one before it " + before);
                before = round;
            }
            if (before == first) {
                betweenRounds++;
            } else {
                inTheMiddle++;
            }
        }
    }

    /** What the snapshot is for. */
    @Test
    void shouldSeeWhatGetsOneByOneMiss() {
        try (Store store = Store.open(context(2, 4));
                StoreReader reader = StoreReader.attach(dir.resolve("d"))) {
            final RoundWriter writer = new RoundWriter(store);
            final SnapshotRead snapshot = reader.newSnapshotRead(2, 2 * MAX_LENGTH);
            writer.write(1);
            final long first = get(reader, 0);
            writer.write(2);
            final long second = get(reader, 1);
            assertTrue(second > first, "no moment had these two");
            add(snapshot, 0);
            add(snapshot, 1);
            assertEquals(Status.OK, snapshot.read());
            assertEquals(2, round(snapshot, 0));
            assertEquals(2, round(snapshot, 1));
            assertEquals(store.version(), versionOf(reader, KEYS - 1));
            assertEquals(versionOf(reader, 1), snapshot.version(1));
        }
    }

    private long get(final StoreReader reader, final long id) {
        TestBytes.putKey(key, id);
        assertTrue(reader.get(key, 0, 16, value, 0, MAX_LENGTH) >= 8);
        return value.getLong(0);
    }

    private long versionOf(final StoreReader reader, final long id) {
        get(reader, id);
        return reader.version();
    }

    @Test
    void shouldExpireAllKeysByOneLookAtTheClock() {
        final long[] timeMs = {999};
        final EpochClock ticking = () -> timeMs[0]++;
        try (Store store = Store.open(context(1, 1));
                StoreReader reader =
                        StoreReader.attach(
                                new ReaderContext()
                                        .dataDir(dir.resolve("d"))
                                        .epochClock(ticking))) {
            assertEquals(Status.OK, put(store, 0, 1, 1_000));
            assertEquals(Status.OK, put(store, 1, 1, 1_000));
            final SnapshotRead snapshot = reader.newSnapshotRead(2, 2 * MAX_LENGTH);
            add(snapshot, 0);
            add(snapshot, 1);
            assertEquals(Status.OK, snapshot.read());
            assertEquals(1, round(snapshot, 0));
            assertEquals(1, round(snapshot, 1));
            assertEquals(Status.OK, snapshot.read());
            assertEquals(Status.NOT_FOUND, snapshot.valueLength(0));
            assertEquals(Status.NOT_FOUND, snapshot.valueLength(1));
            assertEquals(0, snapshot.version(1));
        }
    }

    @Test
    void shouldNotCountExpiredValuesAgainstTheRoom() {
        try (Store store = Store.open(context(1, 1));
                StoreReader reader = StoreReader.attach(dir.resolve("d"))) {
            assertEquals(Status.OK, put(store, 0, 14, 1));
            assertEquals(Status.OK, put(store, 1, 14, 0));
            final SnapshotRead snapshot = reader.newSnapshotRead(3, MAX_LENGTH);
            add(snapshot, 0);
            add(snapshot, 1);
            assertEquals("OK", Status.nameOf(snapshot.read()));
            assertEquals(14, round(snapshot, 1));
            add(snapshot, 1);
            assertEquals(Status.BUFFER_TOO_SMALL, snapshot.read());
        }
    }

    @Test
    void shouldTellAbsentKeysTooLittleRoomAndTooManyKeys() {
        final StoreReader reader;
        final SnapshotRead snapshot;
        try (Store store = Store.open(context(2, 1))) {
            assertEquals(Status.OK, put(store, 0, 14, 0));
            assertEquals(Status.OK, put(store, 1, 0, 0));
            reader = StoreReader.attach(dir.resolve("d"));
            snapshot = reader.newSnapshotRead(3, MAX_LENGTH + 8);
            assertEquals(Status.OK, snapshot.read(), "no keys");
            assertEquals(Status.KEY_LENGTH_INVALID, snapshot.addKey(key, 0, 0));
            assertEquals(Status.KEY_LENGTH_INVALID, snapshot.addKey(key, 0, 1_025));
            add(snapshot, 0);
            add(snapshot, 99);
            add(snapshot, 1);
            assertEquals(Status.OK, snapshot.read());
            assertEquals(14, round(snapshot, 0));
            assertEquals(Status.NOT_FOUND, snapshot.valueLength(1));
            assertEquals(0, snapshot.version(1));
            assertEquals(0, round(snapshot, 2));
            assertThrows(IllegalStateException.class, () -> add(snapshot, 2));
            assertEquals(Status.OK, put(store, 1, 2, 0));
            assertEquals(Status.BUFFER_TOO_SMALL, snapshot.read());
            snapshot.reset();
            add(snapshot, 1);
            assertEquals(Status.OK, snapshot.read());
            assertEquals(2, round(snapshot, 0));
        }
        reader.close();
        assertEquals(Status.CLOSED, snapshot.read());
    }
}
