package io.stoat.transport;

import io.stoat.store.Status;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A read of several keys by a {@link StoreClient}, in as few messages as they fit into. Each value
 * is sound in itself; values may be of different moments. Reusable: keys, {@link #read()}, results,
 * {@link #clear()}. Allocates nothing after it was made. One thread, its client's.
 */
public final class MultiGet implements CompletionHandler {
    private static final int PENDING = Integer.MIN_VALUE;
    private static final int MEAN_KEY_LENGTH = 64;

    private final StoreClient client;
    private final UnsafeBuffer keys;
    private final UnsafeBuffer values;
    private final int[] keyOffsets;
    private final long[] correlationIds;
    private final int[] results;
    private final int[] valueOffsets;
    private final long[] versions;
    private int count;
    private int offered;
    private int completed;
    private int used;

    /** Why a key was not answered, or OK. */
    private int failure;

    MultiGet(final StoreClient client, final int maxKeys, final int maxTotalBytes) {
        this.client = client;
        keys = new UnsafeBuffer(new byte[maxKeys * MEAN_KEY_LENGTH + 1024]);
        values = new UnsafeBuffer(new byte[maxTotalBytes]);
        keyOffsets = new int[maxKeys + 1];
        correlationIds = new long[maxKeys];
        results = new int[maxKeys];
        valueOffsets = new int[maxKeys];
        versions = new long[maxKeys];
    }

    /** Forgets keys and results. */
    public void clear() {
        count = 0;
    }

    /**
     * Adds a key to be read.
     *
     * @param key buffer that holds the key; copied.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return index of the key, or {@link Status#BUFFER_TOO_SMALL} when there are as many keys, or
     *     bytes of keys, as there is room for; or {@link Status#KEY_LENGTH_INVALID}.
     */
    public int addKey(final DirectBuffer key, final int keyOffset, final int keyLength) {
        if (keyLength < 1 || keyLength > io.stoat.store.StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        final int at = count == 0 ? 0 : keyOffsets[count];
        if (count == results.length || keyLength > keys.capacity() - at) {
            return Status.BUFFER_TOO_SMALL;
        }
        keys.putBytes(at, key, keyOffset, keyLength);
        keyOffsets[count] = at;
        keyOffsets[count + 1] = at + keyLength;
        return count++;
    }

    /**
     * Reads all keys.
     *
     * @return {@link Status#OK} when every key has been answered, be it as a miss; else why not:
     *     the results count for the keys that were.
     */
    public int read() {
        int status = client.beginMultiGet();
        if (status != Status.OK) {
            Arrays.fill(results, 0, count, PENDING);
            return fail(status);
        }
        do {
            status = readAll(client.connection());
        } while (client.call().isToBeSentAgain(status));
        return status == Status.OK ? status : fail(status);
    }

    private int readAll(final Connection connection) {
        offered = 0;
        completed = 0;
        used = 0;
        failure = Status.OK;
        Arrays.fill(results, 0, count, PENDING);
        for (int spins = 0; completed < count; spins++) {
            int work = connection.isOpen() ? offer(connection.readLane()) : 0;
            if (offered == count && connection.isOpen()) {
                connection.readLane().flush();
            }
            work += connection.poll(this);
            if (completed < count && !connection.isOpen()) {
                return TransportStatus.NOT_CONNECTED;
            }
            if ((spins & 15) == 15 && client.call().isOverdueBy(0)) {
                return TransportStatus.TIMED_OUT;
            }
            client.call().idleStrategy().idle(work);
        }
        return failure;
    }

    private int offer(final Lane lane) {
        int work = 0;
        while (offered < count) {
            final long id =
                    lane.get(
                            keys,
                            keyOffsets[offered],
                            keyOffsets[offered + 1] - keyOffsets[offered]);
            if (id < 0) {
                break;
            }
            correlationIds[offered++] = id;
            work++;
        }
        return work;
    }

    private int fail(final int status) {
        for (int i = 0; i < count; i++) {
            if (results[i] == PENDING) {
                results[i] = status;
            }
        }
        offered = 0;
        return status;
    }

    @Override
    public void onCompletion(
            final long correlationId,
            final int status,
            final long version,
            final long operand,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        // answers come in the order of the requests
        if (completed >= offered || correlationIds[completed] != correlationId) {
            return;
        }
        final int index = completed++;
        versions[index] = version;
        if (status == TransportStatus.NOT_CONNECTED || status == TransportStatus.TIMED_OUT) {
            failure = status;
        }
        if (status != Status.OK) {
            results[index] = status;
        } else if (length > values.capacity() - used) {
            results[index] = Status.BUFFER_TOO_SMALL;
        } else {
            values.putBytes(used, buffer, offset, length);
            valueOffsets[index] = used;
            results[index] = length;
            used += length;
        }
    }

    /**
     * @return keys added.
     */
    public int count() {
        return count;
    }

    /**
     * @param index of the key.
     * @return length of its value, or a negative status.
     */
    public int result(final int index) {
        return results[index];
    }

    /**
     * @param index of the key.
     * @return version of its entry, or 0.
     */
    public long version(final int index) {
        return versions[index];
    }

    /**
     * @return the buffer that holds all values.
     */
    public DirectBuffer values() {
        return values;
    }

    /**
     * @param index of the key.
     * @return where its value starts in {@link #values()}.
     */
    public int valueOffset(final int index) {
        return valueOffsets[index];
    }
}
