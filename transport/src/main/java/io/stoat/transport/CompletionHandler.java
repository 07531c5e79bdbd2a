package io.stoat.transport;

import org.agrona.DirectBuffer;

/**
 * Is told how requests of a {@link PipelinedClient} ended. Called by {@link PipelinedClient#poll}.
 */
@FunctionalInterface
public interface CompletionHandler {
    /**
     * A request has ended. The handler may offer further requests, but not poll.
     *
     * @param correlationId that the offer returned.
     * @param status {@link io.stoat.store.Status#OK}, or a code of {@link io.stoat.store.Status} or
     *     {@link TransportStatus}. After {@link TransportStatus#OUTCOME_UNKNOWN} and {@link
     *     TransportStatus#TIMED_OUT} a command may have been applied or not. With {@link
     *     TransportStatus#NOT_CONNECTED} and {@link TransportStatus#MOVED} it was not applied:
     *     offered again it goes, after a MOVED, to the owner that the answer named. The client
     *     keeps no copy of what it has sent, so offering again is the application's.
     * @param version written, removed or found; 0 for none.
     * @param operand of a get the expiry, ms since the epoch, or 0; of an add the sum.
     * @param buffer that holds the value; valid during the call.
     * @param offset of the value.
     * @param length of the value, bytes; 0 for none.
     */
    void onCompletion(
            long correlationId,
            int status,
            long version,
            long operand,
            DirectBuffer buffer,
            int offset,
            int length);
}
