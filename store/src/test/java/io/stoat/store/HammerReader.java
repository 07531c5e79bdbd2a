package io.stoat.store;

import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Child process: reads and checks {@link HammerWriter}'s values in every way until a line comes in.
 * Argument: directory. Prints {@code ready}, {@code reading} once it is at it, and at the end
 * {@code reads N misses N wrong N retries N}.
 */
final class HammerReader {
    private static final int SNAPSHOT_KEYS = 4;

    private final StoreReader reader;
    private final SnapshotRead snapshot;
    private final EntryView view = new EntryView();
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[16]);
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[HammerWriter.MAX_LENGTH]);
    private final long[] lastTicks = new long[HammerWriter.KEYS];
    private long random = ProcessHandle.current().pid() * 0x9E3779B97F4A7C15L | 1;
    private long reads;
    private long misses;
    private long wrong;
    private long invalidViews;

    HammerReader(final Path dir) {
        reader = StoreReader.attach(dir);
        snapshot = reader.newSnapshotRead(SNAPSHOT_KEYS, SNAPSHOT_KEYS * HammerWriter.MAX_LENGTH);
    }

    public static void main(final String[] args) throws Exception {
        final HammerReader hammer = new HammerReader(Path.of(args[0]));
        System.out.println("ready");
        boolean told = false;
        while (System.in.available() == 0) {
            for (int i = 0; i < 2_000; i++) {
                hammer.read();
            }
            if (!told) {
                told = true;
                System.out.println("reading");
            }
        }
        System.out.println(
                "reads "
                        + hammer.reads
                        + " misses "
                        + hammer.misses
                        + " wrong "
                        + hammer.wrong
                        + " retries "
                        + (hammer.reader.retries() + hammer.invalidViews));
        hammer.reader.close();
    }

    void read() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        final int id = (int) ((random >>> 8) % ((random & 3) == 0 ? HammerWriter.KEYS : 8));
        TestBytes.putKey(key, id);
        switch ((int) (random >>> 48 & 7)) {
            case 0, 1, 2 -> check(id, reader.get(key, 0, 16, copy, 0, copy.capacity()), 0);
            case 3 -> readSnapshot();
            default -> readInPlace(id);
        }
    }

    private void readInPlace(final int id) {
        while (true) {
            final int length = reader.find(key, 0, 16, view);
            if (length > copy.capacity()) {
                wrong++;
                return;
            }
            if (length > 0) {
                view.getBytes(0, copy, 0, length);
                if (!view.isValid()) {
                    invalidViews++;
                    continue;
                }
            }
            check(id, length, 0);
            return;
        }
    }

    private void readSnapshot() {
        snapshot.reset();
        final int first = (int) (random >>> 16 & 7);
        for (int i = 0; i < SNAPSHOT_KEYS; i++) {
            TestBytes.putKey(key, first + 2 * i);
            snapshot.addKey(key, 0, 16);
        }
        if (snapshot.read() != Status.OK) {
            wrong++;
            return;
        }
        for (int i = 0; i < SNAPSHOT_KEYS; i++) {
            if (snapshot.valueLength(i) > 0) {
                copy.putBytes(
                        0, snapshot.buffer(), snapshot.valueOffset(i), snapshot.valueLength(i));
            }
            check(first + 2 * i, snapshot.valueLength(i), 0);
        }
    }

    private void check(final int id, final int length, final int offset) {
        reads++;
        if (length == Status.NOT_FOUND) {
            misses++;
        } else if (length < 0
                || !CheckedValue.isWhole(copy, offset, length, id, HammerWriter.MAX_LENGTH)
                || copy.getLong(offset + 8) < lastTicks[id]) {
            wrong++;
        } else {
            lastTicks[id] = copy.getLong(offset + 8);
        }
    }
}
