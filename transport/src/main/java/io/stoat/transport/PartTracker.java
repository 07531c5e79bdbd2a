package io.stoat.transport;

import io.aeron.driver.DutyCycleTracker;
import org.agrona.concurrent.Agent;

/**
 * Shows an {@link AgentThread#decorator} the duty cycles of a part of the media driver that Aeron
 * runs on a thread of its own: the decorated agent does nothing, once a cycle. Used by that thread
 * alone.
 */
final class PartTracker extends DutyCycleTracker {
    private final Agent agent;
    private boolean started;

    PartTracker(final AgentThread thread) {
        agent = thread.decorator().apply(new Idle(thread.name()));
    }

    @Override
    public void reportMeasurement(final long durationNs) {
        try {
            if (!started) {
                started = true;
                agent.onStart();
            }
            agent.doWork();
        } catch (final Exception ex) {
            throw new IllegalStateException(agent.roleName() + " cannot be measured", ex);
        }
    }

    private record Idle(String roleName) implements Agent {
        @Override
        public int doWork() {
            return 0;
        }
    }
}
