package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All commands of a batch or none. */
class BatchTest {
    private static final long NOW_MS = 1_000;

    @TempDir Path temp;

    private final CommandEncoder encoder = new CommandEncoder();
    private final UnsafeBuffer buffer = TestBytes.direct(128 * 1024);
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(4_096);
    private Store store;
    private StoreWriter writer;

    @BeforeEach
    void open() {
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(temp.resolve("d"))
                                .shardCount(1)
                                .segmentsPerShard(2)
                                .entries(300)
                                .averageValueLength(64)
                                .maxValueLength(4_096));
        writer = store.writer();
        encoder.wrap(buffer, 0, buffer.capacity());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void put(final int mode, final long id, final int length, final long expected) {
        TestBytes.putKey(key, id);
        value.setMemory(0, length, (byte) (id + length));
        assertTrue(encoder.put(mode, key, 0, 16, value, 0, length, 0, false, expected) > 0);
    }

    private void put(final long id, final int length) {
        put(PutMode.ALWAYS, id, length, 0);
    }

    private void add(final long id, final long delta) {
        TestBytes.putKey(key, id);
        encoder.add(key, 0, 16, delta);
    }

    private void remove(final long id) {
        TestBytes.putKey(key, id);
        encoder.remove(key, 0, 16);
    }

    private void begin() {
        encoder.wrap(buffer, 0, buffer.capacity());
        assertEquals(Status.OK, encoder.beginBatch());
    }

    private int apply() {
        return writer.apply(buffer, 0, encoder.endBatch(), StoreWriter.NEXT_POSITION, NOW_MS);
    }

    private int length(final long id) {
        TestBytes.putKey(key, id);
        final int length = store.get(key, 0, 16, value, 0, value.capacity());
        for (int i = 0; i < length && length != 8; i++) {
            assertEquals((byte) (id + length), value.getByte(i));
        }
        return length;
    }

    @Test
    void shouldApplyAllCommandsAtOnePosition() {
        begin();
        put(1, 100);
        add(2, 5);
        put(PutMode.IF_ABSENT, 3, 0, 0);
        assertEquals(Status.OK, apply());
        assertEquals(3, writer.results());
        assertEquals(1, writer.version());
        assertEquals(1, writer.version(2));
        assertEquals(5, writer.counter(1));
        assertEquals(-1, writer.refusedIndex());
        assertEquals(100, length(1));
        assertEquals(0, length(3));
        assertEquals(3, store.size());

        begin();
        put(PutMode.IF_VERSION, 1, 101, 1);
        remove(3);
        remove(99);
        TestBytes.putKey(key, 2);
        encoder.touch(key, 0, 16, 10, true);
        assertEquals(Status.OK, apply());
        assertEquals(Status.NOT_FOUND, writer.status(2), "no refusal: nothing was expected");
        assertEquals(101, length(1));
        assertEquals(2, writer.appliedPosition(0));
        assertEquals(2, store.size());
    }

    @Test
    void shouldShowEachCommandWhatThoseBeforeItDid() {
        put(7, 50);
        assertEquals(Status.OK, writer.apply(buffer, 0, encoder.encodedLength(), 0, NOW_MS));
        begin();
        add(1, 2);
        add(1, 3);
        remove(7);
        put(PutMode.IF_ABSENT, 7, 20, 0);
        put(7, 90);
        put(8, 10);
        put(PutMode.IF_VERSION, 8, 30, 2);
        remove(8);
        put(9, 4);
        remove(9);
        put(PutMode.IF_ABSENT, 9, 12, 0);
        TestBytes.putKey(key, 9);
        encoder.touch(key, 0, 16, 5_000, false);
        assertEquals(Status.OK, apply(), () -> Status.nameOf(writer.status(writer.results() - 1)));
        assertEquals(5, writer.counter(1));
        assertEquals(90, length(7));
        assertEquals(Status.NOT_FOUND, length(8));
        TestBytes.putKey(key, 1);
        assertEquals(8, store.get(key, 0, 16, value, 0, 8));
        assertEquals(5, value.getLong(0));
        assertEquals(3, store.size());
        try (StoreReader reader =
                StoreReader.attach(
                        new ReaderContext().dataDir(temp.resolve("d")).epochClock(() -> NOW_MS))) {
            TestBytes.putKey(key, 9);
            assertEquals(12, reader.get(key, 0, 16, value, 0, 100));
            assertEquals(5_000, reader.expiresAtMs());
            assertEquals(2, reader.version());
        }
    }

    @Test
    void shouldChangeNothingWhenOneCommandIsRefused() {
        put(1, 100);
        assertEquals(Status.OK, writer.apply(buffer, 0, encoder.encodedLength(), 0, NOW_MS));
        final long before = writer.contentChecksum(NOW_MS);
        begin();
        put(1, 200);
        remove(1);
        put(2, 10);
        put(PutMode.IF_VERSION, 3, 10, 1);
        put(4, 10);
        assertEquals(Status.NOT_FOUND, apply());
        assertEquals(3, writer.refusedIndex());
        assertEquals(4, writer.results());
        assertEquals(before, writer.contentChecksum(NOW_MS));
        assertEquals(1, store.size());
        assertEquals(1, writer.appliedPosition(0));

        begin();
        put(PutMode.IF_ABSENT, 1, 5, 0);
        assertEquals(Status.ALREADY_EXISTS, apply());
        assertEquals(1, writer.version(), "the version found");
        begin();
        add(1, 1);
        assertEquals(Status.NOT_A_COUNTER, apply());
        begin();
        add(5, Long.MAX_VALUE);
        add(5, 1);
        assertEquals(Status.OVERFLOW, apply());
        assertEquals(1, writer.refusedIndex());
        begin();
        put(6, 4_097 - 1);
        final int length = encoder.encodedLength();
        buffer.putInt(32 + Command.VALUE_LENGTH_OFFSET, 4_097);
        encoder.endBatch();
        assertEquals(Status.MALFORMED, writer.apply(buffer, 0, length, 0, NOW_MS));
        assertEquals(before, writer.contentChecksum(NOW_MS));
    }

    @Test
    void shouldRefuseBatchesThatAreTooLargeOrOfSeveralShards() {
        begin();
        for (int i = 0; i < 17; i++) {
            put(i, 4_000);
        }
        assertEquals(Status.BATCH_TOO_LARGE, apply());
        assertEquals(16, writer.refusedIndex());
        assertEquals(0, store.size());
        begin();
        put(1, 4);
        put(2, 4);
        final int length = encoder.endBatch();
        buffer.putInt(Command.COUNT_OFFSET, 3);
        assertEquals(Status.MALFORMED, writer.apply(buffer, 0, length, 0, NOW_MS));
        assertEquals(2, writer.refusedIndex());
        try (Store many =
                Store.open(
                        new StoreContext().dataDir(temp.resolve("m")).shardCount(4).entries(100))) {
            begin();
            for (int i = 0; i < 20; i++) {
                put(i, 4);
            }
            final int all = encoder.endBatch();
            assertEquals(
                    Status.WRONG_SHARD,
                    many.apply(buffer, 0, all, StoreWriter.NEXT_POSITION, NOW_MS));
            assertTrue(many.writer().refusedIndex() > 0);
            assertEquals(0, many.size());
        }
    }

    @Test
    void shouldCountEntriesThatABatchAddsAndRemoves() {
        for (int i = 0; i < 299; i++) {
            TestBytes.putKey(key, i);
            assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 8, 0));
        }
        begin();
        put(1_000, 8);
        put(1_001, 8);
        assertEquals(Status.STORE_FULL, apply());
        assertEquals(1, writer.refusedIndex());
        begin();
        put(1_000, 8);
        remove(0);
        put(1_001, 8);
        assertEquals(Status.OK, apply());
        assertEquals(300, store.size());
    }

    /** The map runs out of room in the middle of batches; the model says what must be there. */
    @Test
    void shouldTakeBackABatchThatFindsNoRoom() {
        final long seed = Long.getLong("stoat.seed", System.nanoTime());
        final Random random = new Random(seed);
        final int keys = 150;
        final int[] model = new int[keys];
        java.util.Arrays.fill(model, Status.NOT_FOUND);
        int full = 0;
        int applied = 0;
        for (int round = 0; round < 3_000; round++) {
            final int[] next = model.clone();
            begin();
            for (int n = 1 + random.nextInt(12); n > 0; n--) {
                final int id = random.nextInt(keys);
                if (random.nextInt(4) == 0) {
                    remove(id);
                    next[id] = Status.NOT_FOUND;
                } else {
                    final int length =
                            random.nextInt(3) == 0 ? random.nextInt(4_000) : random.nextInt(200);
                    // eight bytes have no pattern in this test
                    next[id] = length == 8 ? 9 : length;
                    put(id, next[id]);
                }
            }
            final int status = apply();
            if (status == Status.OK) {
                System.arraycopy(next, 0, model, 0, keys);
                applied++;
            } else {
                assertEquals(Status.STORE_FULL, status, "seed " + seed);
                assertTrue(writer.outOfSpace());
                full++;
            }
            final int id = random.nextInt(keys);
            assertEquals(model[id], length(id), "seed " + seed + " round " + round);
            if (round % 200 == 0) {
                check(model, "seed " + seed + " round " + round);
            }
        }
        check(model, "seed " + seed);
        assertTrue(full > 20 && applied > 20, "full " + full + " applied " + applied);
    }

    private void check(final int[] model, final String message) {
        int size = 0;
        try (StoreReader reader =
                StoreReader.attach(
                        new ReaderContext().dataDir(temp.resolve("d")).verifyChecksums(true))) {
            for (int id = 0; id < model.length; id++) {
                assertEquals(model[id], length(id), message + " id " + id);
                assertEquals(
                        model[id], reader.get(key, 0, 16, value, 0, value.capacity()), message);
                size += model[id] < 0 ? 0 : 1;
            }
        }
        assertEquals(size, store.size(), message);
    }
}
