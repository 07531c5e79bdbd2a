package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DistinctKeysTest {
    private static void add(final DistinctKeys keys, final int from, final int to) {
        for (int i = from; i < to; i++) {
            keys.add(StoreOptions.keyOf("key-" + i));
        }
    }

    @Test
    void shouldCountEachKeyOnce() {
        final DistinctKeys keys = new DistinctKeys();
        add(keys, 0, 1);
        assertEquals("1 distinct key", keys.describe(1));
        add(keys, 0, 50_000);
        assertEquals(
                "50000 distinct keys: of rows with one key the last stays", keys.describe(50_001));
        assertEquals("50000 distinct keys", keys.describe(50_000));
    }

    @Test
    void shouldSayNoMoreThanItsMemoryKnows() {
        final DistinctKeys keys = new DistinctKeys(10);
        add(keys, 0, 10);
        add(keys, 3, 7);
        assertEquals("10 distinct keys: of rows with one key the last stays", keys.describe(14));
        add(keys, 10, 11);
        assertEquals("more than 10 distinct keys", keys.describe(15));
    }
}
