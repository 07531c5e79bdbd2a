package io.stoat.store;

import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads several keys as of one moment: all their segments' sequences are loaded first, then all
 * values are copied, then all sequences are checked again; if none changed, there was a moment at
 * which every copy was current. Keys may lie in any shards. Reusable, allocates nothing after
 * construction, one thread.
 *
 * <p>Use: {@link #reset()}, {@link #addKey} for each, {@link #read()}, then the results by index.
 */
public final class SnapshotRead {
    private final StoreReader reader;
    private final int maxKeys;
    private final UnsafeBuffer keys;
    private final UnsafeBuffer values;
    private final int[] keyOffsets;
    private final int[] keyLengths;
    private final long[] hashes;
    private final long[] sequenceAddresses;
    private final long[] sequences;
    private final int[] valueOffsets;
    private final int[] valueLengths;
    private final long[] versions;
    private int count;
    private int keyBytes;
    private boolean hasNow;
    private long nowMs;

    SnapshotRead(final StoreReader reader, final int maxKeys, final int maxTotalBytes) {
        if (maxKeys < 1 || maxKeys > 65_536 || maxTotalBytes < 0) {
            throw new IllegalArgumentException(
                    "maxKeys must be 1 to 65536 and maxTotalBytes 0 or more: "
                            + maxKeys
                            + ", "
                            + maxTotalBytes);
        }
        this.reader = reader;
        this.maxKeys = maxKeys;
        keys = new UnsafeBuffer(new byte[maxKeys * StoreContext.MAX_KEY_LENGTH]);
        values = new UnsafeBuffer(new byte[maxTotalBytes]);
        keyOffsets = new int[maxKeys];
        keyLengths = new int[maxKeys];
        hashes = new long[maxKeys];
        sequenceAddresses = new long[maxKeys];
        sequences = new long[maxKeys];
        valueOffsets = new int[maxKeys];
        valueLengths = new int[maxKeys];
        versions = new long[maxKeys];
    }

    /** Forgets keys and results. */
    public void reset() {
        count = 0;
        keyBytes = 0;
    }

    /**
     * Adds a key; its bytes are copied.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return index of the key's result, or {@link Status#KEY_LENGTH_INVALID}.
     * @throws IllegalStateException when more than maxKeys are added.
     */
    public int addKey(final DirectBuffer key, final int keyOffset, final int keyLength) {
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        if (count == maxKeys) {
            throw new IllegalStateException("more than maxKeys=" + maxKeys + " keys in one read");
        }
        keys.putBytes(keyBytes, key, keyOffset, keyLength);
        keyOffsets[count] = keyBytes;
        keyLengths[count] = keyLength;
        hashes[count] = XxHash64.hash(keys, keyBytes, keyLength);
        keyBytes += keyLength;
        return count++;
    }

    /**
     * Reads all keys.
     *
     * @return {@link Status#OK}; {@link Status#BUFFER_TOO_SMALL} when the values do not fit
     *     together; {@link Status#OWNER_GONE}, {@link Status#CORRUPT} or {@link Status#CLOSED}. A
     *     key that is absent is not an error: see {@link #valueLength}.
     */
    public int read() {
        if (reader.isClosed()) {
            return Status.CLOSED;
        }
        for (int attempt = 0; ; attempt++) {
            final int status = tryRead();
            if (status != ShardReader.AGAIN) {
                return status;
            }
            if (!reader.awaitChange(attempt)) {
                return Status.OWNER_GONE;
            }
        }
    }

    private int tryRead() {
        for (int i = 0; i < count; i++) {
            sequenceAddresses[i] = reader.shard(hashes[i]).finder().sequenceAddress(hashes[i]);
            sequences[i] = ShardReader.sequence(sequenceAddresses[i]);
            if (ShardReader.isOdd(sequences[i])) {
                return ShardReader.AGAIN;
            }
        }
        hasNow = false;
        int at = 0;
        boolean fits = true;
        for (int i = 0; i < count; i++) {
            final int length = copy(i, at, fits);
            if (length == ShardReader.AGAIN || length == Status.CORRUPT) {
                return length;
            }
            valueOffsets[i] = at;
            valueLengths[i] = length;
            if (length > 0) {
                fits = fits && length <= values.capacity() - at;
                at += fits ? length : 0;
            }
        }
        // the copies must be complete before the sequences are looked at again
        UnsafeApi.loadFence();
        for (int i = 0; i < count; i++) {
            if (UnsafeApi.getLong(sequenceAddresses[i]) != sequences[i]) {
                return ShardReader.AGAIN;
            }
        }
        return fits ? Status.OK : Status.BUFFER_TOO_SMALL;
    }

    private int copy(final int i, final int at, final boolean fits) {
        final ShardReader shard = reader.shard(hashes[i]);
        final long valueAddress =
                shard.finder()
                        .locate(
                                keys.byteArray(),
                                keys.addressOffset() + keyOffsets[i],
                                keyLengths[i],
                                hashes[i]);
        versions[i] = 0;
        if (valueAddress <= 0) {
            return shard.miss(valueAddress, sequenceAddresses[i], sequences[i]);
        }
        final int length = shard.finder().valueLength() - ValueDescriptor.HEADER_LENGTH;
        if (isExpired(ValueDescriptor.expiresAtMs(valueAddress))) {
            return Status.NOT_FOUND;
        }
        versions[i] = ValueDescriptor.version(valueAddress);
        if (fits && length <= values.capacity() - at) {
            UnsafeApi.copyMemory(
                    null,
                    ValueDescriptor.payload(valueAddress),
                    values.byteArray(),
                    values.addressOffset() + at,
                    length);
        }
        return length;
    }

    /** All keys expire by one look at the clock: that, too, is as of one moment. */
    private boolean isExpired(final long expiry) {
        if (expiry == 0) {
            return false;
        }
        if (!hasNow) {
            nowMs = reader.nowMs();
            hasNow = true;
        }
        return ValueDescriptor.isExpired(expiry, nowMs);
    }

    /**
     * @param index of the key.
     * @return length of its value, or {@link Status#NOT_FOUND}.
     */
    public int valueLength(final int index) {
        return valueLengths[index];
    }

    /**
     * @param index of the key.
     * @return where its value starts in {@link #buffer()}.
     */
    public int valueOffset(final int index) {
        return valueOffsets[index];
    }

    /**
     * @param index of the key.
     * @return version of its entry, or 0.
     */
    public long version(final int index) {
        return versions[index];
    }

    /**
     * @return the copied values.
     */
    public DirectBuffer buffer() {
        return values;
    }
}
