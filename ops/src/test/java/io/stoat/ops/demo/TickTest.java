package io.stoat.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.ops.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TickTest {
    @TempDir Path dir;

    @Test
    void shouldNoticeEveryFlippedBit() {
        final UnsafeBuffer tick = new UnsafeBuffer(new byte[Tick.LENGTH]);
        Tick.encode(tick, 7, 42, 223_8200, 100, 34_200_000_000L);
        assertTrue(Tick.isSound(tick, Tick.LENGTH, 7));
        for (int bit = 0; bit < Tick.LENGTH * 8; bit++) {
            final int at = bit >> 3;
            tick.putByte(at, (byte) (tick.getByte(at) ^ 1 << (bit & 7)));
            assertFalse(Tick.isSound(tick, Tick.LENGTH, 7), "bit " + bit);
            tick.putByte(at, (byte) (tick.getByte(at) ^ 1 << (bit & 7)));
        }
    }

    @Test
    void shouldNoticeAnotherSymbolAndAnotherLength() {
        final UnsafeBuffer tick = new UnsafeBuffer(new byte[Tick.LENGTH]);
        Tick.encode(tick, 7, 42, 1, 1, 1);
        assertFalse(Tick.isSound(tick, Tick.LENGTH, 8));
        assertFalse(Tick.isSound(tick, Tick.LENGTH - 1, 7));
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
