package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The index against a list that is searched. */
class EvictionIndexTest {
    private static final int CAPACITY = 200;

    private record Entry(long hash, long expiresAtMs, long tick) {}

    @ParameterizedTest
    @EnumSource(
            value = Eviction.class,
            names = {"SOONEST_EXPIRY", "OLDEST_WRITE"})
    void shouldOrderEntriesLikeASearchedList(final Eviction eviction) {
        final long seed = Long.getLong("stoat.seed", System.nanoTime());
        final Random random = new Random(seed);
        EvictionIndex index = new EvictionIndex(eviction, CAPACITY);
        EvictionIndexCopy copy = null;
        int copies = 0;
        final List<Entry> entries = new ArrayList<>();
        Comparator<Entry> order = Comparator.comparingLong(Entry::tick);
        if (eviction == Eviction.SOONEST_EXPIRY) {
            order =
                    Comparator.comparingLong(
                                    (Entry e) ->
                                            e.expiresAtMs == 0 ? Long.MAX_VALUE : e.expiresAtMs)
                            .thenComparing(
                                    (a, b) ->
                                            a.expiresAtMs == 0
                                                    ? Long.compare(a.tick, b.tick)
                                                    : Long.compareUnsigned(a.hash, b.hash));
        }
        for (long tick = 0; tick < 60_000; tick++) {
            if (tick % 7_000 == 5_000) {
                copy =
                        new EvictionIndexCopy(
                                index, new EvictionIndex(eviction, CAPACITY + tick / 100));
            }
            // slow, so that changes fall before, on and behind what was copied
            if (copy != null && random.nextInt(4) == 0 && copy.copy(1) == 0) {
                assertTrue(copy.isDone());
                index = copy.larger();
                copy = null;
                copies++;
            }
            final int choice = random.nextInt(entries.isEmpty() ? 1 : 10);
            if (choice < 6 && entries.size() < CAPACITY) {
                // few distinct homes, so that the table's runs are long
                final long hash = random.nextInt(3) == 0 ? random.nextInt(500) : random.nextLong();
                final int found = find(entries, hash);
                final long expiry = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(50);
                index.onWrite(hash, expiry, found < 0);
                if (found >= 0) {
                    entries.remove(found);
                }
                entries.add(new Entry(hash, expiry, tick));
            } else if (choice < 8) {
                final Entry old = entries.remove(random.nextInt(entries.size()));
                final long expiry = random.nextBoolean() ? old.expiresAtMs : 1 + random.nextInt(50);
                index.onWrite(old.hash, expiry, false);
                entries.add(new Entry(old.hash, expiry, tick));
            } else {
                index.onRemove(entries.remove(random.nextInt(entries.size())).hash);
            }
            entries.sort(order);
            final String message = "seed " + seed + " tick " + tick;
            if (entries.isEmpty()) {
                assertEquals(EvictionIndex.NONE, index.first(0), message);
                continue;
            }
            final long first = entries.get(0).hash;
            assertEquals(first, index.hash(index.first(first + 1)), message);
            final int second = index.first(first);
            assertEquals(
                    entries.size() == 1 ? EvictionIndex.NONE : entries.get(1).hash,
                    second == EvictionIndex.NONE ? EvictionIndex.NONE : index.hash(second),
                    message);
            index.onRemove(-77);
        }
        assertTrue(copies > 5, copies + " copies");
        for (; !entries.isEmpty(); entries.remove(0)) {
            final long hash = entries.get(0).hash;
            assertEquals(hash, index.hash(index.first(hash + 1)), "seed " + seed);
            index.onRemove(hash);
        }
        assertEquals(EvictionIndex.NONE, index.first(0));
    }

    private static int find(final List<Entry> entries, final long hash) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).hash == hash) {
                return i;
            }
        }
        return -1;
    }
}
