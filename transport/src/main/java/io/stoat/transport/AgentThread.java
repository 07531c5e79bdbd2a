package io.stoat.transport;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;

/**
 * One thread of a server and the roles that it runs, one after the other in each duty cycle.
 *
 * @param roles names of the roles, at least one.
 * @param threadFactory makes the thread, for example a pinning one.
 * @param idleStrategy of the thread when none of its roles has work; the thread's own.
 * @param decorator wraps the thread's whole agent, for example to measure its duty cycles.
 */
public record AgentThread(
        List<String> roles,
        ThreadFactory threadFactory,
        IdleStrategy idleStrategy,
        UnaryOperator<Agent> decorator) {
    /** Refuses a thread without roles. */
    public AgentThread {
        roles = List.copyOf(roles);
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a thread needs a role");
        }
        Objects.requireNonNull(threadFactory, "threadFactory");
        Objects.requireNonNull(idleStrategy, "idleStrategy");
        Objects.requireNonNull(decorator, "decorator");
    }

    /**
     * A thread whose agent is not wrapped.
     *
     * @param roles names of the roles, at least one.
     * @param threadFactory makes the thread.
     * @param idleStrategy of the thread.
     */
    public AgentThread(
            final List<String> roles,
            final ThreadFactory threadFactory,
            final IdleStrategy idleStrategy) {
        this(roles, threadFactory, idleStrategy, UnaryOperator.identity());
    }

    /**
     * @return the roles' names joined by a plus sign: the thread's name.
     */
    public String name() {
        return String.join("+", roles);
    }
}
