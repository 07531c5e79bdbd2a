package io.stoat.store;

import org.agrona.MutableDirectBuffer;

public final class EntryView {
    public int valueLength() {
        throw new UnsupportedOperationException();
    }

    public long version() {
        throw new UnsupportedOperationException();
    }

    public long expiresAtMs() {
        throw new UnsupportedOperationException();
    }

    public byte getByte(final int offset) {
        throw new UnsupportedOperationException();
    }

    public int getInt(final int offset) {
        throw new UnsupportedOperationException();
    }

    public long getLong(final int offset) {
        throw new UnsupportedOperationException();
    }

    public double getDouble(final int offset) {
        throw new UnsupportedOperationException();
    }

    public void getBytes(
            final int offset,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int length) {
        throw new UnsupportedOperationException();
    }

    public boolean isValid() {
        throw new UnsupportedOperationException();
    }
}
