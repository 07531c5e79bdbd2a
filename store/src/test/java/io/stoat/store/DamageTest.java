package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random bit flips, wrong numbers and truncations of a closed store's files: a reader refuses by
 * name, misses, or returns what was written, but never leaves the mapped range (which would end
 * this JVM) and, when it checks checksums, never returns anything else.
 */
class DamageTest {
    private static final int CASES = 1_500;
    private static final int OWNER_CASES = Integer.getInteger("stoat.test.damageCases", 500);
    private static final int KEYS = 120;
    private static final int MAX_LENGTH = 300;

    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(16);
    private final UnsafeBuffer value = TestBytes.heap(MAX_LENGTH);
    private final UnsafeBuffer copy = TestBytes.heap(MAX_LENGTH);

    /** What became of the cases, so that the test shows that it damaged what it meant to. */
    private int refused;

    private int corrupt;
    private int missed;
    private int served;

    @Test
    void shouldNeverLeadAReaderAstray() throws IOException {
        createWithExtraTiers();
        final Path[] files = {
            dir.resolve("shard-000.map"), dir.resolve("shard-000.ctl"), dir.resolve("store.mark")
        };
        final byte[][] sound = new byte[files.length][];
        for (int i = 0; i < files.length; i++) {
            sound[i] = Files.readAllBytes(files[i]);
        }
        final long seed = Long.getLong("stoat.seed", 7_480);
        final Random random = new Random(seed);
        for (int number = 0; number < CASES; number++) {
            // the map is most of the data: most of the damage
            final int file = Math.max(0, random.nextInt(6) - 3);
            Files.write(files[file], damage(sound[file], random));
            try {
                read("seed " + seed + " case " + number);
            } finally {
                Files.write(files[file], sound[file]);
            }
        }
        assertTrue(
                refused > 50 && corrupt > 50 && missed > 50 && served > CASES * 10,
                refused + " refused, " + corrupt + " corrupt, " + missed + " missed, " + served);
        read("undamaged");
    }

    /**
     * The same to a store whose owner was killed, with the next owner opening it: it refuses by
     * name, or opens and knows only whole values.
     */
    @Test
    void shouldNeverLeadAnOpeningOwnerAstray() throws IOException {
        createWithExtraTiers();
        try (ControlFile control = ControlFile.open(dir.resolve("shard-000.ctl"), 0, true)) {
            control.put(ControlDescriptor.STATE_OFFSET, ControlDescriptor.STATE_OPEN);
        }
        final Map<Path, byte[]> sound = new HashMap<>();
        for (final String name : new String[] {"shard-000.map", "shard-000.ctl", "store.mark"}) {
            sound.put(dir.resolve(name), Files.readAllBytes(dir.resolve(name)));
        }
        final Path[] files = {
            dir.resolve("shard-000.map"), dir.resolve("shard-000.ctl"), dir.resolve("store.mark")
        };
        final long seed = Long.getLong("stoat.seed", 7_481);
        final Random random = new Random(seed);
        int opened = 0;
        for (int number = 0; number < OWNER_CASES; number++) {
            for (final Map.Entry<Path, byte[]> file : sound.entrySet()) {
                Files.write(file.getKey(), file.getValue());
            }
            final Path file = files[Math.max(0, random.nextInt(6) - 3)];
            Files.write(file, damage(sound.get(file), random));
            opened += open("seed " + seed + " case " + number) ? 1 : 0;
        }
        assertTrue(
                opened > OWNER_CASES / 10 && refused > OWNER_CASES / 20,
                opened + " opened, " + refused + " refused");
    }

    private boolean open(final String message) {
        try (Store store = Store.open(new StoreContext().dataDir(dir))) {
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                final int length = store.get(key, 0, 16, copy, 0, MAX_LENGTH);
                if (length >= 0) {
                    assertTrue(CheckedValue.isWhole(copy, 0, length, id, MAX_LENGTH), message);
                } else {
                    assertEquals(Status.NOT_FOUND, length, message);
                }
            }
            return true;
        } catch (final StoreException ex) {
            assertTrue(ex.getMessage().contains(dir.toString()), message + ": " + ex.getMessage());
            refused++;
            return false;
        }
    }

    private void createWithExtraTiers() {
        try (Store store =
                Store.open(
                        new StoreContext()
                                .dataDir(dir)
                                .shardCount(1)
                                .segmentsPerShard(2)
                                .entries(2 * KEYS)
                                .averageValueLength(32)
                                .maxValueLength(MAX_LENGTH))) {
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                final int length = CheckedValue.write(value, id, id, MAX_LENGTH);
                assertEquals(Status.OK, store.put(key, 0, 16, value, 0, length, 0));
            }
        }
    }

    private static byte[] damage(final byte[] sound, final Random random) {
        if (random.nextInt(12) == 0) {
            return Arrays.copyOf(sound, random.nextInt(sound.length));
        }
        final byte[] damaged = sound.clone();
        if (random.nextInt(3) == 0) {
            overwriteNumbers(damaged, random);
            return damaged;
        }
        // single bits, and bursts in one place as a torn sector leaves them
        final boolean burst = random.nextInt(4) == 0;
        final int start = random.nextInt(random.nextBoolean() ? damaged.length : 4_096);
        for (int flips = 1 + random.nextInt(64); flips > 0; flips--) {
            final int at = burst ? start + random.nextInt(64) : random.nextInt(damaged.length);
            damaged[at % damaged.length] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }

    /** Whole numbers at their places, likely ones among them, since those lead furthest astray. */
    private static void overwriteNumbers(final byte[] damaged, final Random random) {
        final int limit = random.nextBoolean() ? 512 : damaged.length;
        final ByteBuffer bytes = ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN);
        for (int numbers = 1 + random.nextInt(8); numbers > 0; numbers--) {
            final long number =
                    switch (random.nextInt(6)) {
                        case 0 -> 0;
                        case 1 -> -1;
                        case 2 -> random.nextInt(1 << 12);
                        case 3 -> 1L << random.nextInt(64);
                        case 4 -> random.nextInt();
                        default -> random.nextLong();
                    };
            if (random.nextBoolean()) {
                bytes.putLong(random.nextInt(limit / 8) * 8, number);
            } else {
                bytes.putInt(random.nextInt(limit / 4) * 4, (int) number);
            }
        }
    }

    private void read(final String message) {
        try (StoreReader reader =
                StoreReader.attach(
                        new ReaderContext()
                                .dataDir(dir)
                                .verifyChecksums(true)
                                .stuckAfterMs(1)
                                .staleAfterMs(1))) {
            final EntryView view = new EntryView();
            final SnapshotRead snapshot = reader.newSnapshotRead(1, MAX_LENGTH);
            for (int id = 0; id < KEYS; id++) {
                TestBytes.putKey(key, id);
                count(reader.get(key, 0, 16, copy, 0, MAX_LENGTH), id, message);
                snapshot.reset();
                snapshot.addKey(key, 0, 16);
                snapshot.read();
                final int length = reader.find(key, 0, 16, view);
                if (length >= 0) {
                    // unchecked, so anything may be in it; but it may be touched
                    view.getBytes(0, new UnsafeBuffer(new byte[length]), 0, length);
                }
            }
            final int status =
                    reader.newScan()
                            .forEach(
                                    entry -> {
                                        if (entry.isSound()) {
                                            final int id =
                                                    (int)
                                                            entry.buffer()
                                                                    .getLong(entry.keyOffset() + 8);
                                            assertTrue(
                                                    CheckedValue.isWhole(
                                                            entry.buffer(),
                                                            entry.valueOffset(),
                                                            entry.valueLength(),
                                                            id,
                                                            MAX_LENGTH),
                                                    message);
                                        }
                                        return true;
                                    });
            assertTrue(
                    status == Status.OK || status == Status.CORRUPT || status == Status.OWNER_GONE,
                    message);
        } catch (final StoreException ex) {
            assertTrue(ex.getMessage().contains(dir.toString()), message + ": " + ex.getMessage());
            refused++;
        }
    }

    private void count(final int length, final int id, final String message) {
        if (length >= 0) {
            served++;
            assertTrue(CheckedValue.isWhole(copy, 0, length, id, MAX_LENGTH), message);
            assertEquals(id, copy.getLong(8), message);
        } else if (length == Status.NOT_FOUND) {
            missed++;
        } else {
            assertTrue(
                    length == Status.CORRUPT
                            || length == Status.OWNER_GONE
                            || length == Status.BUFFER_TOO_SMALL,
                    message + ": " + Status.nameOf(length));
            corrupt++;
        }
    }
}
