package io.stoat.transport;

import io.aeron.driver.DutyCycleTracker;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * Shows an {@link AgentThread#decorator} the duty cycles of a part of Aeron that Aeron runs on a
 * thread of its own: the decorated agent does nothing, once a cycle, and says that it did what the
 * part did in the cycle before. For the context of one part: its duty-cycle tracker and its {@link
 * #idleStrategy()}. Used by that part's thread alone.
 */
public final class PartTracker extends DutyCycleTracker {
    private final Agent agent;
    private final IdleStrategy idleStrategy;
    private boolean started;
    private int workCount;

    /**
     * @param thread that the part runs on.
     */
    public PartTracker(final AgentThread thread) {
        agent = thread.decorator().apply(new Part(thread.name()));
        idleStrategy = new WatchedIdleStrategy(thread.idleStrategy());
    }

    /**
     * @return the thread's idle strategy, through which the tracker learns what each cycle did.
     */
    public IdleStrategy idleStrategy() {
        return idleStrategy;
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

    private final class Part implements Agent {
        private final String roleName;

        Part(final String roleName) {
            this.roleName = roleName;
        }

        @Override
        public int doWork() {
            return workCount;
        }

        @Override
        public String roleName() {
            return roleName;
        }
    }

    private final class WatchedIdleStrategy implements IdleStrategy {
        private final IdleStrategy strategy;

        WatchedIdleStrategy(final IdleStrategy strategy) {
            this.strategy = strategy;
        }

        @Override
        public void idle(final int work) {
            workCount = work;
            strategy.idle(work);
        }

        @Override
        public void idle() {
            strategy.idle();
        }

        @Override
        public void reset() {
            strategy.reset();
        }
    }
}
