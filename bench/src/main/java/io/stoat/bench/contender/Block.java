package io.stoat.bench.contender;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;
import org.agrona.concurrent.UnsafeBuffer;

/** Bytes of a fixed length in native memory, as a Chronicle Map key or value. */
public final class Block {
    private static final Memory MEMORY = OS.memory();
    private static final int LOOP_LIMIT = 256;

    private final BytesStore<?, Void> store;
    private final UnsafeBuffer buffer;
    private final long address;
    private final int length;

    /**
     * @param length bytes, a multiple of 8.
     */
    public Block(final int length) {
        if (length % Long.BYTES != 0) {
            throw new IllegalArgumentException("length=" + length + " must be a multiple of 8");
        }
        this.store = BytesStore.nativeStoreWithFixedCapacity(length);
        this.address = store.addressForRead(0);
        this.length = length;
        buffer = new UnsafeBuffer(address, length);
    }

    BytesStore<?, Void> store() {
        return store;
    }

    /**
     * @return bytes.
     */
    public int length() {
        return length;
    }

    /**
     * @return the same memory as a buffer.
     */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    long getLong(final int offset) {
        return MEMORY.readLong(address + offset);
    }

    void putLong(final int offset, final long value) {
        MEMORY.writeLong(address + offset, value);
    }

    /**
     * @param sourceAddress in native memory, of as many bytes.
     */
    public void copyFrom(final long sourceAddress) {
        if (length > LOOP_LIMIT) {
            MEMORY.copyMemory(sourceAddress, address, length);
            return;
        }
        for (int i = 0; i < length; i += Long.BYTES) {
            putLong(i, MEMORY.readLong(sourceAddress + i));
        }
    }

    boolean equalTo(final long otherAddress) {
        for (int i = 0; i < length; i += Long.BYTES) {
            if (getLong(i) != MEMORY.readLong(otherAddress + i)) {
                return false;
            }
        }
        return true;
    }
}
