package io.stoat.transport;

import java.util.List;
import java.util.function.Function;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * What a server's agents have counted, summed over them; readable by any thread until the server is
 * closed. Each agent's own counters stand, with its role in their labels, in the media driver's
 * counters file, where any process of the host can watch them.
 */
public final class ServerCounters {
    private final List<AgentCounters> agents;
    private final AtomicCounter errors;

    ServerCounters(final List<AgentCounters> agents, final AtomicCounter errors) {
        this.agents = List.copyOf(agents);
        this.errors = errors;
    }

    private long sum(final Function<AgentCounters, AtomicCounter> counter) {
        return agents.stream().mapToLong(agent -> counter.apply(agent).get()).sum();
    }

    /**
     * @return keys asked for and commands read, whatever came of them.
     */
    public long requests() {
        return sum(agent -> agent.requests);
    }

    /**
     * @return messages that could not be read, or came without a session.
     */
    public long malformed() {
        return sum(agent -> agent.malformed);
    }

    /**
     * @return open sessions; a client has one with each agent that it uses.
     */
    public long sessions() {
        return sum(agent -> agent.sessions);
    }

    /**
     * @return sessions refused.
     */
    public long refusedSessions() {
        return sum(agent -> agent.refusedSessions);
    }

    /**
     * @return sessions that the server ended because their client took no answers or sent nothing
     *     for too long.
     */
    public long endedSessions() {
        return sum(agent -> agent.endedSessions);
    }

    /**
     * @return answers dropped because their client was gone.
     */
    public long droppedResponses() {
        return sum(agent -> agent.droppedResponses);
    }

    /**
     * @return how often a request had to wait for its client to take answers.
     */
    public long backPressured() {
        return sum(agent -> agent.backPressured);
    }

    /**
     * @return commands answered MOVED because another agent owns their shard.
     */
    public long moved() {
        return sum(agent -> agent.moved);
    }

    /**
     * @return commands handed on to the agent that owns their shard.
     */
    public long forwarded() {
        return sum(agent -> agent.forwarded);
    }

    /**
     * @return failures that nobody expected.
     */
    public long errors() {
        return errors.get();
    }
}
