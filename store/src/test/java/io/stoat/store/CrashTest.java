package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL of the owner at any point: nothing acknowledged is lost, nothing torn is ever read. */
class CrashTest {
    private static final int KILLS = Integer.getInteger("stoat.test.kills", 200);
    private static final int LANES = 2;
    private static final long MAX_LIFE_NS = 60_000_000;

    @TempDir Path temp;

    /** Checks every value that it gets until it is told to end. */
    private static final class Checker implements Runnable {
        private final Path dir;
        private final AtomicLong reads = new AtomicLong();
        private final AtomicLong wrong = new AtomicLong();
        private volatile boolean running = true;

        Checker(final Path dir) {
            this.dir = dir;
        }

        @Override
        public void run() {
            final UnsafeBuffer key = TestBytes.heap(16);
            final UnsafeBuffer copy = TestBytes.heap(CrashWriter.MAX_LENGTH);
            try (StoreReader reader =
                    StoreReader.attach(new ReaderContext().dataDir(dir).staleAfterMs(300))) {
                for (int id = 0; running; id = (id + 1) % CrashWriter.KEYS) {
                    TestBytes.putKey(key, id);
                    final int length = reader.get(key, 0, 16, copy, 0, copy.capacity());
                    if (length >= 0) {
                        reads.incrementAndGet();
                        if (!CheckedValue.isWhole(copy, 0, length, id, CrashWriter.MAX_LENGTH)) {
                            wrong.incrementAndGet();
                        }
                    } else if (length != Status.NOT_FOUND && length != Status.OWNER_GONE) {
                        wrong.incrementAndGet();
                    }
                    // leaves a core to the writer
                    LockSupport.parkNanos(1_000);
                }
            }
        }
    }

    /** Two owners, each with a directory of its own, so that both cores are used. */
    @Test
    @Timeout(900)
    void shouldLoseNothingAcknowledgedWhenTheOwnerIsKilledAtAnyPoint() throws Exception {
        assertTrue(killOwners(KILLS, false) > 0, "no kill fell into a command");
    }

    @Test
    @Timeout(300)
    void shouldLoseNothingWhenTheOwnerIsKilledWhileTheStoreGrows() throws Exception {
        killOwners(Math.max(12, KILLS / 10), true);
        for (int lane = 0; lane < LANES; lane++) {
            try (StoreReader reader = StoreReader.attach(temp.resolve("lane-" + lane + "/d"))) {
                assertTrue(reader.stat().generation() > 1, "no growth was completed");
            }
        }
    }

    private long killOwners(final int kills, final boolean grows) throws Exception {
        final long seed = Long.getLong("stoat.seed", System.nanoTime());
        final ChildArchive archive = ChildArchive.train(temp, ChildTraining.class, temp);
        final ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            final List<Future<Long>> results = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                final Path place = Files.createDirectory(temp.resolve("lane-" + lane));
                final Random random = new Random(seed + lane);
                results.add(
                        lanes.submit(
                                () ->
                                        killOwners(
                                                archive,
                                                place,
                                                random,
                                                kills,
                                                grows,
                                                "seed " + seed)));
            }
            long finished = 0;
            for (final Future<Long> result : results) {
                finished += result.get();
            }
            return finished;
        } finally {
            lanes.shutdownNow();
        }
    }

    /** Returns how many commands the next owners had to finish. */
    private static long killOwners(
            final ChildArchive archive,
            final Path place,
            final Random random,
            final int kills,
            final boolean grows,
            final String message)
            throws Exception {
        final Path dir = place.resolve("d");
        final Path journal = place.resolve("journal");
        final Checker checker = new Checker(dir);
        Thread reading = null;
        long finished = 0;
        try {
            for (int kill = 0; kill < kills / LANES; kill++) {
                try (ChildJvm writer =
                        archive.quick(CrashWriter.class, dir, journal, random.nextLong(), grows)) {
                    final String line = writer.readLine();
                    assertTrue(
                            line != null && line.startsWith("ready "), () -> message + ": " + line);
                    finished += Long.parseLong(line.substring("ready ".length()));
                    if (reading == null) {
                        reading = new Thread(checker, "checker");
                        reading.start();
                    }
                    for (int steps = grows ? random.nextInt(6) : 0; steps > 0; steps--) {
                        assertTrue(writer.readLine() != null, message);
                    }
                    LockSupport.parkNanos((long) (random.nextDouble() * MAX_LIFE_NS));
                    writer.kill();
                }
                assertEquals(0, checker.wrong.get(), message);
            }
        } finally {
            checker.running = false;
            if (reading != null) {
                reading.join();
            }
        }
        try (Store store = Store.open(CrashWriter.context(dir))) {
            assertNull(new CrashWriter(store, CrashWriter.mapJournal(journal)).check(), message);
        }
        assertTrue(checker.reads.get() > kills);
        assertFalse(Files.exists(dir.resolve("quarantine")));
        return finished;
    }

    @Test
    void shouldMoveEntriesThatFailTheirChecksumToQuarantine() throws Exception {
        final Path dir = temp.resolve("q");
        final UnsafeBuffer key = TestBytes.heap(16);
        final UnsafeBuffer value = TestBytes.heap(64);
        try (Store store = Store.open(CrashWriter.context(dir))) {
            assertEquals("clean", store.recovery().toString());
            for (int id = 0; id < 100; id++) {
                TestBytes.putKey(key, id);
                value.putLong(0, id);
                assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 64, 0));
            }
        }
        TestBytes.putKey(key, 42);
        final long hash = XxHash64.hash(key, 0, 16);
        final int shard = new ShardMap(2, 1).shardOf(hash);
        // as if the machine had crashed with half of a value on disk
        try (ControlFile control = ControlFile.open(ShardFiles.control(dir, shard), shard, true);
                MappedFile map =
                        MappedFile.map(ShardFiles.map(dir, shard), true, control.mappedLength())) {
            final EntryFinder finder =
                    new EntryFinder(control.layout(), map.address(), map.length());
            assertEquals(
                    EntryFinder.FOUND, finder.find(key.byteArray(), key.addressOffset(), 16, hash));
            org.agrona.UnsafeApi.putLong(finder.valueAddress() + 40, 7);
            control.put(ControlDescriptor.STATE_OFFSET, ControlDescriptor.STATE_OPEN);
        }
        try (Store store = Store.open(CrashWriter.context(dir));
                StoreReader reader = StoreReader.attach(dir)) {
            assertEquals(1, store.recovery().shards());
            assertEquals(1, store.recovery().quarantined());
            assertEquals(0, store.recovery().missing());
            assertEquals(99, store.size());
            for (int id = 0; id < 100; id++) {
                TestBytes.putKey(key, id);
                assertEquals(
                        id == 42 ? Status.NOT_FOUND : 64, reader.get(key, 0, 16, value, 0, 64));
            }
        }
        final String report = Files.readString(dir.resolve("quarantine/report.txt"));
        assertTrue(report.contains("1 moved to quarantine"), report);
        assertEquals(
                4 + 4 + 16 + 64 + ValueDescriptor.HEADER_LENGTH,
                Files.size(dir.resolve(String.format("quarantine/shard-%03d.entries", shard))));
        try (Store store = Store.open(CrashWriter.context(dir))) {
            assertEquals("clean", store.recovery().toString());
        }
    }
}
