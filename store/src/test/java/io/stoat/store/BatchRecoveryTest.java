package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next owner makes of the batch that a killed one was at: a copy of its files. */
class BatchRecoveryTest {
    private static final long POSITION = 1_000;

    @TempDir Path temp;

    private final UnsafeBuffer key = TestBytes.direct(16);
    private final UnsafeBuffer value = TestBytes.direct(4_096);
    private Store store;
    private ControlFile control;
    private RedoSlot redo;
    private BatchPlan plan;

    @BeforeEach
    void open() {
        store = Store.open(context("d"));
        control = ControlFile.open(ShardFiles.control(temp.resolve("d"), 0), 0, true);
        redo = control.redoSlot();
        plan = new BatchPlan(redo);
        for (int id = 0; id < 20; id++) {
            put(id, 100);
        }
        plan.begin();
    }

    @AfterEach
    void close() {
        redo.disarm();
        control.close();
        store.close();
    }

    private StoreContext context(final String name) {
        return new StoreContext()
                .dataDir(temp.resolve(name))
                .shardCount(1)
                .segmentsPerShard(1)
                .entries(200)
                .averageValueLength(64)
                .maxValueLength(4_096);
    }

    private void put(final long id, final int length) {
        assertEquals(Status.OK, tryPut(id, length));
    }

    private int tryPut(final long id, final int length) {
        TestBytes.putKey(key, id);
        value.setMemory(0, length, (byte) (id + length));
        return store.put(key, 0, 16, value, 0, length, 0);
    }

    private void planPut(final long id, final int length, final int oldLength) {
        TestBytes.putKey(key, id);
        value.setMemory(0, length, (byte) (id + length));
        final long hash = XxHash64.hash(key, 0, 16);
        final UnsafeBuffer old = TestBytes.direct(4_200);
        if (oldLength >= 0) {
            final UnsafeBuffer payload = TestBytes.direct(oldLength);
            payload.setMemory(0, oldLength, (byte) (id + oldLength));
            ValueDescriptor.write(
                    old.addressOffset(),
                    7,
                    0,
                    ValueDescriptor.checksum(hash, 7, 0, null, payload.addressOffset(), oldLength),
                    null,
                    payload.addressOffset(),
                    oldLength);
        }
        assertTrue(
                plan.put(
                        BatchPlan.NONE,
                        key.byteArray(),
                        key.addressOffset(),
                        16,
                        hash,
                        oldLength < 0 ? -1 : oldLength + ValueDescriptor.HEADER_LENGTH,
                        old.addressOffset(),
                        POSITION,
                        0,
                        null,
                        value.addressOffset(),
                        length));
    }

    private void planRemove(final long id, final int oldLength) {
        TestBytes.putKey(key, id);
        assertTrue(
                plan.remove(
                        BatchPlan.NONE,
                        key.byteArray(),
                        key.addressOffset(),
                        16,
                        XxHash64.hash(key, 0, 16),
                        oldLength + ValueDescriptor.HEADER_LENGTH));
    }

    /** As a kill at this moment would leave the files. */
    private Store reopenCopy(final String name) throws IOException {
        final Path to = Files.createDirectory(temp.resolve(name));
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(temp.resolve("d"), "{shard-*,store.mark}")) {
            for (final Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        final Store reopened = Store.open(context(name));
        assertFalse(Files.exists(to.resolve("quarantine")), reopened.recovery().toString());
        assertEquals(1, reopened.recovery().shards());
        return reopened;
    }

    private int length(final Store from, final long id) {
        TestBytes.putKey(key, id);
        final int length = from.get(key, 0, 16, value, 0, value.capacity());
        for (int i = 0; i < length; i++) {
            assertEquals((byte) (id + length), value.getByte(i), "id " + id);
        }
        return length;
    }

    @Test
    void shouldApplyAnArmedBatchWhole() throws Exception {
        planPut(1, 100, 100);
        planPut(2, 40, 100);
        planPut(3, 300, 100);
        planPut(50, 60, -1);
        planRemove(4, 100);
        plan.arm(POSITION);
        // the owner came as far as half of an overwrite
        TestBytes.putKey(key, 1);
        final long hash = XxHash64.hash(key, 0, 16);
        try (MappedFile map =
                MappedFile.map(
                        ShardFiles.map(temp.resolve("d"), 0), true, control.mappedLength())) {
            final EntryFinder finder =
                    new EntryFinder(control.layout(), map.address(), map.length());
            assertEquals(EntryFinder.FOUND, finder.find(null, key.addressOffset(), 16, hash));
            UnsafeApi.setMemory(finder.valueAddress(), 64, (byte) 9);
        }
        try (Store next = reopenCopy("whole")) {
            assertEquals(1, next.recovery().commandsFinished());
            assertEquals(100, length(next, 1));
            assertEquals(40, length(next, 2));
            assertEquals(300, length(next, 3));
            assertEquals(60, length(next, 50));
            assertEquals(Status.NOT_FOUND, length(next, 4));
            assertEquals(100, length(next, 5));
            assertEquals(20, next.size());
            assertEquals(POSITION, next.writer().appliedPosition(0));
        }
    }

    @Test
    void shouldTakeAnArmedBatchBackThatHasNoRoom() throws Exception {
        int filler = 100;
        while (tryPut(filler, 4_000) == Status.OK) {
            filler++;
        }
        planPut(1, 300, 100);
        planPut(51, 30, -1);
        planPut(2, 4_000, 100);
        planPut(3, 50, 100);
        planRemove(4, 100);
        plan.arm(POSITION);
        try (Store next = reopenCopy("full")) {
            assertUnchanged(next, filler);
        }
    }

    @Test
    void shouldFinishTakingABatchBack() throws Exception {
        put(1, 300);
        put(51, 30);
        planPut(1, 300, 100);
        planPut(51, 30, -1);
        planPut(2, 4_000, 100);
        planPut(3, 50, 100);
        plan.arm(POSITION);
        redo.turnBack();
        try (Store next = reopenCopy("back")) {
            assertUnchanged(next, 100);
        }
    }

    private void assertUnchanged(final Store next, final int fillers) {
        assertEquals(0, next.recovery().commandsFinished());
        assertEquals(20 + fillers - 100, next.size());
        for (int id = 0; id < 20; id++) {
            assertEquals(100, length(next, id), "id " + id);
        }
        for (int id = 100; id < fillers; id++) {
            assertEquals(4_000, length(next, id));
        }
        assertEquals(Status.NOT_FOUND, length(next, 51));
        assertTrue(next.writer().appliedPosition(0) < POSITION);
    }

    @Test
    void shouldNotApplyADamagedBatch() throws Exception {
        planPut(1, 100, 100);
        planPut(2, 40, 100);
        plan.arm(POSITION);
        UnsafeApi.putByte(plan.valueAddress(0) + 30, (byte) 77);
        try (Store next = reopenCopy("damaged")) {
            assertUnchanged(next, 100);
        }
    }
}
