package io.stoat.bench.target;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FloorTargetTest {
    private static final long GIGABYTE = 1L << 30;
    private static final int CHUNK = 1 << 24;

    @Test
    void shouldHoldAllRecordsWhereTheyFit() {
        assertEquals(1_000_000, FloorTarget.records(1_000_000, 128, 1, GIGABYTE));
    }

    @Test
    void shouldTakeNoMoreMemoryThanThereIs() {
        for (final int length : new int[] {8, 256, 1_000, 1 << 20}) {
            for (final int clients : new int[] {1, 3, 8}) {
                final long perChunk = CHUNK / length;
                final long records =
                        FloorTarget.records(10_000_000_000L, length, clients, GIGABYTE);
                assertEquals(0, records % perChunk, "a chunk is allocated as a whole");
                assertEquals(
                        GIGABYTE / clients / CHUNK,
                        records / perChunk,
                        length + " B, " + clients + " clients");
            }
        }
    }
}
