package io.stoat.store;

/**
 * A key or value on its way into Chronicle Map: bytes outside the heap by address and length.
 * Public because Chronicle Map's generated code names it; applications have no use for it. Not
 * thread safe.
 */
public final class NativeBytes {
    long address;
    int length;

    NativeBytes() {}

    NativeBytes wrap(final long address, final int length) {
        this.address = address;
        this.length = length;
        return this;
    }
}
