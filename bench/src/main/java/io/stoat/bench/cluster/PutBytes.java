package io.stoat.bench.cluster;

import org.agrona.concurrent.UnsafeBuffer;

/** The keys and values of {@link PutMessage} as arrays, for clients that want those. One thread. */
final class PutBytes {
    private final long keys;
    private final int valueLength;
    private byte[] key;
    private byte[] value;
    private long next;

    PutBytes(final int valueLength, final long keys) {
        this.valueLength = valueLength;
        this.keys = keys;
    }

    /** Goes on to the next put; its arrays are new, because clients keep them until they send. */
    void next() {
        final long id = next++ % keys;
        key = new byte[PutMessage.KEY_LENGTH];
        value = new byte[valueLength];
        PutMessage.putKey(new UnsafeBuffer(key), id);
        new UnsafeBuffer(value).putLong(0, id);
    }

    byte[] key() {
        return key;
    }

    byte[] value() {
        return value;
    }
}
