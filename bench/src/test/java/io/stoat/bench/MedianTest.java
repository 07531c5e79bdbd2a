package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MedianTest {
    @Test
    void shouldTakeTheMiddleOrTheMeanOfTheTwoThere() {
        assertEquals(2, Median.of(9, 2, 1), 1e-12);
        assertEquals(1.5, Median.of(List.of(2.0, 1.0)), 1e-12);
    }
}
