package io.stoat.transport;

import io.aeron.Aeron;
import org.agrona.concurrent.status.AtomicCounter;

/** Counters of one agent; only its thread changes them. */
final class AgentCounters {
    static final int TYPE_ID = 7480;
    static final String REQUESTS = "requests";
    static final String MALFORMED = "malformed messages";
    static final String SESSIONS = "sessions";
    static final String REFUSED_SESSIONS = "refused sessions";
    static final String ENDED_SESSIONS = "ended sessions";
    static final String DROPPED_RESPONSES = "dropped responses";
    static final String BACK_PRESSURED = "back pressured";

    private static final String PREFIX = "stoat ";

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
        requests = aeron.addCounter(TYPE_ID, label(role, REQUESTS));
        malformed = aeron.addCounter(TYPE_ID, label(role, MALFORMED));
        sessions = aeron.addCounter(TYPE_ID, label(role, SESSIONS));
        refusedSessions = aeron.addCounter(TYPE_ID, label(role, REFUSED_SESSIONS));
        endedSessions = aeron.addCounter(TYPE_ID, label(role, ENDED_SESSIONS));
        droppedResponses = aeron.addCounter(TYPE_ID, label(role, DROPPED_RESPONSES));
        backPressured = aeron.addCounter(TYPE_ID, label(role, BACK_PRESSURED));
        moved = aeron.addCounter(TYPE_ID, label(role, "moved"));
        forwarded = aeron.addCounter(TYPE_ID, label(role, "forwarded"));
    }

    private static String label(final String role, final String name) {
        return PREFIX + role + ' ' + name;
    }

    /** What a counter with this label counts, whatever the role. */
    static String nameOf(final String label) {
        return label.substring(label.indexOf(' ', PREFIX.length()) + 1);
    }
}
