package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States that a SIGKILL leaves behind only once in thousands of times, planted by hand. */
class ShardRecoveryTest {
    private static final int MAX_LENGTH = 400;
    private static final int KEYS = 40;
    private static final int TIERED_KEYS = 20;

    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);

    /** A closed store's only shard, mapped for writing. */
    private record Planted(ControlFile control, MappedFile map, EntryFinder finder)
            implements AutoCloseable {
        static Planted open(final Path dir) {
            final ControlFile control = ControlFile.open(ShardFiles.control(dir, 0), 0, true);
            final MappedFile map =
                    MappedFile.map(ShardFiles.map(dir, 0), true, control.mappedLength());
            return new Planted(
                    control, map, new EntryFinder(control.layout(), map.address(), map.length()));
        }

        @Override
        public void close() {
            control.put(ControlDescriptor.STATE_OFFSET, ControlDescriptor.STATE_OPEN);
            map.close();
            control.close();
        }
    }

    private StoreContext context() {
        return new StoreContext()
                .dataDir(dir)
                .shardCount(1)
                .segmentsPerShard(1)
                .entries(2 * KEYS)
                .averageValueLength(32)
                .maxValueLength(MAX_LENGTH);
    }

    private void create(final int keys, final int length) {
        try (Store store = Store.open(context())) {
            for (int id = 0; id < keys; id++) {
                put(store, id, length);
            }
        }
    }

    private void put(final Store store, final int id, final int length) {
        TestBytes.putKey(key, id);
        value.setMemory(0, length, (byte) id);
        assertEquals(Status.OK, store.put(key, 0, 16, value, 0, length, 0));
    }

    private void plant(final Consumer<Planted> plan) {
        try (Planted planted = Planted.open(dir)) {
            plan.accept(planted);
        }
    }

    private void requireAll(final Store store, final int keys, final int length) {
        for (int id = 0; id < keys; id++) {
            TestBytes.putKey(key, id);
            assertEquals(length, store.get(key, 0, 16, value, 0, MAX_LENGTH), "id " + id);
            assertEquals((byte) id, value.getByte(0));
        }
        assertEquals(keys, store.size());
    }

    /** A removal that was cut off between copying a later slot and clearing its old place. */
    @Test
    void shouldKeepAnEntryWhoseSlotWasBeingShiftedAroundTheEnd() throws IOException {
        create(0, 8);
        final long last;
        try (Planted planted = Planted.open(dir)) {
            last = planted.finder.slotCapacity() - 1;
        }
        int id = 0;
        for (boolean placed = false; !placed; id++) {
            final int candidate = id;
            try (Store store = Store.open(context())) {
                put(store, candidate, 8);
            }
            try (Planted planted = Planted.open(dir)) {
                final long tier = planted.finder.firstTier(0);
                placed = planted.finder.entryAt(tier, last) == EntryFinder.FOUND;
                if (placed) {
                    assertEquals(EntryFinder.ABSENT, planted.finder.entryAt(tier, 0));
                    planted.finder.putSlot(tier, 0, planted.finder.slotAt(tier, last));
                }
            }
            if (!placed) {
                try (Store store = Store.open(context())) {
                    TestBytes.putKey(key, candidate);
                    store.remove(key, 0, 16);
                }
            }
        }
        try (Store store = Store.open(context())) {
            assertEquals(8, store.get(key, 0, 16, value, 0, MAX_LENGTH));
            assertEquals(1, store.size());
            assertEquals(0, store.recovery().missing());
        }
    }

    @Test
    void shouldBeginAgainWhenKilledWhileSlotsWereTakenOut() throws IOException {
        create(KEYS, 16);
        plant(
                planted -> {
                    try {
                        new SlotCopy(
                                        ShardFiles.slots(dir, 0, 1),
                                        planted.control.layout(),
                                        planted.map)
                                .save();
                    } catch (final IOException ex) {
                        throw new AssertionError(ex);
                    }
                    final long tier = planted.finder.firstTier(0);
                    for (int slot = 0; slot < planted.finder.slotCapacity(); slot += 2) {
                        planted.finder.putSlot(tier, slot, 0);
                    }
                });
        try (Store store = Store.open(context())) {
            requireAll(store, KEYS, 16);
            assertEquals(0, store.recovery().missing());
        }
        assertFalse(Files.exists(ShardFiles.slots(dir, 0, 1)));
    }

    @Test
    void shouldNotUseADamagedCopyOfTheSlots() throws IOException {
        create(KEYS, 16);
        plant(planted -> {});
        Files.write(ShardFiles.slots(dir, 0, 1), new byte[4_096]);
        try (Store store = Store.open(context())) {
            requireAll(store, KEYS, 16);
        }
    }

    @Test
    void shouldReportAnEntryWhoseSlotIsGone() throws IOException {
        create(KEYS, 16);
        plant(
                planted -> {
                    TestBytes.putKey(key, 7);
                    final long tier = planted.finder.firstTier(0);
                    for (int slot = 0; slot < planted.finder.slotCapacity(); slot++) {
                        if (planted.finder.isSlotOf(tier, slot, XxHash64.hash(key, 0, 16))) {
                            planted.finder.putSlot(tier, slot, 0);
                        }
                    }
                });
        try (Store store = Store.open(context())) {
            assertEquals(1, store.recovery().missing());
            assertEquals(KEYS - 1, store.size());
        }
        assertTrue(Files.readString(dir.resolve("quarantine/report.txt")).contains("1 missing"));
    }

    /** An entry that was moving to an extra tier is in both; the newer one stays. */
    @Test
    void shouldKeepTheNewerOfTwoEntriesWithOneKey() {
        create(TIERED_KEYS, MAX_LENGTH);
        plant(ShardRecoveryTest::plantOlderTwin);
        try (Store store = Store.open(context())) {
            // the twin lies where another entry was
            int missing = 0;
            for (int id = 0; id < TIERED_KEYS; id++) {
                TestBytes.putKey(key, id);
                if (store.get(key, 0, 16, value, 0, MAX_LENGTH) == Status.NOT_FOUND) {
                    missing++;
                } else {
                    assertEquals((byte) id, value.getByte(0), "id " + id);
                }
            }
            assertEquals(1, missing);
            assertEquals(TIERED_KEYS - 1, store.size());
            assertEquals(0, store.recovery().quarantined());
        }
    }

    /** Gives an entry of the second tier an older twin in place of one of the first. */
    private static void plantOlderTwin(final Planted planted) {
        final EntryFinder finder = planted.finder;
        final long first = finder.firstTier(0);
        final long second = finder.nextTier(0, first);
        assertTrue(second > 0, "no extra tier");
        long slot = 0;
        while (finder.entryAt(second, slot) != EntryFinder.FOUND) {
            slot++;
        }
        final long hash = XxHash64.hash(null, finder.keyAddress(), finder.keyLength(), 0);
        final byte[] twin = new byte[finder.keyLength()];
        new UnsafeBuffer(finder.keyAddress(), twin.length).getBytes(0, twin);
        long victim = 0;
        while (finder.entryAt(first, victim) != EntryFinder.FOUND) {
            victim++;
        }
        new UnsafeBuffer(finder.keyAddress(), twin.length).putBytes(0, twin);
        final byte[] old = new byte[MAX_LENGTH];
        java.util.Arrays.fill(old, (byte) -1);
        final UnsafeBuffer payload = new UnsafeBuffer(old);
        ValueDescriptor.write(
                finder.valueAddress(),
                1,
                0,
                ValueDescriptor.checksum(hash, 1, 0, old, payload.addressOffset(), MAX_LENGTH),
                old,
                payload.addressOffset(),
                MAX_LENGTH);
        // the slot's key bits become the twin's
        final int keyBits = (int) planted.control.layout().slotKeyBits();
        final long slotKey = finder.slotAt(second, slot) & (1L << keyBits) - 1;
        finder.putSlot(first, victim, slotKey | finder.chunkAt(first, victim) << keyBits);
    }
}
