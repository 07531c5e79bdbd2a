package io.stoat.ops.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverBoundsTest {
    @Test
    void shouldKeepTheBoundsUpToTheirVeryValues() {
        assertEquals(
                List.of(), FailoverBounds.broken(new long[] {2_000, 1_000, 900, 1_000, 800}, 0));
    }

    @Test
    void shouldNameEachBoundThatIsBroken() {
        final List<String> slow = FailoverBounds.broken(new long[] {1_001, 900, 1_500}, 0);
        assertEquals(List.of("p50 1001 ms is more than 1000 ms"), slow);
        final List<String> outlier = FailoverBounds.broken(new long[] {2_001, 900, 900}, 0);
        assertEquals(List.of("max 2001 ms is more than 2000 ms"), outlier);
        final List<String> elected = FailoverBounds.broken(new long[] {900}, 1);
        assertEquals(1, elected.size());
        assertTrue(elected.get(0).startsWith("1 elections"), elected.toString());
    }
}
