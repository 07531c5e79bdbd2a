package io.stoat.bench.contender;

import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;

/** Bytes of a fixed length in native memory, as a Chronicle Map key or value. */
final class Block {
    private static final Memory MEMORY = OS.memory();

    private final BytesStore<?, Void> store;
    private final long address;
    private final int length;

    /**
     * @param length bytes, a multiple of 8.
     */
    Block(final int length) {
        this.store = BytesStore.nativeStoreWithFixedCapacity(length);
        this.address = store.addressForRead(0);
        this.length = length;
    }

    BytesStore<?, Void> store() {
        return store;
    }

    int length() {
        return length;
    }

    long getLong(final int offset) {
        return MEMORY.readLong(address + offset);
    }

    void putLong(final int offset, final long value) {
        MEMORY.writeLong(address + offset, value);
    }

    void copyFrom(final long sourceAddress) {
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
