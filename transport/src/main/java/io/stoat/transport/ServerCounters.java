package io.stoat.transport;

import io.aeron.Aeron;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * The server's counters in its media driver's counters file, where any process of the host can
 * watch them.
 */
public final class ServerCounters {
    private static final int TYPE_ID = 7480;

    private final AtomicCounter requests;
    private final AtomicCounter malformed;
    private final AtomicCounter sessions;
    private final AtomicCounter refusedSessions;
    private final AtomicCounter droppedResponses;
    private final AtomicCounter errors;

    ServerCounters(final Aeron aeron) {
        requests = aeron.addCounter(TYPE_ID, "stoat requests");
        malformed = aeron.addCounter(TYPE_ID, "stoat malformed messages");
        sessions = aeron.addCounter(TYPE_ID, "stoat sessions");
        refusedSessions = aeron.addCounter(TYPE_ID, "stoat refused sessions");
        droppedResponses = aeron.addCounter(TYPE_ID, "stoat dropped responses");
        errors = aeron.addCounter(TYPE_ID, "stoat errors");
    }

    /**
     * @return requests read, whatever came of them.
     */
    public AtomicCounter requests() {
        return requests;
    }

    /**
     * @return messages that could not be read, or came without a session.
     */
    public AtomicCounter malformed() {
        return malformed;
    }

    /**
     * @return open sessions.
     */
    public AtomicCounter sessions() {
        return sessions;
    }

    /**
     * @return sessions refused.
     */
    public AtomicCounter refusedSessions() {
        return refusedSessions;
    }

    /**
     * @return answers dropped because the client does not take them.
     */
    public AtomicCounter droppedResponses() {
        return droppedResponses;
    }

    /**
     * @return failures that nobody expected.
     */
    public AtomicCounter errors() {
        return errors;
    }
}
