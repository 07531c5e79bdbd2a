package io.stoat.replication;

import io.stoat.transport.AgentThread;
import io.stoat.transport.AgentThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * On how many threads the parts of a member run when nobody arranges them ({@link
 * MemberContext#agentThreads}), beside one that mostly sleeps. None is pinned.
 */
public enum MemberThreads {
    /**
     * Three: media driver and archive on one, consensus, service. For hosts with fewer cores than
     * the members have threads.
     */
    SHARED,
    /** Four: media driver, archive, consensus, service. For a member with four cores of its own. */
    SEPARATE;

    /** Role of a member's media driver. */
    public static final String DRIVER = AgentThreads.DRIVER;

    /** Role of a member's archive, on the driver's thread or its own. */
    public static final String ARCHIVE = "archive";

    /** Role of a member's consensus module, on a thread of its own. */
    public static final String CONSENSUS = "consensus";

    /** Role of a member's service, which owns the shards, on a thread of its own. */
    public static final String SERVICE = "service";

    static final List<String> ROLES = List.of(DRIVER, ARCHIVE, CONSENSUS, SERVICE);

    /**
     * The idle strategy of a member's thread that has no core of its own: yields a few times, then
     * parks up to 100 us. A turn of the media driver asks each of its sockets, so many idle turns
     * would take the core from those who have work.
     *
     * @return a strategy for one thread.
     */
    public static IdleStrategy newBackoff() {
        return new PromptIdleStrategy(1, 4, 100_000);
    }

    /** Threads that are not pinned. */
    AgentThreads unpinned(final Supplier<IdleStrategy> idleStrategies) {
        return roles -> {
            final List<AgentThread> threads = new ArrayList<>();
            if (this == SHARED) {
                threads.add(thread(idleStrategies, DRIVER, ARCHIVE));
            } else {
                threads.add(thread(idleStrategies, DRIVER));
                threads.add(thread(idleStrategies, ARCHIVE));
            }
            threads.add(thread(idleStrategies, CONSENSUS));
            threads.add(thread(idleStrategies, SERVICE));
            return threads;
        };
    }

    private static AgentThread thread(
            final Supplier<IdleStrategy> idleStrategies, final String... roles) {
        final ThreadFactory factory =
                task -> {
                    final Thread thread = new Thread(task);
                    thread.setDaemon(true);
                    return thread;
                };
        return new AgentThread(List.of(roles), factory, idleStrategies.get());
    }
}
