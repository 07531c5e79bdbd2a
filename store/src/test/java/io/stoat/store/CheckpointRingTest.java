package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The writer changes more entries than {@link CheckpointImages} has room for while the copier is
 * held up: it waits for room, or gives the checkpoint up, and nothing is wrong either way.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CheckpointRingTest {
    private static final int LENGTH = 1_000;
    private static final int KEYS = 300;
    private static final long FOR_EVER_NS = TimeUnit.HOURS.toNanos(1);

    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(8);
    private final UnsafeBuffer value = TestBytes.heap(LENGTH);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Map<Long, Long> copied = new HashMap<>();
    private final Map<Long, Long> held = new HashMap<>();
    private Store store;
    private StoreWriter writer;
    private CommandEncoder encoder;
    private UnsafeBuffer command;
    private long position;

    @BeforeEach
    void open() {
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(dir.resolve("d"))
                                .shardCount(1)
                                .segmentsPerShard(2)
                                .entries(2 * KEYS)
                                .maxValueLength(LENGTH)
                                .averageValueLength(LENGTH)
                                .averageKeyLength(8));
        writer = store.writer();
        encoder = new CommandEncoder();
        command = TestBytes.direct(4 * LENGTH);
        for (long id = 0; id < KEYS; id++) {
            put(id, id);
        }
        writer.forEachEntry((k, v, version, expiry) -> held.put(k.getLong(0), v.getLong(0)));
        assertEquals(KEYS, held.size());
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void shouldWaitForRoomAndHandOverEachEntryAsItWas() throws InterruptedException {
        // less room than the entries take together, so that all of them cannot wait in it
        final CheckpointImages images = new CheckpointImages(LENGTH, 16 * 1024, FOR_EVER_NS);
        final Checkpoint checkpoint = writer.beginCheckpoint(images, position);
        // the copier stands still until the writer waits for room
        final Thread itself = Thread.currentThread();
        final Thread copier = copier(checkpoint, () -> awaitWaiting(itself));
        changeAll();
        copier.join();
        assertNull(failure.get());
        assertEquals(held, copied);
        assertTrue(checkpoint.waitedNs() > 0, "the writer never waited");
        assertTrue(checkpoint.savedImages() > 16, "few entries were handed over");
        writer.endCheckpoint();
        assertChanged();
    }

    @Test
    void shouldGiveTheCheckpointUpWhenNoRoomComes() throws InterruptedException {
        final CheckpointImages images = new CheckpointImages(LENGTH, 16 * 1024, 1_000_000);
        final Checkpoint checkpoint = writer.beginCheckpoint(images, position);
        final CountDownLatch changed = new CountDownLatch(1);
        final Thread copier = copier(checkpoint, () -> await(changed));
        changeAll();
        assertTrue(checkpoint.isEnded());
        assertTrue(checkpoint.waitedNs() >= 1_000_000);
        changed.countDown();
        copier.join();
        final StoreException refusal = assertInstanceOf(StoreException.class, failure.get());
        assertTrue(refusal.getMessage().contains("abandoned"), refusal.getMessage());
        writer.endCheckpoint();
        assertChanged();

        // the next one has all the room, and holds what is there now
        held.clear();
        copied.clear();
        failure.set(null);
        writer.forEachEntry((k, v, version, expiry) -> held.put(k.getLong(0), v.getLong(0)));
        final Checkpoint next = writer.beginCheckpoint(images, position);
        copier(next, () -> {}).join();
        assertNull(failure.get());
        assertEquals(held, copied);
        writer.endCheckpoint();
    }

    /** Starts one that is held up at its first entry, and returns once it is there. */
    private Thread copier(final Checkpoint checkpoint, final Runnable hold)
            throws InterruptedException {
        final CountDownLatch isHeld = new CountDownLatch(1);
        final EntryVisitor visitor =
                (k, v, version, expiry) -> {
                    final Long before = copied.put(k.getLong(0), v.getLong(0));
                    assertTrue(before == null || before == v.getLong(0));
                    if (isHeld.getCount() > 0) {
                        isHeld.countDown();
                        hold.run();
                    }
                };
        final Thread copier =
                new Thread(
                        () -> {
                            try {
                                checkpoint.copy(visitor);
                            } catch (final Throwable ex) {
                                failure.set(ex);
                            }
                        },
                        "checkpoint-copier");
        copier.start();
        isHeld.await();
        return copier;
    }

    /** Nothing else lets the writer wait for a time. */
    private static void awaitWaiting(final Thread writerThread) {
        while (writerThread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private void changeAll() {
        for (long id = 0; id < KEYS; id++) {
            if (id % 3 == 0) {
                remove(id);
            } else {
                put(id, -id);
            }
        }
    }

    private void assertChanged() {
        final Map<Long, Long> expected = new HashMap<>();
        for (long id = 0; id < KEYS; id++) {
            if (id % 3 != 0) {
                expected.put(id, -id);
            }
        }
        final Map<Long, Long> found = new HashMap<>();
        writer.forEachEntry((k, v, version, expiry) -> found.put(k.getLong(0), v.getLong(0)));
        assertEquals(expected, found);
    }

    private void put(final long id, final long content) {
        key.putLong(0, id);
        value.putLong(0, content);
        encoder.wrap(command, 0, command.capacity());
        encoder.put(PutMode.ALWAYS, key, 0, 8, value, 0, LENGTH, 0, false, 0);
        apply();
    }

    private void remove(final long id) {
        key.putLong(0, id);
        encoder.wrap(command, 0, command.capacity());
        encoder.remove(key, 0, 8);
        apply();
    }

    private void apply() {
        position++;
        assertEquals(Status.OK, writer.apply(command, 0, encoder.encodedLength(), position, 1));
    }
}
