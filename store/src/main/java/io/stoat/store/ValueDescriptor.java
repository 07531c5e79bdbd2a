package io.stoat.store;

import org.agrona.UnsafeApi;

/**
 * Layout of a value as it lies in the map: a header, then the payload. Little-endian, 8-byte
 * aligned.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                        Version (64 bits)                      |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |        Expiry, ms since the epoch, 0 = never (64 bits)        |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |          Checksum: XXH64 of the payload, seeded (64 bits)     |
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                        Payload                               ...
 * ...                                                              |
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * The checksum's seed is the key's hash mixed with version and expiry, so that it vouches for the
 * whole entry and for the entry being under its own key.
 */
final class ValueDescriptor {
    static final int VERSION_OFFSET = 0;
    static final int EXPIRES_AT_OFFSET = 8;
    static final int CHECKSUM_OFFSET = 16;
    static final int HEADER_LENGTH = 24;

    private static final long MIX = 0x9E3779B97F4A7C15L;

    private ValueDescriptor() {}

    static long version(final long valueAddress) {
        return UnsafeApi.getLong(valueAddress + VERSION_OFFSET);
    }

    static long expiresAtMs(final long valueAddress) {
        return UnsafeApi.getLong(valueAddress + EXPIRES_AT_OFFSET);
    }

    static long checksum(final long valueAddress) {
        return UnsafeApi.getLong(valueAddress + CHECKSUM_OFFSET);
    }

    static long payload(final long valueAddress) {
        return valueAddress + HEADER_LENGTH;
    }

    static boolean isExpired(final long expiresAtMs, final long nowMs) {
        return expiresAtMs != 0 && expiresAtMs <= nowMs;
    }

    static long checksum(
            final long keyHash,
            final long version,
            final long expiresAtMs,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        final long seed = keyHash ^ version * MIX ^ Long.rotateLeft(expiresAtMs, 32);
        return XxHash64.hash(payloadBase, payloadAddress, payloadLength, seed);
    }

    /** Whether header and payload, under the key of this hash, match the checksum. */
    static boolean isSound(final long valueAddress, final int payloadLength, final long keyHash) {
        return checksum(valueAddress)
                == checksum(
                        keyHash,
                        version(valueAddress),
                        expiresAtMs(valueAddress),
                        null,
                        payload(valueAddress),
                        payloadLength);
    }

    static void write(
            final long valueAddress,
            final long version,
            final long expiresAtMs,
            final long checksum,
            final Object payloadBase,
            final long payloadAddress,
            final int payloadLength) {
        UnsafeApi.putLong(valueAddress + VERSION_OFFSET, version);
        UnsafeApi.putLong(valueAddress + EXPIRES_AT_OFFSET, expiresAtMs);
        UnsafeApi.putLong(valueAddress + CHECKSUM_OFFSET, checksum);
        UnsafeApi.copyMemory(
                payloadBase, payloadAddress, null, valueAddress + HEADER_LENGTH, payloadLength);
    }
}
