package io.stoat.store;

import java.nio.ByteOrder;
import org.agrona.BitUtil;

/**
 * Layout of an encoded command: the one form in which a command travels, is logged and is applied.
 * Little-endian, every part padded to 8 bytes. Written by {@link CommandEncoder}, read by {@link
 * CommandDecoder}, applied by {@link StoreWriter#apply}.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +---------------------------------------------------------------+
 *  |             Length of the whole, a multiple of 8              |  0
 *  +---------------+---------------+-------------------------------+
 *  |   Operation   |     Flags     |           Key length          |  4
 *  +---------------+---------------+-------------------------------+
 *  |                          Value length                         |  8
 *  +---------------------------------------------------------------+
 *  |         Number of commands, of a batch alone, else 0          | 12
 *  +---------------------------------------------------------------+
 *  |     Operand: the expected version, or what is to be added     | 16
 *  |                                                               |
 *  +---------------------------------------------------------------+
 *  |   Expiry: ms since the epoch, or with the flag RELATIVE ms    | 24
 *  |   from the command's time on; 0 = never                       |
 *  +---------------------------------------------------------------+
 *  |   Key, padded to 8                                           ...  32
 *  +---------------------------------------------------------------+
 *  |   Value, padded to 8                                         ...
 *  +---------------------------------------------------------------+
 * </pre>
 *
 * A batch has neither key nor value; its commands follow the header one after the other. It cannot
 * hold a batch. The numbers are part of the wire protocol and of logs: none is ever reused.
 */
public final class Command {
    /** Write whether or not the key is there. */
    public static final int PUT = 1;

    /** Write if no live entry has the key. */
    public static final int PUT_IF_ABSENT = 2;

    /** Write if the live entry has the operand as its version. */
    public static final int PUT_IF_VERSION = 3;

    /** Remove the entry. */
    public static final int REMOVE = 4;

    /** Remove the entry if it has the operand as its version. */
    public static final int REMOVE_IF_VERSION = 5;

    /** Add the operand to a 64-bit counter. */
    public static final int ADD = 6;

    /** Give a live entry a new expiry. */
    public static final int TOUCH = 7;

    /** Several commands on one shard, of which all or none are applied. */
    public static final int BATCH = 8;

    /** Flag: the expiry counts from the command's time. */
    public static final int RELATIVE_EXPIRY = 1;

    /** Length of the header, bytes. */
    public static final int HEADER_LENGTH = 32;

    /** Most commands in a batch. */
    public static final int MAX_BATCH_COMMANDS = 128;

    static final int LENGTH_OFFSET = 0;
    static final int OPERATION_OFFSET = 4;
    static final int FLAGS_OFFSET = 5;
    static final int KEY_LENGTH_OFFSET = 6;
    static final int VALUE_LENGTH_OFFSET = 8;
    static final int COUNT_OFFSET = 12;
    static final int OPERAND_OFFSET = 16;
    static final int EXPIRY_OFFSET = 24;
    static final int ALIGNMENT = 8;
    static final ByteOrder BYTE_ORDER = ByteOrder.LITTLE_ENDIAN;

    private Command() {}

    /**
     * Encoded length of a command that is not a batch.
     *
     * @param keyLength bytes.
     * @param valueLength bytes, 0 for a command without a value.
     * @return bytes.
     */
    public static int encodedLength(final int keyLength, final int valueLength) {
        return HEADER_LENGTH
                + BitUtil.align(keyLength, ALIGNMENT)
                + BitUtil.align(valueLength, ALIGNMENT);
    }
}
