package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verification finds in sound, busy and damaged stores. */
class StoreVerificationTest {
    private static final int KEYS = 300;
    private static final int MAX_LENGTH = 300;

    @TempDir Path temp;
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);
    private final List<String> findings = new ArrayList<>();
    private Path dir;

    /** Gives a number to damage with what must be found. */
    private interface Plant {
        void damage(EntryFinder finder, MapLayout layout, long tier, long slot);
    }

    private StoreContext context() {
        return new StoreContext()
                .dataDir(dir)
                .shardCount(1)
                .segmentsPerShard(2)
                .entries(KEYS)
                .averageValueLength(40)
                .maxValueLength(MAX_LENGTH);
    }

    /** Puts of all lengths and removals, so that there are extra tiers and holes. */
    private void churn(final Store store, final Random random, final int commands) {
        for (int i = 0; i < commands; i++) {
            TestBytes.putKey(key, random.nextInt(KEYS));
            if (random.nextInt(4) == 0) {
                store.remove(key, 0, 16);
            } else {
                // the last ones expired long ago
                final long expiresAtMs = random.nextInt(10) == 0 ? 1 : 0;
                final int status =
                        store.put(key, 0, 16, value, 0, random.nextInt(MAX_LENGTH), expiresAtMs);
                assertTrue(status == Status.OK || status == Status.STORE_FULL);
            }
        }
    }

    private StoreVerification verify() {
        findings.clear();
        try (StoreReader reader =
                StoreReader.attach(new ReaderContext().dataDir(dir).stuckAfterMs(10_000))) {
            final StoreVerification verification = new StoreVerification(reader);
            assertEquals(Status.OK, verification.run(findings::add));
            return verification;
        }
    }

    @Test
    void shouldFindNothingInASoundStore() {
        final Random random = new Random(Long.getLong("stoat.seed", 7_482));
        for (int round = 0; round < 5; round++) {
            dir = temp.resolve("sound-" + round);
            final long size;
            try (Store store = Store.open(context())) {
                churn(store, random, 200 << round);
                verify();
                assertEquals(List.of(), findings);
                size = store.size();
            }
            final StoreVerification verification = verify();
            assertEquals(List.of(), findings);
            assertEquals(size, verification.soundEntries());
            assertEquals(0, verification.faults() + verification.busySegments());
        }
    }

    @Test
    void shouldFindNothingWhileTheOwnerWrites() throws Exception {
        dir = temp.resolve("live");
        try (Store store = Store.open(context())) {
            final Thread verifying =
                    new Thread(
                            () -> {
                                for (int i = 0; i < 30 && findings.isEmpty(); i++) {
                                    verify();
                                }
                            });
            verifying.start();
            final Random random = new Random(1);
            while (verifying.isAlive()) {
                churn(store, random, 50);
            }
            verifying.join();
            assertEquals(List.of(), findings);
        }
    }

    private void plant(final String finding, final boolean damagesEntry, final Plant plant) {
        dir = temp.resolve("planted-" + finding.replaceAll("\\W+", "-"));
        try (Store store = Store.open(context())) {
            for (int id = 0; id < 20; id++) {
                TestBytes.putKey(key, id);
                assertEquals(Status.OK, store.put(key, 0, 16, value, 0, 40, 0));
            }
        }
        try (ControlFile control = ControlFile.open(ShardFiles.control(dir, 0), 0, true);
                MappedFile map =
                        MappedFile.map(ShardFiles.map(dir, 0), true, control.mappedLength())) {
            final EntryFinder finder =
                    new EntryFinder(control.layout(), map.address(), map.length());
            final long tier = finder.firstTier(0);
            long slot = 0;
            while (finder.entryAt(tier, slot) != EntryFinder.FOUND) {
                slot++;
            }
            plant.damage(finder, control.layout(), tier, slot);
        }
        final StoreVerification verification = verify();
        assertTrue(findings.stream().anyMatch(each -> each.contains(finding)), findings.toString());
        assertEquals(damagesEntry ? 1 : 0, verification.damagedEntries(), findings.toString());
        assertTrue(damagesEntry || verification.faults() > 0, findings.toString());
    }

    @Test
    void shouldFindEntriesThatAreNotAsTheyWereWritten() {
        plant(
                "damaged entry",
                true,
                (finder, layout, tier, slot) ->
                        UnsafeApi.putByte(finder.valueAddress() + 30, (byte) 9));
        // it looks expired now
        plant(
                "damaged",
                true,
                (finder, layout, tier, slot) -> UnsafeApi.putLong(finder.valueAddress() + 8, 1));
    }

    @Test
    void shouldFindStructuresThatContradictEachOther() {
        plant("counted were", false, (finder, layout, tier, slot) -> finder.putSlot(tier, slot, 0));
        plant(
                "no look-up finds",
                false,
                (finder, layout, tier, slot) -> {
                    final long moved = finder.slotAt(tier, slot);
                    finder.putSlot(tier, slot, 0);
                    long other = slot + 1 & finder.slotCapacity() - 1;
                    while (finder.slotAt(tier, other) != 0
                            || finder.slotAt(tier, other - 1 & finder.slotCapacity() - 1) != 0) {
                        other = other + 1 & finder.slotCapacity() - 1;
                    }
                    finder.putSlot(tier, other, moved);
                });
        plant(
                "leads nowhere",
                false,
                (finder, layout, tier, slot) -> finder.putSlot(tier, slot, -1));
        plant(
                "share chunk",
                false,
                (finder, layout, tier, slot) -> {
                    long free = slot;
                    while (finder.slotAt(tier, free) != 0) {
                        free = free + 1 & finder.slotCapacity() - 1;
                    }
                    finder.putSlot(tier, free, finder.slotAt(tier, slot));
                });
        plant(
                "gives chunks away",
                false,
                (finder, layout, tier, slot) ->
                        UnsafeApi.putLong(
                                tier
                                        + layout.countersOffset()
                                        + 64
                                        + (finder.chunkAt(tier, slot) >>> 6 << 3),
                                0));
        plant(
                "tier 0 has",
                false,
                (finder, layout, tier, slot) ->
                        UnsafeApi.putInt(
                                tier - layout.segmentsOffset() + layout.segmentHeadersOffset() + 8,
                                1_000));
    }
}
