package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PerfCountersTest {
    @Test
    void shouldSayWhyInstructionsAreNotCounted() {
        assertNull(PerfCounters.absence(0, "1234567,,instructions,900000,100.00,,\n"));
        assertEquals(
                "perf says: <not supported>",
                PerfCounters.absence(0, "<not supported>,,instructions,0,100.00,,\n"));
        assertEquals("perf says: nothing", PerfCounters.absence(0, ""));
        assertTrue(PerfCounters.absence(255, "No permission").contains("No permission"));
    }
}
