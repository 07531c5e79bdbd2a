package io.stoat.transport;

import org.agrona.BitUtil;

/**
 * Layout of one result in a Results message; little-endian, padded to 8 bytes.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |                        Correlation id                         |  0
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                            Version                            |  8
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |              Operand: expiry of a get, sum of an add          | 16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |                            Status                             | 24
 *  +---------------------------------------------------------------+
 *  |                      Length of the value                      | 28
 *  +---------------------------------------------------------------+
 *  |   Value, padded to 8                                         ...  32
 *  +---------------------------------------------------------------+
 * </pre>
 */
final class ResultLayout {
    static final int CORRELATION_ID_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int OPERAND_OFFSET = 16;
    static final int STATUS_OFFSET = 24;
    static final int LENGTH_OFFSET = 28;
    static final int HEADER_LENGTH = 32;

    private ResultLayout() {}

    static int encodedLength(final int valueLength) {
        return HEADER_LENGTH + BitUtil.align(valueLength, Long.BYTES);
    }
}
