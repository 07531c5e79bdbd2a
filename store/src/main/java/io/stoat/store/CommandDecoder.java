package io.stoat.store;

import static io.stoat.store.Command.*;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * Reads a command in the layout of {@link Command}, in place. {@link #wrap} checks every length, so
 * that arbitrary bytes lead to a status, never beyond the given range and never to an exception.
 * Allocates nothing; one thread an instance; the buffer is used for as long as the decoder is.
 */
public final class CommandDecoder {
    private DirectBuffer buffer;
    private int offset;
    private int length;
    private int operation;
    private int flags;
    private int keyLength;
    private int valueLength;
    private int count;

    /** A decoder of nothing, to be wrapped around a command. */
    public CommandDecoder() {}

    /**
     * Takes a command that fills its range exactly.
     *
     * @param buffer that holds the command.
     * @param offset of the command.
     * @param length of the command, bytes.
     * @return {@link Status#OK}, {@link Status#MALFORMED}, or {@link Status#KEY_LENGTH_INVALID};
     *     the getters count only after {@link Status#OK}. Of a batch the header alone is checked:
     *     its commands are checked by {@link #wrapNext}.
     */
    public int wrap(final DirectBuffer buffer, final int offset, final int length) {
        final int status = wrapFirst(buffer, offset, length);
        return status == Status.OK && this.length != length ? Status.MALFORMED : status;
    }

    /**
     * Takes the next command of a batch.
     *
     * @param batch decoder of the batch.
     * @param at offset in the batch's buffer: {@link #firstOffset()} of the batch, then {@link
     *     #endOffset()} of the command before.
     * @return as {@link #wrap}; {@link Status#MALFORMED} also for a batch in a batch.
     */
    public int wrapNext(final CommandDecoder batch, final int at) {
        final int status = wrapFirst(batch.buffer, at, batch.endOffset() - at);
        return status == Status.OK && operation == BATCH ? Status.MALFORMED : status;
    }

    private int wrapFirst(final DirectBuffer buffer, final int offset, final int room) {
        if (offset < 0 || room < HEADER_LENGTH || offset > buffer.capacity() - room) {
            return Status.MALFORMED;
        }
        this.buffer = buffer;
        this.offset = offset;
        length = buffer.getInt(offset + LENGTH_OFFSET, BYTE_ORDER);
        operation = buffer.getByte(offset + OPERATION_OFFSET);
        flags = buffer.getByte(offset + FLAGS_OFFSET);
        keyLength = buffer.getShort(offset + KEY_LENGTH_OFFSET, BYTE_ORDER) & 0xFFFF;
        valueLength = buffer.getInt(offset + VALUE_LENGTH_OFFSET, BYTE_ORDER);
        count = buffer.getInt(offset + COUNT_OFFSET, BYTE_ORDER);
        if (length < HEADER_LENGTH
                || length > room
                || valueLength < 0
                || valueLength > length
                || (flags & ~RELATIVE_EXPIRY) != 0
                || (flags & RELATIVE_EXPIRY) != 0 && expiry() < 0) {
            return Status.MALFORMED;
        }
        if (operation == BATCH) {
            return keyLength == 0
                            && valueLength == 0
                            && count > 0
                            && count <= (length - HEADER_LENGTH) / HEADER_LENGTH
                    ? Status.OK
                    : Status.MALFORMED;
        }
        if (operation < PUT
                || operation > BATCH
                || operation > PUT_IF_VERSION && valueLength > 0
                || count != 0
                || length != Command.encodedLength(keyLength, valueLength)) {
            return Status.MALFORMED;
        }
        return keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH
                ? Status.KEY_LENGTH_INVALID
                : Status.OK;
    }

    /**
     * @return what is to be done: {@link Command#PUT} to {@link Command#BATCH}.
     */
    public int operation() {
        return operation;
    }

    /**
     * @return the buffer that holds the command.
     */
    public DirectBuffer buffer() {
        return buffer;
    }

    /**
     * @return where the key starts in the buffer.
     */
    public int keyOffset() {
        return offset + HEADER_LENGTH;
    }

    /**
     * @return length of the key, bytes.
     */
    public int keyLength() {
        return keyLength;
    }

    /**
     * @return where the value starts in the buffer.
     */
    public int valueOffset() {
        return offset + HEADER_LENGTH + BitUtil.align(keyLength, ALIGNMENT);
    }

    /**
     * @return length of the value, bytes; 0 for a command without one.
     */
    public int valueLength() {
        return valueLength;
    }

    /**
     * @return expected version of a conditional command.
     */
    public long expectedVersion() {
        return buffer.getLong(offset + OPERAND_OFFSET, BYTE_ORDER);
    }

    /**
     * @return what {@link Command#ADD} adds.
     */
    public long delta() {
        return buffer.getLong(offset + OPERAND_OFFSET, BYTE_ORDER);
    }

    private long expiry() {
        return buffer.getLong(offset + EXPIRY_OFFSET, BYTE_ORDER);
    }

    /**
     * The expiry that the command gives its entry.
     *
     * @param timeMs time of the command, ms since the epoch.
     * @return ms since the epoch, or 0 for never.
     */
    public long expiresAtMs(final long timeMs) {
        final long expiry = expiry();
        if ((flags & RELATIVE_EXPIRY) == 0 || expiry == 0) {
            return expiry;
        }
        return timeMs > Long.MAX_VALUE - expiry ? Long.MAX_VALUE : timeMs + expiry;
    }

    /**
     * @return commands of a batch; 0 for another command.
     */
    public int count() {
        return count;
    }

    /**
     * @return where a batch's first command starts in the buffer.
     */
    public int firstOffset() {
        return offset + HEADER_LENGTH;
    }

    /**
     * @return where the command ends in the buffer, which is where the next one of a batch starts.
     */
    public int endOffset() {
        return offset + length;
    }

    /**
     * The shard that the command belongs to; a batch belongs to the shard of its first command.
     *
     * @param shardMap to route by.
     * @return index of the shard, or -1 for a batch whose first command is malformed.
     */
    public int shard(final ShardMap shardMap) {
        if (operation != BATCH) {
            return shardMap.shardOf(buffer, keyOffset(), keyLength);
        }
        final int first = firstOffset();
        final int firstLength = endOffset() - first;
        if (firstLength < HEADER_LENGTH) {
            return -1;
        }
        final int firstKeyLength = buffer.getShort(first + KEY_LENGTH_OFFSET, BYTE_ORDER) & 0xFFFF;
        return firstKeyLength > firstLength - HEADER_LENGTH
                ? -1
                : shardMap.shardOf(buffer, first + HEADER_LENGTH, firstKeyLength);
    }
}
