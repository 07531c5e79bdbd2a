package io.stoat.transport;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * One thread of a server.
 *
 * @param roles names of the agents that it runs, in the order of their duty cycle; several are one
 *     composite agent.
 * @param threadFactory that makes the thread, for example a pinning one.
 * @param idleStrategy of this thread alone.
 * @param decorator given the thread's whole agent, returns the one to run, for example one that
 *     measures; called once, before the thread starts.
 */
public record AgentThread(
        List<String> roles,
        ThreadFactory threadFactory,
        IdleStrategy idleStrategy,
        UnaryOperator<Agent> decorator) {
    /** Refuses a thread that would run nothing. */
    public AgentThread {
        roles = List.copyOf(roles);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a thread needs a role");
        }
        Objects.requireNonNull(threadFactory, "threadFactory");
        Objects.requireNonNull(idleStrategy, "idleStrategy");
        Objects.requireNonNull(decorator, "decorator");
    }
}
