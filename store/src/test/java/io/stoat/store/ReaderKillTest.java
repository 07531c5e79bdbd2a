package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers in processes of their own: what they map, and what their death does to the writer. */
@Timeout(240)
class ReaderKillTest {
    private static final int KILLS = 100;
    private static final int READERS_AT_ONCE = 3;
    private static final int WRITES_AFTER_A_KILL = 1_000;

    @TempDir Path dir;

    @Test
    void shouldNotNoticeReadersThatAreKilledWhileTheyRead() {
        final Deque<ChildJvm> readers = new ArrayDeque<>();
        try (ChildJvm writer = ChildJvm.fast(HammerWriter.class, dir, Long.MAX_VALUE, 600)) {
            writer.await("ready");
            try (StoreReader observer = StoreReader.attach(dir)) {
                for (int kill = 0; kill < KILLS; kill++) {
                    while (readers.size() < READERS_AT_ONCE) {
                        readers.add(ChildJvm.quick(HammerReader.class, dir));
                    }
                    try (ChildJvm victim = readers.remove()) {
                        victim.await("ready");
                        final long before = position(observer);
                        victim.killLater();
                        awaitWrites(writer, observer, before + WRITES_AFTER_A_KILL);
                    }
                }
            }
            final HammerReader checker = new HammerReader(dir);
            for (int i = 0; i < 100_000; i++) {
                checker.read();
            }
            assertEquals(0, checker.wrong());
            assertTrue(checker.reads() > 100_000 - 1);
            assertTrue(writer.isAlive());
        } finally {
            readers.forEach(ChildJvm::close);
        }
    }

    private static void awaitWrites(
            final ChildJvm writer, final StoreReader observer, final long position) {
        while (position(observer) < position) {
            assertTrue(writer.isAlive());
            assertFalse(Thread.interrupted(), "the writer stands still");
            Thread.onSpinWait();
        }
    }

    private static long position(final StoreReader observer) {
        return observer.stat().shards().stream().mapToLong(ShardStat::appliedPosition).sum();
    }

    @Test
    void shouldMapEverythingReadOnly() throws IOException {
        try (Store store = Store.open(HammerWriter.context(dir))) {
            new HammerWriter.Writer(store).fill();
            try (ChildJvm reader = ChildJvm.quick(HammerReader.class, dir)) {
                reader.await("ready");
                final List<String> ours =
                        Files.readAllLines(Path.of("/proc/" + reader.pid() + "/maps")).stream()
                                .filter(line -> line.contains(dir.toString()))
                                .toList();
                assertTrue(ours.size() >= 5, ours.toString());
                for (final String file : List.of("store.mark", "shard-000.map", "shard-001.ctl")) {
                    assertTrue(ours.stream().anyMatch(line -> line.endsWith(file)), file);
                }
                for (final String line : ours) {
                    assertTrue(line.contains(" r--s "), line);
                }
                reader.send("end");
                assertTrue(reader.await("reads ").contains(" wrong 0 "));
            }
        }
    }
}
