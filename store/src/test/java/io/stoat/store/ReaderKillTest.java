package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers in JVMs of their own are killed in the middle of their reads; the writer never notices.
 * {@code -Dstoat.kills=1000} makes it long.
 */
class ReaderKillTest {
    private static final int DEFAULT_KILLS = 100;
    private static final int READERS_AT_ONCE = 2;
    private static final long WRITES_AFTER_A_KILL = 10_000;
    private static final long DEADLINE_S = 20;
    private static final long WRITER_LIMIT_S = 550;

    @TempDir Path dir;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void shouldNotDisturbTheWriterWhenReadersAreKilled() {
        final int kills = Integer.getInteger("stoat.kills", DEFAULT_KILLS);
        try (ChildJvm writer =
                ChildJvm.fast(
                        HammerWriter.class, dir.resolve("d"), Long.MAX_VALUE, WRITER_LIMIT_S)) {
            writer.await("ready");
            try (StoreReader observer = StoreReader.attach(dir.resolve("d"))) {
                killReaders(kills, writer, observer);
                writer.send("stop");
                final long writes = Long.parseLong(writer.await("writes"));
                assertEquals(0, writer.exitCode());
                assertEveryValueIsThere(observer, writes);
                System.out.println("kills: " + kills + " readers, " + writes + " writes");
            }
        }
    }

    /** While one reader is killed, others start and read. */
    private void killReaders(final int kills, final ChildJvm writer, final StoreReader observer) {
        final ChildArchive archive = ChildArchive.train(dir, ChildTraining.class, dir);
        final Deque<ChildJvm> readers = new ArrayDeque<>();
        try {
            for (int kill = 0; kill < kills; kill++) {
                while (readers.size() < READERS_AT_ONCE) {
                    readers.add(archive.quick(HammerReader.class, dir.resolve("d")));
                }
                try (ChildJvm victim = readers.remove()) {
                    victim.await("reading");
                    victim.kill();
                }
                awaitWrites(observer, position(observer) + WRITES_AFTER_A_KILL, kill);
                assertTrue(writer.isAlive(), "the writer ended after kill " + kill);
            }
        } finally {
            readers.forEach(ChildJvm::close);
        }
    }

    private static void awaitWrites(final StoreReader observer, final long wanted, final int kill) {
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        while (position(observer) < wanted) {
            assertTrue(
                    deadlineNs - System.nanoTime() > 0, "writer stands still after kill " + kill);
            assertTrue(!Thread.interrupted(), "interrupted");
            LockSupport.parkNanos(100_000);
        }
    }

    private static long position(final StoreReader observer) {
        return observer.stat().shards().stream().mapToLong(ShardStat::appliedPosition).sum();
    }

    /**
     * A put raises its key's tick by one, so the ticks together tell whether a write is missing.
     */
    private static void assertEveryValueIsThere(final StoreReader observer, final long writes) {
        final UnsafeBuffer key = TestBytes.heap(16);
        final UnsafeBuffer copy = TestBytes.heap(HammerWriter.MAX_LENGTH);
        long ticks = 0;
        for (int id = 0; id < HammerWriter.KEYS; id++) {
            TestBytes.putKey(key, id);
            final int length = observer.get(key, 0, 16, copy, 0, copy.capacity());
            assertTrue(
                    CheckedValue.isWhole(copy, 0, length, id, HammerWriter.MAX_LENGTH),
                    "id=" + id + " length=" + length);
            ticks += copy.getLong(8);
        }
        assertEquals(HammerWriter.KEYS + writes, ticks);
    }
}
