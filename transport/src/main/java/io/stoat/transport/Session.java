package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import org.agrona.CloseHelper;

/**
 * One client of the server: where its requests come from and where its answers go. Server's thread
 * only.
 */
final class Session implements AutoCloseable {
    private final long key;
    private final long connectCorrelationId;
    private final long registrationId;
    private final long deadlineNs;
    private ExclusivePublication publication;
    private boolean open;

    Session(
            final long key,
            final long connectCorrelationId,
            final long registrationId,
            final long deadlineNs) {
        this.key = key;
        this.connectCorrelationId = connectCorrelationId;
        this.registrationId = registrationId;
        this.deadlineNs = deadlineNs;
    }

    /**
     * Requests are known by the subscription they came on and the session id of their publication.
     */
    static long key(final int transport, final int aeronSessionId) {
        return (long) transport << 32 | aeronSessionId & 0xFFFF_FFFFL;
    }

    /** Takes the publication once the driver has made it; true when a client listens. */
    boolean isConnected(final Aeron aeron) {
        if (publication == null) {
            publication = aeron.getExclusivePublication(registrationId);
        }
        return publication != null && publication.isConnected();
    }

    void markOpen() {
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    boolean isOverdue(final long nowNs) {
        return !open && nowNs - deadlineNs > 0;
    }

    long key() {
        return key;
    }

    long connectCorrelationId() {
        return connectCorrelationId;
    }

    ExclusivePublication publication() {
        return publication;
    }

    @Override
    public void close() {
        CloseHelper.close(publication);
    }
}
