package io.stoat.bench.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContenderTest {
    private static final int KEYS = 500;

    @ParameterizedTest
    @EnumSource(value = ContenderKind.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldReturnWhatWasWrittenLastAndMissWhatWasNot(final ContenderKind kind) {
        try (Contender contender = kind.openLoaded(KEYS)) {
            for (int i = 0; i < KEYS; i++) {
                assertEquals(Record.tag(i), contender.get(i));
                assertEquals(Record.MISS, contender.get(KEYS + i));
                contender.put(i, 1_000 + i);
                assertEquals(Record.tag(i), contender.get(i));
            }
            contender.put(KEYS, 1);
            assertEquals(Record.tag(KEYS), contender.get(KEYS));
            assertFalse(contender.settings().isBlank());
        }
    }

    @Test
    void shouldVisitEveryKey() {
        final KeySequence sequence = new KeySequence(100, 1);
        final Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            final long next = sequence.next();
            assertTrue(next >= 0 && next < 100);
            seen.add(next);
        }
        assertEquals(100, seen.size());
    }

    @Test
    void shouldNameTheKnownContendersWhenAskedForAnother() {
        final String message =
                assertThrows(IllegalArgumentException.class, () -> ContenderKind.of("redis"))
                        .getMessage();
        assertTrue(message.contains("contender=redis") && message.contains("stoat-view"), message);
    }
}
