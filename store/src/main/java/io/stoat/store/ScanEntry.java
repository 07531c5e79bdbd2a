package io.stoat.store;

import org.agrona.DirectBuffer;

/** One entry of a {@link StoreScan}: a validated copy, until the consumer returns. */
public final class ScanEntry {
    final DirectBuffer buffer;
    int keyOffset;
    int keyLength;
    int valueLength;
    long version;
    long expiresAtMs;
    long checksum;

    ScanEntry(final DirectBuffer buffer) {
        this.buffer = buffer;
    }

    /**
     * @return buffer that holds key and value.
     */
    public DirectBuffer buffer() {
        return buffer;
    }

    /**
     * @return where the key starts.
     */
    public int keyOffset() {
        return keyOffset;
    }

    /**
     * @return length of the key, bytes.
     */
    public int keyLength() {
        return keyLength;
    }

    /**
     * @return where the value starts.
     */
    public int valueOffset() {
        return keyOffset + keyLength;
    }

    /**
     * @return length of the value, bytes.
     */
    public int valueLength() {
        return valueLength;
    }

    /**
     * @return version of the entry.
     */
    public long version() {
        return version;
    }

    /**
     * @return expiry, ms since the epoch, or 0.
     */
    public long expiresAtMs() {
        return expiresAtMs;
    }

    /**
     * @return whether key, version, expiry and value match the entry's checksum.
     */
    public boolean isSound() {
        return checksum
                == ValueDescriptor.checksum(
                        XxHash64.hash(buffer, keyOffset, keyLength),
                        version,
                        expiresAtMs,
                        buffer.byteArray(),
                        buffer.addressOffset() + valueOffset(),
                        valueLength);
    }
}
