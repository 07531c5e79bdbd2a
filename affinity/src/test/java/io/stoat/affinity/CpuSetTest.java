package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|0",
                "0-3,8,10-11|0-3,8,10-11",
                "3,2,1|1-3",
                "0-1,1-2,2|0-2",
                "' 4-5 '|4-5",
                "8191|8191",
                "0,2,4|0,2,4",
            })
    void shouldReadAndWriteTheKernelsFormat(final String list, final String canonical) {
        assertEquals(canonical, CpuSet.parse(list).toString());
        assertEquals(CpuSet.parse(canonical), CpuSet.parse(list));
        assertEquals(CpuSet.parse(canonical).hashCode(), CpuSet.parse(list).hashCode());
    }

    @Test
    void shouldReadNothingAsTheEmptySet() {
        assertEquals(CpuSet.EMPTY, CpuSet.parse(" \n"));
        assertEquals("", CpuSet.EMPTY.toString());
        assertEquals(-1, CpuSet.EMPTY.first());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "1-",
                "-1",
                "3-1",
                "1,,2",
                ",",
                "1-2-3",
                "8192",
                "0-99999999999",
                "+1",
                "1.5"
            })
    void shouldNameTheListThatIsWrong(final String list) {
        final String message =
                assertThrows(IllegalArgumentException.class, () -> CpuSet.parse(list)).getMessage();
        assertTrue(message.contains("'" + list + "'"), message);
    }

    @Test
    void shouldCombineSetsWithoutChangingThem() {
        final CpuSet a = CpuSet.range(0, 3);
        final CpuSet b = CpuSet.of(2, 3, 4);
        assertEquals("2-3", a.and(b).toString());
        assertEquals("0-1", a.minus(b).toString());
        assertEquals("0-4", a.or(b).toString());
        assertEquals("0-3", a.toString());
        assertEquals("2-4", b.toString());
        assertEquals(4, a.size());
        assertTrue(a.contains(3));
        assertFalse(a.contains(4));
        assertFalse(a.contains(-1));
    }
}
