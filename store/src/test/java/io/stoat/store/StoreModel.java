package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A store and what it should hold: applies random commands to both and compares statuses, versions
 * and values, as the owner and as a reader in every way of reading see them.
 */
final class StoreModel implements AutoCloseable {
    private static final int REOPEN_ONE_IN = 2_500;
    private static final int REATTACH_ONE_IN = 1_500;
    private static final int SNAPSHOT_KEYS = 8;
    private static final int PAD = 16;

    /** An entry in the map, live or expired. */
    private record Entry(long version, long expiresAtMs, byte[] value) {}

    private static final Entry REFUSED = new Entry(-1, 0, new byte[0]);

    private final CommandEncoder encoder = new CommandEncoder();
    private final UnsafeBuffer commands = TestBytes.direct(160 * 1024);
    private final Random random;
    private final StoreContext context;
    private final byte[][] keys;
    private final int[] shardOfKey;
    private final Entry[] entries;
    private final long[] positions;
    private final CachedEpochClock clock = new CachedEpochClock();
    private final UnsafeBuffer[] keyBuffers;
    private final UnsafeBuffer[] valueBuffers;
    private final EntryView view = new EntryView();
    private Store store;
    private StoreReader reader;
    private SnapshotRead snapshot;
    private UnsafeBuffer key;
    private int keyOffset;
    private UnsafeBuffer value;
    private int valueOffset;
    private byte[] inPlace;

    StoreModel(final Random random, final StoreContext context, final byte[][] keys) {
        this.random = random;
        this.context = context;
        this.keys = keys;
        entries = new Entry[keys.length];
        positions = new long[context.shardCount()];
        clock.update(1_000_000);
        final int keyRoom = StoreContext.MAX_KEY_LENGTH + PAD;
        final int valueRoom = context.maxValueLength() + PAD;
        keyBuffers = new UnsafeBuffer[] {TestBytes.heap(keyRoom), TestBytes.direct(keyRoom)};
        valueBuffers = new UnsafeBuffer[] {TestBytes.heap(valueRoom), TestBytes.direct(valueRoom)};
        context.epochClock(clock).heartbeatThread(false);
        store = Store.open(context);
        attach();
        shardOfKey = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            final UnsafeBuffer bytes = new UnsafeBuffer(keys[i]);
            shardOfKey[i] = reader.shardMap().shardOf(XxHash64.hash(bytes, 0, bytes.capacity()));
        }
    }

    private void attach() {
        reader =
                StoreReader.attach(
                        new ReaderContext()
                                .dataDir(context.dataDir())
                                .epochClock(clock)
                                .verifyChecksums(true));
        snapshot = reader.newSnapshotRead(SNAPSHOT_KEYS, SNAPSHOT_KEYS * context.maxValueLength());
    }

    void step() {
        clock.advance(random.nextInt(3));
        if (random.nextInt(REOPEN_ONE_IN) == 0) {
            store.close();
            checkReader(random.nextInt(keys.length));
            store =
                    Store.open(
                            new StoreContext()
                                    .dataDir(context.dataDir())
                                    .epochClock(clock)
                                    .heartbeatThread(false));
        }
        if (random.nextInt(REATTACH_ONE_IN) == 0) {
            reader.close();
            attach();
        }
        final int i = random.nextInt(keys.length);
        command(i);
        check(i);
        check(random.nextInt(keys.length));
        if (random.nextInt(20) == 0) {
            checkSnapshot();
        }
    }

    private void command(final int i) {
        useKey(i);
        final int length = keys[i].length;
        final Entry old = entries[i];
        final boolean live = isLive(old);
        final long expected = expectedVersion(old);
        switch (random.nextInt(15)) {
            case 0, 1, 2 -> {
                final Entry next = nextEntry(i);
                applied(i, next, put(i, next), "put");
            }
            case 3 -> {
                final Entry next = nextEntry(i);
                final int status =
                        store.putIfAbsent(
                                key,
                                keyOffset,
                                length,
                                value,
                                valueOffset,
                                next.value.length,
                                next.expiresAtMs);
                if (live) {
                    refused(i, Status.ALREADY_EXISTS, old.version, status, "putIfAbsent");
                } else {
                    applied(i, next, status, "putIfAbsent");
                }
            }
            case 4, 5 -> {
                final Entry next = nextEntry(i);
                final int status =
                        store.putIfVersion(
                                key,
                                keyOffset,
                                length,
                                value,
                                valueOffset,
                                next.value.length,
                                next.expiresAtMs,
                                expected);
                if (!live) {
                    refused(i, Status.NOT_FOUND, 0, status, "putIfVersion");
                } else if (old.version != expected) {
                    refused(i, Status.VERSION_MISMATCH, old.version, status, "putIfVersion");
                } else {
                    applied(i, next, status, "putIfVersion");
                }
            }
            case 6 -> removed(i, store.remove(key, keyOffset, length), "remove");
            case 7 -> touch(i);
            case 8, 9 -> add(i);
            case 10, 11 -> applyPut(i);
            case 12, 13 -> applyBatch(i);
            default -> {
                final int status = store.removeIfVersion(key, keyOffset, length, expected);
                if (live && old.version != expected) {
                    refused(i, Status.VERSION_MISMATCH, old.version, status, "removeIfVersion");
                } else {
                    removed(i, status, "removeIfVersion");
                }
            }
        }
    }

    private void touch(final int i) {
        final Entry old = entries[i];
        final long expiresAtMs = nextExpiryMs();
        final int status = store.touch(key, keyOffset, keys[i].length, expiresAtMs);
        if (isLive(old)) {
            final long version = positions[shardOfKey[i]] + 1;
            applied(i, new Entry(version, expiresAtMs, old.value), status, "touch");
        } else {
            refused(i, Status.NOT_FOUND, 0, status, "touch");
        }
    }

    private void add(final int i) {
        final Entry old = entries[i];
        final boolean live = isLive(old);
        final long delta = random.nextBoolean() ? random.nextInt(100) - 50 : random.nextLong();
        final int status = store.add(key, keyOffset, keys[i].length, delta);
        if (live && old.value.length != Long.BYTES) {
            refused(i, Status.NOT_A_COUNTER, old.version, status, "add");
            return;
        }
        final UnsafeBuffer sum = new UnsafeBuffer(new byte[Long.BYTES]);
        final long from = live ? new UnsafeBuffer(old.value).getLong(0) : 0;
        try {
            sum.putLong(0, Math.addExact(from, delta));
        } catch (final ArithmeticException overflow) {
            refused(i, Status.OVERFLOW, old.version, status, "add");
            return;
        }
        final long version = positions[shardOfKey[i]] + 1;
        applied(i, new Entry(version, live ? old.expiresAtMs : 0, sum.byteArray()), status, "add");
        assertEquals(sum.getLong(0), store.counter());
    }

    /** An encoded command, at the next position, at one of a log, or at one that has passed. */
    private void applyPut(final int i) {
        final int shard = shardOfKey[i];
        final long position =
                switch (random.nextInt(3)) {
                    case 0 -> StoreWriter.NEXT_POSITION;
                    case 1 -> positions[shard] + 1 + random.nextInt(5);
                    default -> positions[shard] - random.nextInt(3);
                };
        final boolean hasPassed =
                position != StoreWriter.NEXT_POSITION && position <= positions[shard];
        final Entry next = nextEntry(i);
        final boolean relative = next.expiresAtMs >= clock.time();
        final long expiry = relative ? next.expiresAtMs - clock.time() : next.expiresAtMs;
        final boolean never = relative && expiry == 0;
        encoder.wrap(commands, 0, commands.capacity());
        final int length =
                encoder.put(
                        PutMode.ALWAYS,
                        key,
                        keyOffset,
                        keys[i].length,
                        value,
                        valueOffset,
                        next.value.length,
                        expiry,
                        relative,
                        0);
        final int status = store.apply(commands, 0, length, position, clock.time());
        if (hasPassed) {
            refused(i, Status.ALREADY_APPLIED, 0, status, "apply");
            return;
        }
        if (position != StoreWriter.NEXT_POSITION) {
            positions[shard] = position - 1;
        }
        final long version = positions[shard] + 1;
        applied(i, new Entry(version, never ? 0 : next.expiresAtMs, next.value), status, "apply");
    }

    /** All of a batch or nothing; each command sees what those before it did. */
    private void applyBatch(final int first) {
        final int shard = shardOfKey[first];
        final Entry[] after = entries.clone();
        final long version = positions[shard] + 1;
        encoder.wrap(commands, 0, commands.capacity()).beginBatch();
        int count = 0;
        int refusedAt = -1;
        boolean changes = false;
        for (int n = 0; n < 12; n++) {
            final int i = n == 0 ? first : random.nextInt(keys.length);
            if (shardOfKey[i] == shard) {
                final Entry old = after[i];
                final Entry planned = encodeOfBatch(i, old, version);
                count++;
                if (refusedAt < 0 && planned == REFUSED) {
                    refusedAt = count - 1;
                } else if (refusedAt < 0) {
                    changes |= planned != old;
                    after[i] = planned;
                }
            }
        }
        final int status =
                store.apply(
                        commands, 0, encoder.endBatch(), StoreWriter.NEXT_POSITION, clock.time());
        if (status == Status.BATCH_TOO_LARGE) {
            return;
        }
        assertEquals(refusedAt < 0, status == Status.OK, Status.nameOf(status));
        assertEquals(refusedAt, store.writer().refusedIndex());
        if (refusedAt < 0) {
            System.arraycopy(after, 0, entries, 0, entries.length);
            positions[shard] += changes ? 1 : 0;
            assertEquals(changes ? version : 0, store.version(), "batch");
        }
    }

    /** Adds a command to the batch and tells what it leaves of the entry. */
    private Entry encodeOfBatch(final int i, final Entry old, final long version) {
        useKey(i);
        final int length = keys[i].length;
        final boolean live = isLive(old);
        switch (random.nextInt(9)) {
            case 0 -> {
                encoder.remove(key, keyOffset, length);
                return live ? null : old;
            }
            case 1 -> {
                encoder.touch(key, keyOffset, length, 700, true);
                return live ? new Entry(version, clock.time() + 700, old.value) : REFUSED;
            }
            case 2 -> {
                encoder.add(key, keyOffset, length, 3);
                if (live && old.value.length != Long.BYTES) {
                    return REFUSED;
                }
                final UnsafeBuffer sum = new UnsafeBuffer(new byte[Long.BYTES]);
                final long from = live ? new UnsafeBuffer(old.value).getLong(0) : 0;
                if (from > Long.MAX_VALUE - 3) {
                    return REFUSED;
                }
                sum.putLong(0, from + 3);
                return new Entry(version, live ? old.expiresAtMs : 0, sum.byteArray());
            }
            default -> {
                final byte[] bytes =
                        new byte[random.nextInt(Math.min(300, context.maxValueLength()) + 1)];
                random.nextBytes(bytes);
                final boolean ifAbsent = random.nextInt(12) == 0;
                encoder.put(
                        ifAbsent ? PutMode.IF_ABSENT : PutMode.ALWAYS,
                        key,
                        keyOffset,
                        length,
                        new UnsafeBuffer(bytes),
                        0,
                        bytes.length,
                        0,
                        false,
                        0);
                return ifAbsent && live ? REFUSED : new Entry(version, 0, bytes);
            }
        }
    }

    private int put(final int i, final Entry next) {
        return store.put(
                key,
                keyOffset,
                keys[i].length,
                value,
                valueOffset,
                next.value.length,
                next.expiresAtMs);
    }

    private void applied(final int i, final Entry next, final int status, final String command) {
        assertEquals("OK", Status.nameOf(status), command);
        positions[shardOfKey[i]]++;
        assertEquals(next.version, store.version(), command);
        entries[i] = next;
    }

    private void removed(final int i, final int status, final String command) {
        final boolean live = isLive(entries[i]);
        assertEquals(live ? "OK" : "NOT_FOUND", Status.nameOf(status), command);
        assertEquals(live ? entries[i].version : 0, store.version(), command);
        if (live) {
            positions[shardOfKey[i]]++;
        }
        entries[i] = null;
    }

    private void refused(
            final int i,
            final int expected,
            final long version,
            final int status,
            final String command) {
        assertEquals(Status.nameOf(expected), Status.nameOf(status), command + " of key " + i);
        assertEquals(version, store.version(), command);
    }

    private boolean isLive(final Entry entry) {
        return entry != null && (entry.expiresAtMs == 0 || entry.expiresAtMs > clock.time());
    }

    private long expectedVersion(final Entry old) {
        return old != null && random.nextBoolean() ? old.version : random.nextInt(2_000);
    }

    private Entry nextEntry(final int i) {
        final byte[] bytes = new byte[nextLength(entries[i])];
        random.nextBytes(bytes);
        value = valueBuffers[random.nextInt(2)];
        valueOffset = random.nextInt(PAD);
        value.putBytes(valueOffset, bytes);
        return new Entry(positions[shardOfKey[i]] + 1, nextExpiryMs(), bytes);
    }

    private int nextLength(final Entry old) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2, 3 ->
                    old == null ? random.nextInt(context.maxValueLength()) : old.value.length;
            case 4 -> random.nextBoolean() ? 0 : Long.BYTES;
            case 5 -> random.nextInt(10) == 0 ? context.maxValueLength() : 1;
            default -> random.nextInt(Math.min(3_000, context.maxValueLength()) + 1);
        };
    }

    private long nextExpiryMs() {
        return switch (random.nextInt(6)) {
            case 0 -> clock.time() + random.nextInt(2_000);
            case 1 -> clock.time() - random.nextInt(10);
            default -> 0;
        };
    }

    private void useKey(final int i) {
        key = keyBuffers[random.nextInt(2)];
        keyOffset = random.nextInt(PAD);
        key.putBytes(keyOffset, keys[i]);
    }

    private void check(final int i) {
        useKey(i);
        final Entry entry = entries[i];
        final boolean live = isLive(entry);
        final int expected = live ? entry.value.length : Status.NOT_FOUND;
        final UnsafeBuffer dst = valueBuffers[random.nextInt(2)];
        final int room = context.maxValueLength();
        assertEquals(expected, store.get(key, keyOffset, keys[i].length, dst, 3, room), "owner");
        assertEquals(live ? entry.version : 0, store.version(), "owner");
        if (live) {
            assertEquals(-1, TestBytes.mismatch(entry.value, dst, 3), "owner's value");
        }
        checkReader(i);
    }

    private void checkReader(final int i) {
        useKey(i);
        final Entry entry = entries[i];
        final boolean live = isLive(entry);
        final int length = keys[i].length;
        final int expected = live ? entry.value.length : Status.NOT_FOUND;
        final UnsafeBuffer dst = valueBuffers[random.nextInt(2)];
        assertEquals(
                expected,
                reader.get(key, keyOffset, length, dst, 5, context.maxValueLength()),
                "reader");
        assertEquals(live ? entry.version : 0, reader.version(), "reader");
        assertEquals(live ? entry.expiresAtMs : 0, reader.expiresAtMs(), "reader");
        assertEquals(expected, reader.find(key, keyOffset, length, view), "find");
        inPlace = null;
        assertEquals(
                expected,
                reader.read(key, keyOffset, length, new EntryView(), this::copyInPlace),
                "read");
        if (!live) {
            assertEquals(null, inPlace, "no entry, no call");
            return;
        }
        assertEquals(-1, TestBytes.mismatch(entry.value, dst, 5), "reader's value");
        assertEquals(-1, TestBytes.mismatch(entry.value, new UnsafeBuffer(inPlace), 0), "read");
        assertEquals(entry.value.length, view.valueLength(), "view");
        assertEquals(entry.version, view.version(), "view");
        assertEquals(entry.expiresAtMs, view.expiresAtMs(), "view");
        final byte[] seen = new byte[view.valueLength()];
        view.getBytes(0, new UnsafeBuffer(seen), 0, seen.length);
        assertEquals(-1, TestBytes.mismatch(entry.value, new UnsafeBuffer(seen), 0), "view");
        assertTrue(view.isValid());
        if (entry.value.length > 0) {
            assertEquals(
                    Status.BUFFER_TOO_SMALL,
                    reader.get(key, keyOffset, length, dst, 0, entry.value.length - 1));
            assertEquals(entry.version, reader.version());
        }
    }

    private void copyInPlace(final EntryView entry) {
        inPlace = new byte[entry.valueLength()];
        for (int i = 0; i < inPlace.length; i++) {
            inPlace[i] = entry.getByte(i);
        }
    }

    private void checkSnapshot() {
        snapshot.reset();
        final int[] indexes = new int[1 + random.nextInt(SNAPSHOT_KEYS)];
        for (int n = 0; n < indexes.length; n++) {
            indexes[n] = random.nextInt(keys.length);
            useKey(indexes[n]);
            assertEquals(n, snapshot.addKey(key, keyOffset, keys[indexes[n]].length));
        }
        assertEquals(Status.OK, snapshot.read());
        for (int n = 0; n < indexes.length; n++) {
            final Entry entry = entries[indexes[n]];
            final boolean live = isLive(entry);
            assertEquals(
                    live ? entry.value.length : Status.NOT_FOUND,
                    snapshot.valueLength(n),
                    "snapshot");
            assertEquals(live ? entry.version : 0, snapshot.version(n), "snapshot");
            if (live) {
                assertEquals(
                        -1,
                        TestBytes.mismatch(entry.value, snapshot.buffer(), snapshot.valueOffset(n)),
                        "snapshot");
            }
        }
    }

    void checkAll() {
        long physical = 0;
        long bytes = 0;
        for (int i = 0; i < keys.length; i++) {
            check(i);
            if (entries[i] != null) {
                physical++;
                bytes += entries[i].value.length;
            }
        }
        assertEquals(physical, store.size());
        final StoreStat stat = reader.stat();
        assertEquals(physical, stat.shards().stream().mapToLong(ShardStat::entries).sum());
        assertEquals(bytes, stat.shards().stream().mapToLong(ShardStat::valueBytes).sum());
        for (final ShardStat shard : stat.shards()) {
            assertEquals(positions[shard.shard()], shard.appliedPosition());
        }
    }

    @Override
    public void close() {
        reader.close();
        store.close();
    }
}
