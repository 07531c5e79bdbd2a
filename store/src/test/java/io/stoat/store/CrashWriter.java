package io.stoat.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Child process: owns a store and writes until it is killed, keeping a journal in a mapped file of
 * its own: for each key the command that it is about to send and the last one that was
 * acknowledged. At its start it compares what the killed one before it left with that journal.
 * Arguments: directory, journal file, seed, and whether the store is to grow again and again.
 * Prints {@code ready} with what it found and recovered, or {@code wrong} and ends with 1.
 */
final class CrashWriter {
    static final int KEYS = 400;
    static final int MAX_LENGTH = 520;

    private static final int MAX_BATCH = 10;
    private static final int JOURNAL_LENGTH = 2 * Long.BYTES * KEYS;

    private final UnsafeBuffer key = TestBytes.direct(16);
    private final UnsafeBuffer value = TestBytes.direct(MAX_LENGTH);
    private final UnsafeBuffer batch = TestBytes.direct(16 * 1024);
    private final CommandEncoder encoder = new CommandEncoder();
    private final int[] batchIds = new int[MAX_BATCH];
    private final long[] batchNext = new long[MAX_BATCH];
    private final UnsafeBuffer journal;
    private final Store store;
    private long random = 1;
    private long entries;
    private boolean copying;

    CrashWriter(final Store store, final UnsafeBuffer journal) {
        this.store = store;
        this.journal = journal;
        try (StoreReader reader = StoreReader.attach(store.context().dataDir())) {
            entries = reader.stat().shards().stream().mapToLong(ShardStat::capacityEntries).sum();
        }
    }

    /** Small segments and a low average length, so that extra tiers come and entries move. */
    static StoreContext context(final Path dir) {
        final StoreContext context =
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(2)
                        .segmentsPerShard(2)
                        .averageValueLength(64)
                        .maxValueLength(MAX_LENGTH);
        // a store that has grown is for more
        return Files.exists(dir.resolve(StoreMark.FILE_NAME)) ? context : context.entries(4 * KEYS);
    }

    static UnsafeBuffer mapJournal(final Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return new UnsafeBuffer(channel.map(MapMode.READ_WRITE, 0, JOURNAL_LENGTH));
        }
    }

    public static void main(final String[] args) throws IOException {
        final UnsafeBuffer journal = mapJournal(Path.of(args[1]));
        final Store store = Store.open(context(Path.of(args[0])));
        final CrashWriter writer = new CrashWriter(store, journal);
        final String wrong = writer.check();
        if (wrong != null || store.recovery().quarantined() + store.recovery().missing() > 0) {
            System.out.println("wrong " + wrong + "; " + store.recovery());
            System.exit(1);
        }
        System.out.println("ready " + store.recovery().commandsFinished());
        writer.random = Long.parseLong(args[2]) | 1;
        final boolean grows = Boolean.parseBoolean(args[3]);
        while (true) {
            writer.step(grows);
        }
    }

    void step(final boolean grows) {
        if (grows) {
            grow();
        }
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        if ((random >>> 40 & 3) == 0) {
            writeBatch();
        } else {
            write((int) ((random >>> 8 & 0xFFFFFF) % KEYS), (random >>> 48 & 7) == 0);
        }
    }

    private void grow() {
        if (!store.growthIsUnderWay()) {
            final Growth last = store.growth();
            if (last != null && last.state() != Growth.State.DONE) {
                throw new AssertionError(last.failure());
            }
            entries = Math.max(entries, last == null ? 0 : last.entries()) + KEYS;
            store.startGrowth(entries);
            copying = false;
            System.out.println("growing");
        } else if (!copying && store.growth().state() == Growth.State.COPYING) {
            copying = true;
            System.out.println("copying");
        }
        store.writer().grow(20);
    }

    /** Writes and removes up to ten keys of one shard at once. */
    private void writeBatch() {
        final int first = (int) ((random >>> 8 & 0xFFFFFF) % KEYS);
        final int most = 1 + (int) (random >>> 32 & 0xF) % MAX_BATCH;
        final int shard = shardOf(first);
        int count = 0;
        encoder.wrap(batch, 0, batch.capacity()).beginBatch();
        for (int i = 0; i < KEYS && count < most; i++) {
            final int id = (first + 7 * i) % KEYS;
            if (shardOf(id) == shard) {
                final boolean removes = (acknowledged(id) & 1) == 1 && (random >>> i & 7) == 0;
                final long next = next(id, removes);
                batchIds[count] = id;
                batchNext[count++] = next;
                journal.putLongRelease(offset(id), next);
                if (removes) {
                    encoder.remove(key, 0, 16);
                } else {
                    final int length = CheckedValue.write(value, id, next, MAX_LENGTH);
                    encoder.put(PutMode.ALWAYS, key, 0, 16, value, 0, length, 0, false, 0);
                }
            }
        }
        final int status = store.apply(batch, 0, encoder.endBatch(), StoreWriter.NEXT_POSITION, 0);
        if (status != Status.OK) {
            throw new AssertionError(Status.nameOf(status));
        }
        for (int i = 0; i < count; i++) {
            journal.putLongRelease(offset(batchIds[i]) + Long.BYTES, batchNext[i]);
        }
    }

    private int shardOf(final int id) {
        TestBytes.putKey(key, id);
        return store.shardMap().shardOf(key, 0, 16);
    }

    /** Odd: present with that tick; even: absent. */
    private long next(final int id, final boolean removes) {
        final long acknowledged = acknowledged(id);
        return removes ? acknowledged + 1 : (acknowledged | 1) + ((acknowledged & 1) * 2);
    }

    private void write(final int id, final boolean remove) {
        final boolean removes = remove && (acknowledged(id) & 1) == 1;
        final long next = next(id, removes);
        journal.putLongRelease(offset(id), next);
        TestBytes.putKey(key, id);
        final int status;
        if (removes) {
            status = store.remove(key, 0, 16);
        } else {
            final int length = CheckedValue.write(value, id, next, MAX_LENGTH);
            status = store.put(key, 0, 16, value, 0, length, 0);
        }
        if (status != Status.OK) {
            throw new AssertionError(Status.nameOf(status));
        }
        journal.putLongRelease(offset(id) + Long.BYTES, next);
    }

    private static int offset(final int id) {
        return id * 2 * Long.BYTES;
    }

    private long acknowledged(final int id) {
        return journal.getLongVolatile(offset(id) + Long.BYTES);
    }

    /**
     * Compares the store with the journal; null when they agree, else the first difference. One
     * command at most was under way, so what it attempted is there for all its keys or for none.
     */
    String check() {
        int applied = 0;
        int notApplied = 0;
        for (int id = 0; id < KEYS; id++) {
            final long attempted = journal.getLongVolatile(offset(id));
            final long acknowledged = acknowledged(id);
            TestBytes.putKey(key, id);
            final int length = store.get(key, 0, 16, value, 0, MAX_LENGTH);
            final long found;
            if (length == Status.NOT_FOUND) {
                // absent satisfies either of the two that is even
                found = (acknowledged & 1) == 0 ? acknowledged : attempted & ~1;
            } else if (length < 0 || !CheckedValue.isWhole(value, 0, length, id, MAX_LENGTH)) {
                return "id " + id + " is damaged: " + length;
            } else {
                found = value.getLong(8);
            }
            if (found != attempted && found != acknowledged) {
                return "id "
                        + id
                        + " is "
                        + found
                        + ", acknowledged "
                        + acknowledged
                        + ", attempted "
                        + attempted;
            }
            applied += found == attempted && attempted != acknowledged ? 1 : 0;
            notApplied += found != attempted ? 1 : 0;
            // what is there counts from now on
            journal.putLongRelease(offset(id), found);
            journal.putLongRelease(offset(id) + Long.BYTES, found);
        }
        return applied > 0 && notApplied > 0
                ? "a batch is there for " + applied + " keys and not for " + notApplied
                : null;
    }
}
