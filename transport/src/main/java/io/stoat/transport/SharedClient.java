package io.stoat.transport;

import io.stoat.store.Status;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A {@link StoreClient} that several threads share, one request at a time: a lock around each call.
 * For threads that ask rarely; a thread that asks often has a client of its own.
 */
public final class SharedClient implements AutoCloseable {
    /** What a request found out besides its status; filled under the client's lock. */
    public static final class Outcome {
        private long version;
        private long expiresAtMs;
        private long counter;

        /** An outcome of nothing, to be filled by requests. One thread at a time. */
        public Outcome() {}

        /**
         * @return version written, removed or found; 0 when there was none.
         */
        public long version() {
            return version;
        }

        /**
         * @return of a get: expiry of the entry, ms since the epoch, or 0.
         */
        public long expiresAtMs() {
            return expiresAtMs;
        }

        /**
         * @return of a successful add: the sum.
         */
        public long counter() {
            return counter;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final StoreClient client;

    private SharedClient(final StoreClient client) {
        this.client = client;
    }

    /**
     * Connects to a node.
     *
     * @param context settings; concluded here.
     * @return the client.
     * @throws TransportException as {@link StoreClient#connect}.
     */
    public static SharedClient connect(final ClientContext context) {
        return new SharedClient(StoreClient.connect(context));
    }

    private int end(final int status, final Outcome outcome) {
        outcome.version = client.version();
        outcome.expiresAtMs = client.expiresAtMs();
        outcome.counter = client.counter();
        return status;
    }

    private void begin() {
        lock.lock();
        client.releaseOwner();
    }

    /**
     * Reads a value. Parameters as {@link StoreClient#get}.
     *
     * @param outcome filled.
     * @return length of the value, or a negative status.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength,
            final Outcome outcome) {
        begin();
        try {
            return end(client.get(key, keyOffset, keyLength, dst, dstOffset, maxLength), outcome);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes a value. Parameters as {@link StoreClient#put}.
     *
     * @param outcome filled.
     * @return a status.
     */
    public int put(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs,
            final Outcome outcome) {
        begin();
        try {
            return end(
                    client.put(key, keyOffset, keyLength, value, valueOffset, valueLength, ttlMs),
                    outcome);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes an entry. Parameters as {@link StoreClient#remove(DirectBuffer, int, int)}.
     *
     * @param outcome filled.
     * @return a status.
     */
    public int remove(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final Outcome outcome) {
        begin();
        try {
            return end(client.remove(key, keyOffset, keyLength), outcome);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds to a counter. Parameters as {@link StoreClient#add}.
     *
     * @param outcome filled.
     * @return a status.
     */
    public int add(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long delta,
            final Outcome outcome) {
        begin();
        try {
            return end(client.add(key, keyOffset, keyLength, delta), outcome);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends any other encoded command. Parameters as {@link StoreClient#apply}.
     *
     * @param outcome filled.
     * @return a status, such as {@link Status#OK}.
     */
    public int apply(
            final DirectBuffer command, final int offset, final int length, final Outcome outcome) {
        begin();
        try {
            return end(client.apply(command, offset, length), outcome);
        } finally {
            lock.unlock();
        }
    }

    /** Ends the session. */
    @Override
    public void close() {
        begin();
        try {
            client.close();
        } finally {
            lock.unlock();
        }
    }
}
