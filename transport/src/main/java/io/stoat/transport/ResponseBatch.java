package io.stoat.transport;

import static io.stoat.transport.ResultLayout.CORRELATION_ID_OFFSET;
import static io.stoat.transport.ResultLayout.LENGTH_OFFSET;
import static io.stoat.transport.ResultLayout.OPERAND_OFFSET;
import static io.stoat.transport.ResultLayout.STATUS_OFFSET;
import static io.stoat.transport.ResultLayout.VERSION_OFFSET;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.stoat.store.EntryView;
import io.stoat.transport.codec.MessageHeaderEncoder;
import io.stoat.transport.codec.ResultsEncoder;
import java.nio.ByteOrder;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Answers to one session: gathers the results of a duty cycle in a message, or writes a lone value
 * straight into a claimed term buffer. Agent's thread only.
 */
final class ResponseBatch {
    /** The message is on its way, or there was nothing to send. */
    static final int SENT = 1;

    /** The entry changed while it was copied; nothing was sent. */
    static final int CHANGED = 0;

    /** The client does not take answers at the moment; nothing was sent. */
    static final int BACK_PRESSURED = -1;

    /** The client is gone; what was to be sent is dropped. */
    static final int GONE = -2;

    /** Length of a Results message without results. */
    static final int PREFIX_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + ResultsEncoder.BLOCK_LENGTH
                    + ResultsEncoder.resultsHeaderLength();

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int ATTEMPTS = 8;

    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final ResultsEncoder results = new ResultsEncoder();
    private final BufferClaim claim = new BufferClaim();
    private final int capacity;
    private final ExclusivePublication publication;
    private UnsafeBuffer buffer;
    private int limit = PREFIX_LENGTH;
    private int reserved;

    ResponseBatch(final ExclusivePublication publication, final int capacity) {
        this.publication = publication;
        this.capacity = Math.min(capacity, publication.maxMessageLength());
        buffer = new UnsafeBuffer(new byte[this.capacity]);
        prefix(buffer, 0, 0);
    }

    boolean isEmpty() {
        return limit == PREFIX_LENGTH;
    }

    /** Makes room for one more result with a value of this length, by sending what is there. */
    int ensureRoom(final int valueLength) {
        final int needed = ResultLayout.encodedLength(valueLength) + reserved;
        return needed <= capacity - limit ? SENT : flush();
    }

    boolean fits(final int valueLength) {
        return ResultLayout.encodedLength(valueLength) + reserved <= capacity - limit;
    }

    /** Keeps room for a result that will be appended later. */
    void reserve(final int length) {
        reserved += length;
    }

    void release(final int length) {
        reserved -= length;
    }

    void append(
            final long correlationId, final int status, final long version, final long operand) {
        result(buffer, limit, correlationId, version, operand, status, 0);
        limit += ResultLayout.HEADER_LENGTH;
    }

    void append(
            final long correlationId,
            final int status,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength) {
        result(buffer, limit, correlationId, 0, 0, status, valueLength);
        buffer.putBytes(limit + ResultLayout.HEADER_LENGTH, value, valueOffset, valueLength);
        limit += ResultLayout.encodedLength(valueLength);
    }

    /**
     * Copies an entry from the mapped map; false when it changed meanwhile: nothing is appended.
     */
    boolean append(final long correlationId, final EntryView view, final int length) {
        value(buffer, limit, correlationId, view, length);
        if (!view.isValid()) {
            return false;
        }
        limit += ResultLayout.encodedLength(length);
        return true;
    }

    /** Sends what is gathered. */
    int flush() {
        if (limit == PREFIX_LENGTH) {
            return SENT;
        }
        buffer.putInt(PREFIX_LENGTH - Integer.BYTES, limit - PREFIX_LENGTH, ORDER);
        final int sent = offer(buffer, limit);
        if (sent != BACK_PRESSURED) {
            limit = PREFIX_LENGTH;
        }
        return sent;
    }

    /**
     * Copies an entry straight from the mapped map into the term buffer, and sends it only if the
     * copy is sound.
     */
    int sendValue(final long correlationId, final EntryView view, final int length) {
        final int total = PREFIX_LENGTH + ResultLayout.encodedLength(length);
        if (total > publication.maxPayloadLength()) {
            return offerValue(correlationId, view, length, total);
        }
        final int claimed = claim(total);
        if (claimed != SENT) {
            return claimed;
        }
        final MutableDirectBuffer term = claim.buffer();
        final int offset = claim.offset();
        prefix(term, offset, total - PREFIX_LENGTH);
        value(term, offset + PREFIX_LENGTH, correlationId, view, length);
        if (!view.isValid()) {
            claim.abort();
            return CHANGED;
        }
        claim.commit();
        return SENT;
    }

    /** Sends one result without a value at once. */
    int sendStatus(final long correlationId, final int status) {
        final int total = PREFIX_LENGTH + ResultLayout.HEADER_LENGTH;
        final int claimed = claim(total);
        if (claimed == SENT) {
            prefix(claim.buffer(), claim.offset(), total - PREFIX_LENGTH);
            result(claim.buffer(), claim.offset() + PREFIX_LENGTH, correlationId, 0, 0, status, 0);
            claim.commit();
        }
        return claimed;
    }

    /** A value beyond a frame: through a buffer that grows to the longest one. */
    private int offerValue(
            final long correlationId, final EntryView view, final int length, final int total) {
        if (total > publication.maxMessageLength()) {
            return sendStatus(correlationId, TransportStatus.MALFORMED);
        }
        if (total > buffer.capacity()) {
            buffer = new UnsafeBuffer(new byte[BitUtil.align(total, 4096)]);
        }
        prefix(buffer, 0, total - PREFIX_LENGTH);
        value(buffer, PREFIX_LENGTH, correlationId, view, length);
        return view.isValid() ? offer(buffer, total) : CHANGED;
    }

    private void prefix(final MutableDirectBuffer dst, final int offset, final int length) {
        results.wrapAndApplyHeader(dst, offset, header).flags(0);
        dst.putInt(offset + PREFIX_LENGTH - Integer.BYTES, length, ORDER);
    }

    private static void value(
            final MutableDirectBuffer dst,
            final int at,
            final long correlationId,
            final EntryView view,
            final int length) {
        result(dst, at, correlationId, view.version(), view.expiresAtMs(), 0, length);
        view.getBytes(0, dst, at + ResultLayout.HEADER_LENGTH, length);
    }

    private static void result(
            final MutableDirectBuffer dst,
            final int at,
            final long correlationId,
            final long version,
            final long operand,
            final int status,
            final int length) {
        dst.putLong(at + CORRELATION_ID_OFFSET, correlationId, ORDER);
        dst.putLong(at + VERSION_OFFSET, version, ORDER);
        dst.putLong(at + OPERAND_OFFSET, operand, ORDER);
        dst.putInt(at + STATUS_OFFSET, status, ORDER);
        dst.putInt(at + LENGTH_OFFSET, length, ORDER);
    }

    private int claim(final int length) {
        for (int attempt = 0; ; attempt++) {
            final long position = publication.tryClaim(length, claim);
            if (position > 0) {
                return SENT;
            }
            if (position != Publication.ADMIN_ACTION || attempt == ATTEMPTS) {
                return refusal(position);
            }
        }
    }

    private int offer(final DirectBuffer src, final int length) {
        for (int attempt = 0; ; attempt++) {
            final long position = publication.offer(src, 0, length);
            if (position > 0) {
                return SENT;
            }
            if (position != Publication.ADMIN_ACTION || attempt == ATTEMPTS) {
                return refusal(position);
            }
        }
    }

    private static int refusal(final long position) {
        return position == Publication.BACK_PRESSURED || position == Publication.ADMIN_ACTION
                ? BACK_PRESSURED
                : GONE;
    }
}
