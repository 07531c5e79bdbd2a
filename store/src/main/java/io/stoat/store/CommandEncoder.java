package io.stoat.store;

import static io.stoat.store.Command.*;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes commands in the layout of {@link Command}, one behind the other, into a buffer that it is
 * wrapped around. Allocates nothing; one thread an instance; reusable.
 *
 * <p>A batch: {@link #beginBatch()}, its commands, {@link #endBatch()}.
 */
public final class CommandEncoder {
    private static final int NO_BATCH = -1;

    private MutableDirectBuffer buffer;
    private int start;
    private int end;
    private int at;
    private int batchAt = NO_BATCH;
    private int batchCount;

    /** An encoder of nothing, to be wrapped around a buffer. */
    public CommandEncoder() {}

    /**
     * Starts at an offset of a buffer.
     *
     * @param buffer to write to.
     * @param offset of the first command.
     * @param room bytes that may be written.
     * @return this.
     */
    public CommandEncoder wrap(final MutableDirectBuffer buffer, final int offset, final int room) {
        buffer.boundsCheck(offset, room);
        this.buffer = buffer;
        start = offset;
        at = offset;
        end = offset + room;
        batchAt = NO_BATCH;
        return this;
    }

    /**
     * Writes a put.
     *
     * @param mode one of {@link PutMode}.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes, 1 to {@link StoreContext#MAX_KEY_LENGTH}.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes.
     * @param expiry ms since the epoch, or ms from the command's time on; 0 for never.
     * @param relative whether the expiry counts from the command's time.
     * @param expectedVersion for {@link PutMode#IF_VERSION}, else 0.
     * @return bytes written, {@link Status#BUFFER_TOO_SMALL}, {@link Status#KEY_LENGTH_INVALID} or
     *     {@link Status#BATCH_TOO_LARGE}: then nothing was written.
     */
    public int put(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long expiry,
            final boolean relative,
            final long expectedVersion) {
        final int length =
                begin(
                        operation(mode),
                        key,
                        keyOffset,
                        keyLength,
                        valueLength,
                        expectedVersion,
                        expiry,
                        relative);
        if (length > 0) {
            buffer.putBytes(
                    at - length + HEADER_LENGTH + BitUtil.align(keyLength, ALIGNMENT),
                    value,
                    valueOffset,
                    valueLength);
        }
        return length;
    }

    private static int operation(final int mode) {
        return switch (mode) {
            case PutMode.ALWAYS -> PUT;
            case PutMode.IF_ABSENT -> PUT_IF_ABSENT;
            case PutMode.IF_VERSION -> PUT_IF_VERSION;
            default -> throw new IllegalArgumentException("no PutMode: " + mode);
        };
    }

    /**
     * Writes a remove. Parameters and results as {@link #put}.
     *
     * @return bytes written, or a status.
     */
    public int remove(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return begin(REMOVE, key, keyOffset, keyLength, 0, 0, 0, false);
    }

    /**
     * Writes a remove of one version. Parameters and results as {@link #put}.
     *
     * @param expectedVersion that the entry must have.
     * @return bytes written, or a status.
     */
    public int removeIfVersion(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        return begin(REMOVE_IF_VERSION, key, keyOffset, keyLength, 0, expectedVersion, 0, false);
    }

    /**
     * Writes an addition to a counter. Parameters and results as {@link #put}.
     *
     * @param delta to add.
     * @return bytes written, or a status.
     */
    public int add(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        return begin(ADD, key, keyOffset, keyLength, 0, delta, 0, false);
    }

    /**
     * Writes a new expiry. Parameters and results as {@link #put}.
     *
     * @return bytes written, or a status.
     */
    public int touch(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expiry,
            final boolean relative) {
        return begin(TOUCH, key, keyOffset, keyLength, 0, 0, expiry, relative);
    }

    /**
     * Begins a batch: the commands up to {@link #endBatch()} belong to it.
     *
     * @return {@link Status#OK} or {@link Status#BUFFER_TOO_SMALL}.
     * @throws IllegalStateException inside a batch.
     */
    public int beginBatch() {
        if (batchAt != NO_BATCH) {
            throw new IllegalStateException("a batch cannot hold a batch");
        }
        if (end - at < HEADER_LENGTH) {
            return Status.BUFFER_TOO_SMALL;
        }
        batchAt = at;
        batchCount = 0;
        at += HEADER_LENGTH;
        return Status.OK;
    }

    /**
     * Completes the batch.
     *
     * @return its length with all its commands, bytes; 0 for one without commands, which leaves
     *     nothing behind.
     * @throws IllegalStateException outside a batch.
     */
    public int endBatch() {
        if (batchAt == NO_BATCH) {
            throw new IllegalStateException("no batch was begun");
        }
        final int batch = batchAt;
        batchAt = NO_BATCH;
        if (batchCount == 0) {
            at = batch;
            return 0;
        }
        putHeader(batch, at - batch, BATCH, 0, 0, 0, batchCount, 0, 0);
        return at - batch;
    }

    /**
     * @return bytes written since {@link #wrap}.
     */
    public int encodedLength() {
        return at - start;
    }

    private int begin(
            final int operation,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final int valueLength,
            final long operand,
            final long expiry,
            final boolean relative) {
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        if (batchAt != NO_BATCH && batchCount == MAX_BATCH_COMMANDS) {
            return Status.BATCH_TOO_LARGE;
        }
        if (valueLength > end - at - HEADER_LENGTH
                || Command.encodedLength(keyLength, valueLength) > end - at) {
            return Status.BUFFER_TOO_SMALL;
        }
        final int length = Command.encodedLength(keyLength, valueLength);
        final int flags = relative ? RELATIVE_EXPIRY : 0;
        putHeader(at, length, operation, flags, keyLength, valueLength, 0, operand, expiry);
        // padding is part of what is logged and compared: the parts' last words are cleared first
        buffer.putLong(
                at + HEADER_LENGTH + BitUtil.align(keyLength, ALIGNMENT) - ALIGNMENT,
                0,
                BYTE_ORDER);
        if (valueLength > 0) {
            buffer.putLong(at + length - ALIGNMENT, 0, BYTE_ORDER);
        }
        buffer.putBytes(at + HEADER_LENGTH, key, keyOffset, keyLength);
        at += length;
        batchCount++;
        return length;
    }

    private void putHeader(
            final int offset,
            final int length,
            final int operation,
            final int flags,
            final int keyLength,
            final int valueLength,
            final int count,
            final long operand,
            final long expiry) {
        buffer.putInt(offset + LENGTH_OFFSET, length, BYTE_ORDER);
        buffer.putByte(offset + OPERATION_OFFSET, (byte) operation);
        buffer.putByte(offset + FLAGS_OFFSET, (byte) flags);
        buffer.putShort(offset + KEY_LENGTH_OFFSET, (short) keyLength, BYTE_ORDER);
        buffer.putInt(offset + VALUE_LENGTH_OFFSET, valueLength, BYTE_ORDER);
        buffer.putInt(offset + COUNT_OFFSET, count, BYTE_ORDER);
        buffer.putLong(offset + OPERAND_OFFSET, operand, BYTE_ORDER);
        buffer.putLong(offset + EXPIRY_OFFSET, expiry, BYTE_ORDER);
    }
}
