package io.stoat.ops.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.ops.CommandFailure;
import io.stoat.store.EntryView;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import io.stoat.transport.TransportStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TickTest {
    @TempDir Path dir;

    private static final UnsafeBuffer KEY = new UnsafeBuffer("K".getBytes(UTF_8));

    private static UnsafeBuffer tick() {
        final UnsafeBuffer tick = new UnsafeBuffer(new byte[Tick.LENGTH]);
        Tick.encode(tick, 7, 42, 223_8200, 100, 34_200_000_000L);
        return tick;
    }

    private static void flip(final UnsafeBuffer tick, final int bit) {
        final int at = bit >> 3;
        tick.putByte(at, (byte) (tick.getByte(at) ^ 1 << (bit & 7)));
    }

    @Test
    void shouldNoticeEveryFlippedBitOfACopyAndInPlace() {
        final UnsafeBuffer tick = tick();
        final EntryView view = new EntryView();
        try (Store store = store();
                StoreReader reader = StoreReader.attach(dir)) {
            assertTrue(Tick.isSound(tick, Tick.LENGTH, 7));
            assertTrue(isSoundInPlace(store, reader, view, tick));
            for (int bit = 0; bit < Tick.LENGTH * 8; bit++) {
                flip(tick, bit);
                assertFalse(Tick.isSound(tick, Tick.LENGTH, 7), "bit " + bit);
                assertFalse(isSoundInPlace(store, reader, view, tick), "in place, bit " + bit);
                flip(tick, bit);
            }
        }
    }

    private Store store() {
        return Store.open(new StoreContext().dataDir(dir).entries(100).maxValueLength(256));
    }

    private static boolean isSoundInPlace(
            final Store store,
            final StoreReader reader,
            final EntryView view,
            final UnsafeBuffer tick) {
        assertEquals(Status.OK, store.put(KEY, 0, 1, tick, 0, Tick.LENGTH, 0));
        assertEquals(Tick.LENGTH, reader.find(KEY, 0, 1, view));
        final boolean isSound = Tick.isSound(view, 7);
        assertTrue(view.isValid());
        return isSound;
    }

    @Test
    void shouldNoticeAMixtureOfTwoTicks() {
        final UnsafeBuffer older = tick();
        final UnsafeBuffer newer = tick();
        Tick.encode(newer, 7, 43, 223_8300, 200, 34_200_000_001L);
        for (int words = 2; words < Tick.LENGTH / 8; words++) {
            final UnsafeBuffer torn = new UnsafeBuffer(older.byteArray().clone());
            torn.putBytes(0, newer, 0, 8 * words);
            assertFalse(Tick.isSound(torn, Tick.LENGTH, 7), words + " words of the newer");
        }
    }

    @Test
    void shouldNoticeAnotherSymbolAndAnotherLengthAndNothing() {
        final UnsafeBuffer tick = tick();
        assertFalse(Tick.isSound(tick, Tick.LENGTH, 8));
        assertFalse(Tick.isSound(tick, Tick.LENGTH - 1, 7));
        assertFalse(Tick.isSound(new UnsafeBuffer(new byte[Tick.LENGTH]), Tick.LENGTH, 0));
    }

    @Test
    void shouldJudgeOnlyWhatItRead() {
        final UnsafeBuffer[] keys = Tick.keys("SYM", 2);
        final TickReads reads = new TickReads(keys);
        try (Store store = store();
                StoreReader reader = StoreReader.attach(dir)) {
            assertEquals(Status.NOT_FOUND, reads.inPlace(reader, 1));
            assertFalse(reads.isSound());
            final UnsafeBuffer tick = tick();
            for (int sequence = 1; sequence < 3; sequence++) {
                Tick.encode(tick, 1, sequence, 1, 1, 1);
                store.put(keys[1], 0, keys[1].capacity(), tick, 0, Tick.LENGTH, 0);
                assertEquals(Tick.LENGTH, reads.inPlace(reader, 1));
                assertTrue(reads.isSound());
                assertEquals(Tick.LENGTH, reads.copying(reader, 1));
                assertTrue(reads.isSound());
            }
            Tick.encode(tick, 1, 1, 1, 1, 1);
            store.put(keys[1], 0, keys[1].capacity(), tick, 0, Tick.LENGTH, 0);
            reads.inPlace(reader, 1);
            assertFalse(reads.isSound(), "older than the one before");
            // shorter, longer and foreign values
            for (final int length : new int[] {3, Tick.LENGTH - 1, Tick.LENGTH + 1}) {
                store.put(
                        keys[1],
                        0,
                        keys[1].capacity(),
                        new UnsafeBuffer(new byte[length]),
                        0,
                        length,
                        0);
                assertEquals(length, reads.inPlace(reader, 1));
                assertFalse(reads.isSound());
                reads.copying(reader, 1);
                assertFalse(reads.isSound());
            }
        }
    }

    @Test
    void shouldTellWhatIsWrongFromWhatIsNotAnswered() {
        final Tally tally = new Tally("way");
        tally.count(Tick.LENGTH, true, 1_000);
        tally.count(Tick.LENGTH, false, 1_000);
        tally.count(Status.NOT_FOUND, false, 1_000);
        tally.count(Status.CORRUPT, false, 1_000);
        tally.count(Status.OWNER_GONE, false, 2_000_000_000L);
        tally.count(TransportStatus.TIMED_OUT, false, 2_000_000_000L);
        tally.count(TransportStatus.TIMED_OUT, false, Long.MAX_VALUE);
        final TallyFigures figures = tally.figures(2_000);
        assertEquals(4, figures.answered());
        assertEquals(2, figures.perSecond());
        assertEquals(3, figures.wrong());
        assertEquals(3, figures.unanswered());
        assertEquals("OWNER_GONE=1,TIMED_OUT=2", figures.statuses());
        assertEquals(figures, TallyFigures.parse(figures.line()));
        tally.restart();
        assertEquals(0, tally.figures(1).answered());
        assertEquals(3, tally.figures(1).wrong());
        assertEquals("OWNER_GONE=1,TIMED_OUT=2", tally.figures(1).statuses());
    }

    @Test
    void shouldLoopOverTheRowsOfAFile() throws IOException {
        final Path file =
                Files.writeString(
                        dir.resolve("t.csv"),
                        "time,PRICE,Volume\n2012-06-21 09:30:00.017460000,2238200,1\n2012-06-21 09:30:01,2238100,21\n");
        final TickSource source = TickSource.csv(file, 2);
        assertEquals(2, source.rows());
        source.next();
        assertEquals(34_200_017_460L, source.timeUs());
        assertEquals(2238200, source.price());
        source.next();
        assertEquals(21, source.volume());
        assertEquals(1, source.symbol());
        source.next();
        assertEquals(1, source.volume());
    }

    @Test
    void shouldNameFileAndLineOfARaggedRow() throws IOException {
        final Path file =
                Files.writeString(
                        dir.resolve("t.csv"), "Time,Price,Volume\n09:30:00,1,1\n09:30:01,2\n");
        final CommandFailure failure =
                assertThrows(CommandFailure.class, () -> TickSource.csv(file, 1));
        assertTrue(failure.getMessage().contains("t.csv line 3"), failure.getMessage());
    }

    @Test
    void shouldNameAMissingColumn() throws IOException {
        final Path file = Files.writeString(dir.resolve("t.csv"), "Time,Price\n09:30:00,1\n");
        final CommandFailure failure =
                assertThrows(CommandFailure.class, () -> TickSource.csv(file, 1));
        assertTrue(failure.getMessage().contains("'Volume'"), failure.getMessage());
    }

    @Test
    void shouldWalkWithinTheSymbols() {
        final TickSource source = TickSource.randomWalk(5);
        for (int i = 0; i < 1_000; i++) {
            source.next();
            assertTrue(source.symbol() >= 0 && source.symbol() < 5);
            assertTrue(source.price() >= 100 && source.volume() > 0);
        }
    }
}
