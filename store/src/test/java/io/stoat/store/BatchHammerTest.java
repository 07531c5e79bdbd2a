package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches written in another JVM, read here as of one moment: all of one or nothing of it. */
class BatchHammerTest {
    private static final long BATCHES = Long.getLong("stoat.hammer.batches", 200_000);
    private static final int KEYS = BatchHammerWriter.KEYS;

    @TempDir Path temp;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void shouldNeverReadHalfABatch() throws Exception {
        final Path dir = temp.resolve("d");
        try (ChildJvm writer = ChildJvm.fast(BatchHammerWriter.class, dir, BATCHES, 20)) {
            writer.await("ready");
            final AtomicLong batches = new AtomicLong();
            final Thread listener =
                    new Thread(() -> batches.set(Long.parseLong(writer.await("batches"))));
            listener.start();
            long reads = 0;
            long changes = 0;
            try (StoreReader reader = StoreReader.attach(dir)) {
                final SnapshotRead snapshot =
                        reader.newSnapshotRead(KEYS, KEYS * BatchHammerWriter.MAX_LENGTH);
                final UnsafeBuffer key = TestBytes.heap(16);
                for (int id = 0; id < KEYS; id++) {
                    TestBytes.putKey(key, id);
                    snapshot.addKey(key, 0, 16);
                }
                long last = 0;
                while (batches.get() == 0 || reads < 1_000) {
                    assertEquals(Status.OK, snapshot.read());
                    final long tick = tickOfAll(snapshot);
                    assertTrue(tick == 0 || tick >= last, "back from " + last + " to " + tick);
                    changes += tick != last && tick != 0 ? 1 : 0;
                    last = Math.max(last, tick);
                    reads++;
                }
                assertTrue(reader.retries() > 0, "no read met a batch: the test lost its point");
            }
            listener.join();
            assertTrue(changes > 100, "changes=" + changes + " reads=" + reads);
            writer.send("close");
            assertEquals(0, writer.exitCode());
        }
    }

    /** The tick that all values have, or 0 when none of the keys is there. */
    private static long tickOfAll(final SnapshotRead snapshot) {
        long tick = -1;
        for (int id = 0; id < KEYS; id++) {
            final int length = snapshot.valueLength(id);
            long own = 0;
            if (length >= 0) {
                final int offset = snapshot.valueOffset(id);
                assertTrue(
                        CheckedValue.isWhole(
                                snapshot.buffer(),
                                offset,
                                length,
                                id,
                                BatchHammerWriter.MAX_LENGTH));
                own = snapshot.buffer().getLong(offset + 8);
            }
            assertTrue(tick == -1 || tick == own, "ticks " + tick + " and " + own + " together");
            tick = own;
        }
        return tick;
    }
}
