package io.stoat.transport;

import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;

/**
 * Layout of one change in a Changes message and in a {@link ChangeRing}; little-endian, padded to 8
 * bytes.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                            Version                            |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |            Operand: expiry, version gone, or start of a gap   |  8
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                             Shard                             | 16
 *  +-------------------------------+-------------------------------+
 *  |             Kind              |          Key length           | 20
 *  +-------------------------------+-------------------------------+
 *  |                        Length of the value                    | 24
 *  +---------------------------------------------------------------+
 *  |                               0                               | 28
 *  +---------------------------------------------------------------+
 *  |   Key and value, together padded to 8                        ...  32
 *  +---------------------------------------------------------------+
 * </pre>
 */
final class ChangeLayout {
    static final int START = 0;
    static final int PUT = 1;
    static final int REMOVE = 2;
    static final int TOUCH = 3;
    static final int GAP = 4;
    static final int PUT_WITHOUT_VALUE = 5;
    static final int EXPIRE = 6;
    static final int EVICT = 7;
    static final int VERSION_OFFSET = 0;
    static final int OPERAND_OFFSET = 8;
    static final int SHARD_OFFSET = 16;
    static final int KIND_OFFSET = 20;
    static final int KEY_LENGTH_OFFSET = 22;
    static final int VALUE_LENGTH_OFFSET = 24;
    static final int HEADER_LENGTH = 32;
    static final long EXPIRY_UNCHANGED = -1;
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private ChangeLayout() {}

    /** Whether an entry went by itself, after the change with its version rather than with it. */
    static boolean isSilent(final int kind) {
        return kind == EXPIRE || kind == EVICT;
    }

    /**
     * Where a gap starts. Several changes can have one version, those of a batch and what goes by
     * itself after it: where the last of them was seen, others of it may be missing.
     */
    static long gapStart(final long seen, final long missedTo) {
        return seen < missedTo ? seen : Math.max(0, missedTo - 1);
    }

    static int encodedLength(final int keyLength, final int valueLength) {
        return HEADER_LENGTH + BitUtil.align(keyLength + valueLength, Long.BYTES);
    }

    static void header(
            final MutableDirectBuffer buffer,
            final int offset,
            final long version,
            final long operand,
            final int shard,
            final int kind,
            final int keyLength,
            final int valueLength) {
        buffer.putLong(offset + VERSION_OFFSET, version, ORDER);
        buffer.putLong(offset + OPERAND_OFFSET, operand, ORDER);
        buffer.putInt(offset + SHARD_OFFSET, shard, ORDER);
        buffer.putShort(offset + KIND_OFFSET, (short) kind, ORDER);
        buffer.putShort(offset + KEY_LENGTH_OFFSET, (short) keyLength, ORDER);
        buffer.putLong(offset + VALUE_LENGTH_OFFSET, valueLength, ORDER);
    }
}
