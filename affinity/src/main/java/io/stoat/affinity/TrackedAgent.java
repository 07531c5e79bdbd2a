package io.stoat.affinity;

import java.util.Objects;
import org.agrona.concurrent.Agent;

/** An agent whose duty cycles are measured. Adds one reading of the clock to each. */
public final class TrackedAgent implements Agent {
    private final Agent agent;
    private final DutyCycleTracker tracker;
    private final String roleName;
    private int workCount;

    /**
     * @param agent to measure; a composite agent for the cycles of a whole thread.
     * @param tracker of this agent alone.
     */
    public TrackedAgent(final Agent agent, final DutyCycleTracker tracker) {
        this(agent, tracker, agent.roleName());
    }

    /**
     * @param agent to measure; a composite agent for the cycles of a whole thread.
     * @param tracker of this agent alone.
     * @param roleName that Agrona's runner names the thread after.
     */
    public TrackedAgent(final Agent agent, final DutyCycleTracker tracker, final String roleName) {
        this.agent = Objects.requireNonNull(agent, "agent");
        this.tracker = Objects.requireNonNull(tracker, "tracker");
        this.roleName = Objects.requireNonNull(roleName, "roleName");
    }

    /**
     * @return figures, readable by any thread.
     */
    public DutyCycleTracker tracker() {
        return tracker;
    }

    @Override
    public void onStart() {
        agent.onStart();
        tracker.start();
    }

    @Override
    public int doWork() throws Exception {
        tracker.nextCycle(workCount);
        // an agent that throws has worked
        workCount = 1;
        workCount = agent.doWork();
        return workCount;
    }

    @Override
    public void onClose() {
        agent.onClose();
    }

    @Override
    public String roleName() {
        return roleName;
    }
}
