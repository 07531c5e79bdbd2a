package io.stoat.replication;

import io.aeron.Publication;
import io.aeron.cluster.service.ClientSession;
import org.agrona.DirectBuffer;

/** How the service answers a client's session; goes out from the leader alone. */
final class SessionAnswer {
    private static final int OFFER_ATTEMPTS = 16;

    private SessionAnswer() {}

    /**
     * A client that does not keep up gets its answer when it repeats the message.
     *
     * @param session null: nobody asked.
     */
    static void offer(
            final ClientSession session, final DirectBuffer answer, final int answerLength) {
        if (session == null || session.isClosing()) {
            return;
        }
        for (int attempt = 0; attempt < OFFER_ATTEMPTS; attempt++) {
            final long result = session.offer(answer, 0, answerLength);
            if (result > 0
                    || result == Publication.NOT_CONNECTED
                    || result == Publication.CLOSED
                    || result == Publication.MAX_POSITION_EXCEEDED) {
                return;
            }
            Thread.onSpinWait();
        }
    }
}
