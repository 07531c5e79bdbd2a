package io.stoat.transport;

import io.aeron.Aeron;
import org.agrona.concurrent.status.AtomicCounter;

/** Counters of one agent; only its thread changes them. */
final class AgentCounters {
    private static final int TYPE_ID = 7480;

    final AtomicCounter requests;
    final AtomicCounter malformed;
    final AtomicCounter sessions;
    final AtomicCounter refusedSessions;
    final AtomicCounter endedSessions;
    final AtomicCounter droppedResponses;
    final AtomicCounter backPressured;
    final AtomicCounter moved;
    final AtomicCounter forwarded;

    AgentCounters(final Aeron aeron, final String role) {
        requests = aeron.addCounter(TYPE_ID, "stoat " + role + " requests");
        malformed = aeron.addCounter(TYPE_ID, "stoat " + role + " malformed messages");
        sessions = aeron.addCounter(TYPE_ID, "stoat " + role + " sessions");
        refusedSessions = aeron.addCounter(TYPE_ID, "stoat " + role + " refused sessions");
        endedSessions = aeron.addCounter(TYPE_ID, "stoat " + role + " ended sessions");
        droppedResponses = aeron.addCounter(TYPE_ID, "stoat " + role + " dropped responses");
        backPressured = aeron.addCounter(TYPE_ID, "stoat " + role + " back pressured");
        moved = aeron.addCounter(TYPE_ID, "stoat " + role + " moved");
        forwarded = aeron.addCounter(TYPE_ID, "stoat " + role + " forwarded");
    }
}
