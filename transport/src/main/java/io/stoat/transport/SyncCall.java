package io.stoat.transport;

import io.stoat.store.Status;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/** Waits for the answer of one request and keeps it. Client's thread only. */
final class SyncCall implements CompletionHandler {
    private static final int CLOCK_INTERVAL = 16;

    private final Connection connection;
    private final long timeoutNs;
    private final IdleStrategy idleStrategy;
    private long awaited;
    private boolean complete;
    private boolean moved;
    private boolean renewed;
    private int status;
    private long version;
    private long operand;
    private int valueLength;
    private MutableDirectBuffer dst;
    private int dstOffset;
    private int dstMaxLength;
    private boolean timed;
    private long deadlineNs;

    SyncCall(final ClientContext context, final Connection connection) {
        this.connection = connection;
        timeoutNs = context.requestTimeoutNs();
        idleStrategy = context.idleStrategy();
    }

    /** Forgets the last answer and sees to it that there is a connection; OK or a status. */
    int begin() {
        version = 0;
        operand = 0;
        dst = null;
        moved = false;
        renewed = false;
        awaited = 0;
        timed = false;
        if (connection.isLost()) {
            connection.lose(this);
        }
        return connect();
    }

    private int connect() {
        while (!connection.isOpen()) {
            idleStrategy.idle(connection.poll(this));
            if (isOverdueBy(0)) {
                return TransportStatus.NOT_CONNECTED;
            }
        }
        return Status.OK;
    }

    void into(final MutableDirectBuffer buffer, final int offset, final int maxLength) {
        dst = buffer;
        dstOffset = offset;
        dstMaxLength = maxLength;
    }

    /** Sends a request that was offered at once and waits for its answer. */
    int await(final Lane lane, final long offered) {
        if (offered < 0) {
            return (int) offered;
        }
        awaited = offered;
        complete = false;
        final int sent = send(lane);
        if (sent != Status.OK) {
            return sent;
        }
        for (int spins = 0; ; spins++) {
            final int work = connection.poll(this);
            if (complete) {
                awaited = 0;
                return status;
            }
            if ((spins & CLOCK_INTERVAL - 1) == CLOCK_INTERVAL - 1 && isOverdueBy(timeoutNs)) {
                // the connection ends what is overdue; this is for one that never gets to it
                awaited = 0;
                return TransportStatus.TIMED_OUT;
            }
            idleStrategy.idle(work);
        }
    }

    private int send(final Lane lane) {
        int sent = lane.flush();
        while (sent == TransportStatus.BACK_PRESSURED) {
            idleStrategy.idle(connection.poll(this));
            if (complete) {
                return status;
            }
            if (isOverdueBy(0)) {
                lane.cancelUnsent();
                break;
            }
            sent = lane.flush();
        }
        if (sent == TransportStatus.NOT_CONNECTED) {
            lane.cancelUnsent();
        }
        idleStrategy.reset();
        return sent;
    }

    /**
     * Whether the request was not applied and should be sent again, once for each reason: to the
     * owner that the answer named, or in a new session after the node had ended the unused one.
     */
    boolean isToBeSentAgain(final int result) {
        if (result == TransportStatus.MOVED && !moved) {
            moved = true;
            return true;
        }
        if (result == TransportStatus.NOT_CONNECTED && !renewed && connection.isRenewing()) {
            renewed = true;
            return connect() == Status.OK;
        }
        return false;
    }

    @Override
    public void onCompletion(
            final long correlationId,
            final int result,
            final long resultVersion,
            final long resultOperand,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (correlationId != awaited) {
            return;
        }
        status = result;
        version = resultVersion;
        operand = resultOperand;
        valueLength = length;
        complete = true;
        if (dst != null && result == Status.OK && length <= dstMaxLength) {
            dst.putBytes(dstOffset, buffer, offset, length);
        }
    }

    /** Of a read that ended well: the value's length, or that it did not fit. */
    int valueResult() {
        return valueLength > dstMaxLength ? Status.BUFFER_TOO_SMALL : valueLength;
    }

    long version() {
        return version;
    }

    long operand() {
        return operand;
    }

    /**
     * Whether the call takes longer than it may, and so much more, ns. Its time begins with the
     * first time this is asked: most calls end before, without a look at the clock.
     */
    boolean isOverdueBy(final long graceNs) {
        final long nowNs = System.nanoTime();
        if (!timed) {
            timed = true;
            deadlineNs = nowNs + timeoutNs;
        }
        return nowNs - deadlineNs > graceNs;
    }

    IdleStrategy idleStrategy() {
        return idleStrategy;
    }
}
