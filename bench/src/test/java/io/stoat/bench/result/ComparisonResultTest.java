package io.stoat.bench.result;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonResultTest {
    @TempDir private Path dir;

    @Test
    void shouldComeBackFromItsFileAsItWas() throws Exception {
        final ComparisonResult result =
                new ComparisonResult(
                        "echo",
                        "stoat bench echo --rounds 1",
                        "2026-11-28T01:02:03Z",
                        Map.of("cpu", "Abacus", "cores", 2),
                        List.of("one round"),
                        List.of(row(Bound.atMost(1.15)), row(Bound.atLeast(3)), row(Bound.NONE)),
                        List.of(
                                Figure.of("opened in", "s", 0.99)
                                        .within(Bound.atMost(2))
                                        .in("large", "stoat"),
                                Figure.of("CPU", "ns", Double.NaN).in("puts", "redis")));
        final Path file = dir.resolve("result.json");
        result.write(file);
        assertTrue(ComparisonResult.isIn(file));
        assertEquals(result, ComparisonResult.read(file));
        final Map<String, Object> json = JsonFile.read(file);
        assertEquals(false, json.get("met"), "1.1 is less than 3");
        final Map<?, ?> first = (Map<?, ?>) ((List<?>) json.get("rows")).get(0);
        assertEquals("met", first.get("verdict"));
        assertEquals("at most", first.get("boundIs"));
        final Map<?, ?> last = (Map<?, ?>) ((List<?>) json.get("figures")).get(1);
        assertTrue(last.containsKey("value"), "null stands for what is not a number");
        assertEquals(null, last.get("value"));
    }

    private static ComparedRow row(final Bound bound) {
        return new ComparedRow("UDP", "p50", "us", "bare", 7.6, "get", 8.2, 1.1, 1.07, 1.12, bound);
    }

    @Test
    void shouldNameTheFileThatIsNoComparison() throws Exception {
        final Path file = dir.resolve("other.json");
        Files.writeString(file, "{\"schema\":\"" + ResultFile.SCHEMA + "\"}");
        assertFalse(ComparisonResult.isIn(file));
        assertRefused(
                file, "other.json has the schema stoat-bench/1, not stoat-bench-comparison/1");
        Files.writeString(file, "{\"schema\":\"" + ComparisonResult.SCHEMA + "\"}");
        assertRefused(file, "other.json is damaged");
    }

    private static void assertRefused(final Path file, final String why) {
        final String message =
                assertThrows(IllegalArgumentException.class, () -> ComparisonResult.read(file))
                        .getMessage();
        assertTrue(message.contains(why), message);
    }
}
