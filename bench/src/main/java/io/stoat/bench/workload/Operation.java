package io.stoat.bench.workload;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One operation, refilled by an {@link OperationSource} for each call. One thread. */
public final class Operation {
    private final UnsafeBuffer key;
    private final UnsafeBuffer value;
    private OperationKind kind = OperationKind.READ;
    private long index;
    private boolean absent;
    private long ttlMs;
    private int span = 1;

    /**
     * @param keyLength of every key, bytes.
     * @param valueLength of every value, bytes.
     */
    public Operation(final int keyLength, final int valueLength) {
        key = new UnsafeBuffer(ByteBuffer.allocateDirect(keyLength));
        key.setMemory(0, keyLength, (byte) '.');
        value = new UnsafeBuffer(ByteBuffer.allocateDirect(valueLength));
        for (int i = 0; i < valueLength; i++) {
            value.putByte(i, (byte) ('a' + i % 26));
        }
    }

    void set(final OperationKind newKind, final long newIndex, final boolean isAbsent) {
        kind = newKind;
        absent = isAbsent;
        span = 1;
        ttlMs = 0;
        select(newIndex);
    }

    void ttlMs(final long newTtlMs) {
        ttlMs = newTtlMs;
    }

    void span(final int newSpan) {
        span = newSpan;
    }

    void encodeValue(final long stamp) {
        Payload.encodeValue(value, value.capacity(), index, stamp);
    }

    void encodeTrade(final long stamp, final long price, final long volume) {
        if (value.capacity() >= 32) {
            value.putLong(8, price, java.nio.ByteOrder.LITTLE_ENDIAN);
            value.putLong(16, volume, java.nio.ByteOrder.LITTLE_ENDIAN);
        }
        encodeValue(stamp);
    }

    /**
     * Moves to another key of the same operation: a scan's next one.
     *
     * @param newIndex of the key.
     */
    public void select(final long newIndex) {
        index = newIndex;
        Payload.encodeKey(key, newIndex);
    }

    /**
     * @return what to do.
     */
    public OperationKind kind() {
        return kind;
    }

    /**
     * @return index of the key.
     */
    public long index() {
        return index;
    }

    /**
     * @return whether the key is known not to be in the store: a read must miss.
     */
    public boolean isAbsent() {
        return absent;
    }

    /**
     * @return time to live of a written value, ms; 0 for ever.
     */
    public long ttlMs() {
        return ttlMs;
    }

    /**
     * @return successive keys that a scan reads.
     */
    public int span() {
        return span;
    }

    /**
     * @return the key, whole buffer, in direct memory.
     */
    public UnsafeBuffer key() {
        return key;
    }

    /**
     * @return the value to write, whole buffer, in direct memory.
     */
    public UnsafeBuffer value() {
        return value;
    }

    /**
     * Judges what a read found.
     *
     * @param buffer that holds the value.
     * @param offset of the value.
     * @param length of the value, bytes.
     * @return whether it is the whole value of this operation's key, of the right length.
     */
    public boolean isAnsweredBy(final DirectBuffer buffer, final int offset, final int length) {
        return length == value.capacity() && Payload.isWhole(buffer, offset, length, index);
    }
}
