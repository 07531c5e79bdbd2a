package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
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
 *
 * <p>What that means does not hang on how fast the host is: the writing thread never waited, slept,
 * parked or was blocked; and a pause that belongs to a kill would follow nearly every kill, while
 * what the host does falls as well on as many writes without one, so that the median of the longest
 * gaps after kills must not exceed the longest gap of those. No write is lost.
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
                assertEquals("0", writer.await("waits"), "waits of the writing thread");
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
        final long[] gapsNs = new long[kills];
        final long[] calmGapsNs = new long[kills];
        try {
            for (int kill = 0; kill < kills; kill++) {
                while (readers.size() < READERS_AT_ONCE) {
                    readers.add(archive.quick(HammerReader.class, dir.resolve("d")));
                }
                try (ChildJvm victim = readers.remove()) {
                    victim.await("reading");
                    calmGapsNs[kill] = gapNs(writer, observer, kill, () -> {});
                    gapsNs[kill] = gapNs(writer, observer, kill, victim::kill);
                }
                assertTrue(writer.isAlive(), "the writer ended after kill " + kill);
            }
            assertNoPauseBelongsToKills(gapsNs, calmGapsNs);
        } finally {
            readers.forEach(ChildJvm::close);
        }
    }

    /** The writer's longest gap from an event until it has written a good deal more. */
    private static long gapNs(
            final ChildJvm writer,
            final StoreReader observer,
            final int kill,
            final Runnable event) {
        takeGapNs(writer);
        event.run();
        awaitWrites(observer, position(observer) + WRITES_AFTER_A_KILL, kill);
        return takeGapNs(writer);
    }

    private static long takeGapNs(final ChildJvm writer) {
        writer.send("gap");
        return Long.parseLong(writer.await("gap"));
    }

    private static void assertNoPauseBelongsToKills(final long[] gapsNs, final long[] calmGapsNs) {
        Arrays.sort(gapsNs);
        Arrays.sort(calmGapsNs);
        final long median = gapsNs[gapsNs.length / 2];
        final long longestCalm = calmGapsNs[calmGapsNs.length - 1];
        System.out.println(
                "gaps: median " + median + " ns after kills, at most " + longestCalm + " without");
        assertTrue(
                median <= longestCalm,
                "half of the kills stopped the writer for "
                        + median
                        + " ns or more, nothing else for more than "
                        + longestCalm);
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
