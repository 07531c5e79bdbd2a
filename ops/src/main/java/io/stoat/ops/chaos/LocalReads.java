package io.stoat.ops.chaos;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberReader;
import io.stoat.replication.ReplicationException;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.Status;
import io.stoat.store.StoreException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client's reads of the members' shared memory, and what they found. A member's reader outlives
 * whatever happens to the member. One thread.
 */
final class LocalReads implements AutoCloseable {
    private static final long CATCH_UP_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long RETURN_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int LEAST_BOUND_MS = 200;
    private static final int MOST_BOUND_MS = 2_000;

    private final ClusterConfig config;
    private final Random random;
    private final MemberReader[] readers;
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
    private final List<List<LocalRead>> answered = new ArrayList<>();
    private long refused;

    LocalReads(final ClusterConfig config, final int keyCount, final long seed) {
        this.config = config;
        random = new Random(seed);
        readers = new MemberReader[config.members()];
        for (int key = 0; key < keyCount; key++) {
            answered.add(new ArrayList<>());
        }
    }

    /**
     * Reads a key from some member in some way.
     *
     * @param key number.
     * @param bytes of the key.
     * @param position of the log that an earlier operation of the client on it had.
     */
    void read(final int key, final UnsafeBuffer bytes, final long position) {
        final LocalRead.Kind kind =
                LocalRead.Kind.values()[random.nextInt(LocalRead.Kind.values().length)];
        final int member = random.nextInt(readers.length);
        final long bound =
                switch (kind) {
                    case ANY_AGE -> 0;
                    case BOUNDED -> random.nextInt(LEAST_BOUND_MS, MOST_BOUND_MS);
                    case AFTER -> position;
                };
        final long invokedNs = System.nanoTime();
        final int length = get(kind, member, bytes, bound);
        final long returnedNs = System.nanoTime();
        if (length < 0 && length != Status.NOT_FOUND) {
            refuse(length);
        } else {
            answered.get(key)
                    .add(
                            new LocalRead(
                                    kind,
                                    member,
                                    bound,
                                    invokedNs,
                                    returnedNs,
                                    length >= 0,
                                    length < 0 ? 0 : value.getLong(0, ByteOrder.LITTLE_ENDIAN),
                                    length < 0 ? 0 : readers[member].store().version()));
        }
    }

    private int get(
            final LocalRead.Kind kind, final int member, final UnsafeBuffer key, final long bound) {
        try {
            if (readers[member] == null) {
                readers[member] = MemberReader.attach(config, member);
            }
        } catch (final ReplicationException | StoreException itsFilesAreBeingMade) {
            return ReplicationStatus.NOT_LOADED;
        }
        final MemberReader reader = readers[member];
        final int length = key.capacity();
        return switch (kind) {
            case ANY_AGE -> reader.get(key, 0, length, value, 0, value.capacity());
            case BOUNDED -> reader.getWithin(bound, key, 0, length, value, 0, value.capacity());
            case AFTER ->
                    reader.getAfter(bound, CATCH_UP_NS, key, 0, length, value, 0, value.capacity());
        };
    }

    private void refuse(final int status) {
        if (status != Status.OWNER_GONE
                && status != ReplicationStatus.NOT_LOADED
                && status != ReplicationStatus.TOO_OLD
                && status != ReplicationStatus.NOT_CAUGHT_UP) {
            throw new IllegalStateException(
                    "unexpected status of a local read: " + ReplicationStatus.nameOf(status));
        }
        refused++;
    }

    /**
     * Waits until every member can be read again, now that all of them run.
     *
     * @throws IllegalStateException when one refuses for half a minute.
     */
    void awaitAll(final UnsafeBuffer key) {
        for (int member = 0; member < readers.length; member++) {
            final long deadlineNs = System.nanoTime() + RETURN_NS;
            int status = get(LocalRead.Kind.ANY_AGE, member, key, 0);
            while (status < 0 && status != Status.NOT_FOUND) {
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new IllegalStateException(
                            "a local reader of member "
                                    + member
                                    + " does not come back after the faults: "
                                    + ReplicationStatus.nameOf(status));
                }
                LockSupport.parkNanos(PAUSE_NS);
                status = get(LocalRead.Kind.ANY_AGE, member, key, 0);
            }
        }
    }

    /** Reads of a key that were answered; after the client has ended. */
    List<LocalRead> answered(final int key) {
        return answered.get(key);
    }

    /** Reads that were refused, as too old or because the member was down. */
    long refused() {
        return refused;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(readers);
    }
}
