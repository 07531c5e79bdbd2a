package io.stoat.ops.chaos;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One client on a thread of its own: random operations on a few keys and reads of the members'
 * shared memory, and what came of them.
 */
final class ChaosClient implements Runnable {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ClusterConfig config;
    private final String host;
    private final int number;
    private final Random random;
    private final UnsafeBuffer[] keys;
    private final long[] knownVersions;
    private final LocalReads localReads;
    private final List<List<Operation>> histories = new ArrayList<>();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[64]);
    private long nextValue;
    private volatile boolean isStopped;
    private volatile long acknowledged;

    ChaosClient(
            final ClusterConfig config,
            final String host,
            final int number,
            final int keyCount,
            final long seed) {
        this.config = config;
        this.host = host;
        this.number = number;
        random = new Random(seed);
        localReads = new LocalReads(config, keyCount, random.nextLong());
        keys = new UnsafeBuffer[keyCount];
        knownVersions = new long[keyCount];
        nextValue = (number + 1L) << 32;
        for (int i = 0; i < keyCount; i++) {
            keys[i] = new UnsafeBuffer(("chaos-" + i).getBytes());
            histories.add(new ArrayList<>());
        }
    }

    @Override
    public void run() {
        try (localReads;
                ReplicatedClient client = connect()) {
            while (!isStopped) {
                final int key = random.nextInt(keys.length);
                final long position = operate(client, key, kind());
                if (position > 0) {
                    localReads.read(key, keys[key], position);
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
            localReads.awaitAll(keys[0]);
        }
    }

    /** Reads every key once, after all is over. */
    void readAll() {
        try (ReplicatedClient client = connect()) {
            for (int key = 0; key < keys.length; key++) {
                operate(client, key, Operation.Kind.GET);
            }
        }
    }

    private ReplicatedClient connect() {
        return ReplicatedClient.connect(
                new ReplicatedClientContext()
                        .config(config)
                        .egressHost(host)
                        .timeoutNs(TIMEOUT_NS)
                        .driverOnCallerThread(true));
    }

    private Operation.Kind kind() {
        final int dice = random.nextInt(100);
        return dice < 35
                ? Operation.Kind.GET
                : dice < 55
                        ? Operation.Kind.PUT
                        : dice < 75
                                ? Operation.Kind.PUT_IF_VERSION
                                : dice < 93 ? Operation.Kind.ADD : Operation.Kind.REMOVE;
    }

    /** Returns the position of the log that it had, 0 for an unknown outcome. */
    private long operate(final ReplicatedClient client, final int key, final Operation.Kind kind) {
        final UnsafeBuffer k = keys[key];
        final long expected = knownVersions[key];
        final long argument = kind == Operation.Kind.ADD ? random.nextInt(1, 100) : ++nextValue;
        value.putLong(0, argument, ByteOrder.LITTLE_ENDIAN);
        final int length = k.capacity();
        final long invokedNs = System.nanoTime();
        final int status =
                switch (kind) {
                    case GET -> Math.min(0, client.get(k, 0, length, value, 0, 64));
                    case PUT -> client.put(PutMode.ALWAYS, k, 0, length, value, 0, 8, 0, 0);
                    case PUT_IF_VERSION ->
                            client.put(PutMode.IF_VERSION, k, 0, length, value, 0, 8, 0, expected);
                    case ADD -> client.add(k, 0, length, argument);
                    case REMOVE -> client.remove(k, 0, length);
                };
        final boolean isUnknown = status == ReplicationStatus.OUTCOME_UNKNOWN;
        final long returnedNs = isUnknown ? Long.MAX_VALUE : System.nanoTime();
        final long result =
                kind == Operation.Kind.ADD
                        ? client.counter()
                        : value.getLong(0, ByteOrder.LITTLE_ENDIAN);
        final long version = isUnknown ? 0 : client.version();
        final long position = isUnknown ? 0 : client.position();
        if (version > 0) {
            knownVersions[key] = version;
        }
        acknowledged += isUnknown ? 0 : 1;
        histories
                .get(key)
                .add(
                        new Operation(
                                kind,
                                argument,
                                expected,
                                invokedNs,
                                returnedNs,
                                outcome(status),
                                result,
                                version,
                                position));
        return position;
    }

    private static Operation.Outcome outcome(final int status) {
        return switch (status) {
            case Status.OK -> Operation.Outcome.OK;
            case Status.NOT_FOUND -> Operation.Outcome.NOT_FOUND;
            case Status.VERSION_MISMATCH -> Operation.Outcome.VERSION_MISMATCH;
            case ReplicationStatus.OUTCOME_UNKNOWN -> Operation.Outcome.UNKNOWN;
            default ->
                    throw new IllegalStateException(
                            "unexpected status " + ReplicationStatus.nameOf(status));
        };
    }

    void stop() {
        isStopped = true;
    }

    /** Operations with a known outcome so far; any thread. */
    long acknowledged() {
        return acknowledged;
    }

    /** Operations on a key; after the client has ended. */
    List<Operation> history(final int key) {
        return histories.get(key);
    }

    LocalReads localReads() {
        return localReads;
    }

    int number() {
        return number;
    }
}
