package io.stoat.bench.stress;

import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.store.CommandEncoder;
import io.stoat.store.EntryView;
import io.stoat.store.PutMode;
import io.stoat.store.SnapshotRead;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import io.stoat.store.StoreWriter;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The store of a test, as long as its JVM lives: writes by the first actor, reads by the second one.
 * Each value holds one number again and again, so that a mixture of two is seen.
 */
final class StressStore {
    /** Length of a value that is overwritten in place, bytes. */
    static final int LENGTH = 64;

    /** Length of a value that has to move, bytes. */
    static final int LONG_LENGTH = 160;

    /** A reader found no value. */
    static final long MISSING = -1;

    /** A reader found a mixture of two values. */
    static final long TORN = -2;

    private static final UnsafeBuffer A = key("a");
    private static final UnsafeBuffer B = key("b");

    private final Store store;
    private final StoreReader reader;
    private final UnsafeBuffer written = direct(LONG_LENGTH);
    private final UnsafeBuffer found = direct(LONG_LENGTH);
    private final UnsafeBuffer batchBuffer = new UnsafeBuffer(new byte[1024]);
    private final CommandEncoder batch = new CommandEncoder();
    private final EntryView view = new EntryView();
    private final SnapshotRead snapshot;
    private long number;

    StressStore() {
        final ScratchDirectory scratch = ScratchDirectory.create();
        store =
                Store.open(
                        new StoreContext()
                                .dataDir(scratch.path().resolve("store"))
                                .shardCount(1)
                                .entries(1_000)
                                .maxValueLength(LONG_LENGTH));
        overwrite(A);
        overwrite(B);
        reader = StoreReader.attach(scratch.path().resolve("store"));
        snapshot = reader.newSnapshotRead(2, 2 * LONG_LENGTH);
        snapshot.addKey(A, 0, A.capacity());
        snapshot.addKey(B, 0, B.capacity());
    }

    private static UnsafeBuffer key(final String name) {
        return new UnsafeBuffer(name.getBytes());
    }

    private static UnsafeBuffer direct(final int length) {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    /** Writer: the next number into the first key, in place. */
    void overwriteA() {
        number++;
        overwrite(A);
    }

    /** Writer: the next number into the first key, then into the second one, in place. */
    void overwriteAThenB() {
        number++;
        overwrite(A);
        overwrite(B);
    }

    /** Writer: the next number into both keys by one atomic batch. */
    void overwriteBothInABatch() {
        fill(LENGTH);
        batch.wrap(batchBuffer, 0, batchBuffer.capacity());
        batch.beginBatch();
        batch.put(PutMode.ALWAYS, A, 0, A.capacity(), written, 0, LENGTH, 0, false, 0);
        batch.put(PutMode.ALWAYS, B, 0, B.capacity(), written, 0, LENGTH, 0, false, 0);
        require(
                store.apply(
                        batchBuffer,
                        0,
                        batch.endBatch(),
                        StoreWriter.NEXT_POSITION,
                        System.currentTimeMillis()));
        number++;
    }

    /** Writer: the next number into the first key, by turns short and long, so that it moves. */
    void resizeA() {
        number++;
        final int length = (number & 1) == 0 ? LENGTH : LONG_LENGTH;
        fill(length);
        require(store.put(A, 0, A.capacity(), written, 0, length, 0));
    }

    /** Writer: removes the first key and writes the next number into it. */
    void removeAndPutA() {
        number++;
        require(store.remove(A, 0, A.capacity()));
        overwrite(A);
    }

    private void overwrite(final UnsafeBuffer key) {
        fill(LENGTH);
        require(store.put(key, 0, key.capacity(), written, 0, LENGTH, 0));
    }

    private void fill(final int length) {
        for (int i = 0; i < length; i += 8) {
            written.putLong(i, number);
        }
    }

    private static void require(final int status) {
        if (status != Status.OK) {
            throw new IllegalStateException(Status.nameOf(status));
        }
    }

    /** Reader: the number in the first key by a validated copy, or {@link #MISSING}. */
    long copyOfA() {
        return copyOf(A);
    }

    /** Reader: the same of the second key. */
    long copyOfB() {
        return copyOf(B);
    }

    private long copyOf(final UnsafeBuffer key) {
        final int length = reader.get(key, 0, key.capacity(), found, 0, LONG_LENGTH);
        return length == Status.NOT_FOUND ? MISSING : number(found, 0, requireLength(length));
    }

    /** Reader: version of the value that was copied last. */
    long version() {
        return reader.version();
    }

    /** Reader: the number in the first key, read in place until it is valid. */
    long viewOfA() {
        long seen;
        do {
            seen = unvalidatedViewOfA();
        } while (!view.isValid());
        return seen;
    }

    /** Reader: what a reader sees that does not ask whether its view is still valid. */
    long unvalidatedViewOfA() {
        final int length = requireLength(reader.find(A, 0, A.capacity(), view));
        final long first = view.getLong(0);
        for (int i = 8; i < length; i += 8) {
            if (view.getLong(i) != first) {
                return TORN;
            }
        }
        return first;
    }

    /** Reader: how much further the first key is than the second one, as of one moment. */
    long leadOfA() {
        require(snapshot.read());
        final long a = numberOf(0);
        final long b = numberOf(1);
        return a == TORN || b == TORN ? TORN : a - b;
    }

    private long numberOf(final int index) {
        return number(
                snapshot.buffer(),
                snapshot.valueOffset(index),
                requireLength(snapshot.valueLength(index)));
    }

    private static int requireLength(final int length) {
        if (length != LENGTH && length != LONG_LENGTH) {
            throw new IllegalStateException("length " + length);
        }
        return length;
    }

    private static long number(
            final org.agrona.DirectBuffer buffer, final int offset, final int length) {
        final long first = buffer.getLong(offset);
        for (int i = 8; i < length; i += 8) {
            if (buffer.getLong(offset + i) != first) {
                return TORN;
            }
        }
        return first;
    }
}
