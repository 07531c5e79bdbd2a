package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A checkpoint holds what the shards held at its position, whatever the writer does meanwhile.
 * {@code -Dstoat.seed=N} repeats a run.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CheckpointTest {
    private static final int ROUNDS = 12;
    private static final int LEAST_CHANGES = 400;

    @TempDir Path dir;
    private final long seed = Long.getLong("stoat.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final CommandEncoder encoder = new CommandEncoder();
    private final UnsafeBuffer commands = TestBytes.direct(64 * 1024);
    private final UnsafeBuffer key = TestBytes.heap(64);
    private final UnsafeBuffer value = TestBytes.heap(4096);
    private final long[] statuses = new long[64];
    private int maxValueLength;
    private int keys;
    private long position = 1;
    private long timeMs = 1_000_000;

    @ParameterizedTest
    @CsvSource({
        // shards, segments, entries, keys, longest value, average, eviction
        "1,   1,   400,   300,   64,   64, REJECT",
        "2,   4,  2000,  1900,  200,   20, REJECT",
        "3,   2,  3000,  6000,   64,   64, OLDEST_WRITE",
        "1,   8,  2000,  3000,  100,  100, SOONEST_EXPIRY",
        "2,   1, 20000, 16000,  400,   30, REJECT",
        "1,   1,   100,    90, 4000, 1000, REJECT",
    })
    void shouldHoldWhatTheShardsHeldAtItsPosition(
            final int shards,
            final int segments,
            final int entries,
            final int keyCount,
            final int longest,
            final int average,
            final Eviction eviction)
            throws InterruptedException {
        System.out.println("seed " + seed);
        keys = keyCount;
        maxValueLength = longest;
        final CheckpointImages images = new CheckpointImages(longest);
        try (Store store = open(shards, segments, entries, longest, average, eviction)) {
            final StoreWriter writer = store.writer();
            for (int i = 0; i < 3 * entries; i++) {
                change(writer);
            }
            long saved = 0;
            for (int round = 0; round < ROUNDS; round++) {
                saved += checkOne(writer, images, round % 3 == 2);
            }
            assertTrue(saved > 0, "the writer never met an entry that was still to be copied");
            assertTrue(statuses[-Status.OK] > 0 && statuses[-Status.NOT_FOUND] > 0);
        }
    }

    /** The writer changes entries all the time, more of them when the copier is held up. */
    private long checkOne(
            final StoreWriter writer, final CheckpointImages images, final boolean slowly)
            throws InterruptedException {
        final Map<ByteBuffer, String> expected = new HashMap<>();
        writer.forEachEntry((k, v, version, expiry) -> put(expected, k, v, version, expiry));
        final Checkpoint checkpoint = writer.beginCheckpoint(images, position);
        final Map<ByteBuffer, String> copied = new HashMap<>();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread copier =
                new Thread(
                        () -> {
                            try {
                                checkpoint.copy(
                                        (k, v, version, expiry) -> {
                                            final String before =
                                                    put(copied, k, v, version, expiry);
                                            if (before != null) {
                                                assertEquals(before, copied.get(bytes(k)));
                                            }
                                            if (slowly) {
                                                LockSupport.parkNanos(1);
                                            }
                                        });
                            } catch (final Throwable ex) {
                                failure.set(ex);
                            }
                        },
                        "checkpoint-copier");
        copier.start();
        for (int i = 0; i < LEAST_CHANGES || copier.isAlive(); i++) {
            change(writer);
        }
        copier.join();
        assertTrue(checkpoint.isEnded());
        assertNull(failure.get(), () -> "seed " + seed + ": " + failure.get());
        assertEquals(expected.size(), copied.size(), "seed " + seed);
        assertEquals(expected, copied, "seed " + seed);
        writer.endCheckpoint();
        return checkpoint.savedImages();
    }

    @Test
    void shouldLetTheWriterGoOnWhenItIsAbandoned() throws InterruptedException {
        keys = 4_000;
        maxValueLength = 1_000;
        final CheckpointImages images = new CheckpointImages(maxValueLength);
        try (Store store = open(1, 4, 5_000, 1_000, 1_000, Eviction.REJECT)) {
            final StoreWriter writer = store.writer();
            for (int i = 0; i < 20_000; i++) {
                change(writer);
            }
            final Checkpoint checkpoint = writer.beginCheckpoint(images, position);
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final Thread copier =
                    new Thread(
                            () -> {
                                try {
                                    checkpoint.copy(
                                            (k, v, version, expiry) -> checkpoint.abandon());
                                } catch (final Throwable ex) {
                                    failure.set(ex);
                                }
                            },
                            "checkpoint-copier");
            copier.start();
            copier.join();
            assertEquals(StoreException.class, failure.get().getClass());
            // more than the images have room for
            for (int i = 0; i < 20_000; i++) {
                change(writer);
            }
            assertEquals(0, checkOne(writer, images, false) >> 62);
        }
    }

    @Test
    void shouldRefuseToCopyADamagedEntry() {
        keys = 100;
        maxValueLength = 64;
        try (Store store = open(1, 1, 200, 64, 64, Eviction.REJECT)) {
            final StoreWriter writer = store.writer();
            for (int i = 0; i < 300; i++) {
                change(writer);
            }
            final boolean[] isDamaged = {false};
            writer.forEachEntry(
                    (k, v, version, expiry) -> {
                        if (v.capacity() > 0 && !isDamaged[0]) {
                            new UnsafeBuffer(v.addressOffset(), 1).putByte(0, (byte) ~v.getByte(0));
                            isDamaged[0] = true;
                        }
                    });
            assertTrue(isDamaged[0]);
            final Checkpoint checkpoint =
                    writer.beginCheckpoint(new CheckpointImages(64), position);
            assertFalse(checkpoint.isEnded());
            assertThrows(
                    StoreException.class, () -> checkpoint.copy((k, v, version, expiry) -> {}));
            assertTrue(checkpoint.isEnded());
        }
    }

    private Store open(
            final int shards,
            final int segments,
            final int entries,
            final int longest,
            final int average,
            final Eviction eviction) {
        return Store.open(
                new StoreContext()
                        .dataDir(dir.resolve("d"))
                        .shardCount(shards)
                        .segmentsPerShard(segments)
                        .entries(entries)
                        .maxValueLength(longest)
                        .averageValueLength(average)
                        .averageKeyLength(8)
                        .eviction(eviction));
    }

    private static String put(
            final Map<ByteBuffer, String> entries,
            final org.agrona.DirectBuffer k,
            final org.agrona.DirectBuffer v,
            final long version,
            final long expiry) {
        return entries.put(
                bytes(k), version + "/" + expiry + "/" + Arrays.toString(bytes(v).array()));
    }

    private static ByteBuffer bytes(final org.agrona.DirectBuffer buffer) {
        final byte[] bytes = new byte[buffer.capacity()];
        buffer.getBytes(0, bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** Any command, with its position and time; now and then a sweep of what has expired. */
    private void change(final StoreWriter writer) {
        timeMs += random.nextInt(2);
        position += 1 + random.nextInt(40);
        encoder.wrap(commands, 0, commands.capacity());
        final boolean isBatch = random.nextInt(12) == 0;
        if (isBatch) {
            // one shard's keys make a batch: others are refused, and change nothing
            encoder.beginBatch();
            final int id = random.nextInt(keys);
            for (int i = random.nextInt(4); i >= 0; i--) {
                encode(id, random.nextInt(9));
            }
            if (random.nextBoolean()) {
                encode(random.nextInt(keys), 0);
            }
            encoder.endBatch();
        } else {
            encode(random.nextInt(keys), random.nextInt(9));
        }
        final int status = writer.apply(commands, 0, encoder.encodedLength(), position, timeMs);
        assertTrue(status != Status.MALFORMED && status != Status.ALREADY_APPLIED);
        statuses[-status]++;
        if (random.nextInt(50) == 0) {
            writer.sweepSegment(random.nextInt(1_000), timeMs);
        }
    }

    private void encode(final int id, final int kind) {
        final int keyLength = key.putStringWithoutLengthAscii(0, "key-" + id);
        switch (kind) {
            case 0, 1 -> put(PutMode.ALWAYS, keyLength);
            case 2 -> put(PutMode.IF_ABSENT, keyLength);
            case 3 -> put(PutMode.IF_VERSION, keyLength);
            case 4, 5 -> encoder.remove(key, 0, keyLength);
            case 6 -> encoder.removeIfVersion(key, 0, keyLength, random.nextInt(5));
            case 7 -> encoder.touch(key, 0, keyLength, timeMs + random.nextInt(3_000), false);
            default -> encoder.add(key, 0, keyLength, random.nextInt(100));
        }
    }

    private void put(final int mode, final int keyLength) {
        final int length = random.nextInt(3) == 0 ? Long.BYTES : random.nextInt(maxValueLength + 1);
        value.setMemory(0, length, (byte) random.nextInt());
        final long expiry = random.nextBoolean() ? timeMs + random.nextInt(3_000) : 0;
        encoder.put(mode, key, 0, keyLength, value, 0, length, expiry, false, 3);
    }
}
