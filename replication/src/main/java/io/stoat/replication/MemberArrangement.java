package io.stoat.replication;

import static io.stoat.replication.MemberThreads.ARCHIVE;
import static io.stoat.replication.MemberThreads.CONSENSUS;
import static io.stoat.replication.MemberThreads.DRIVER;
import static io.stoat.replication.MemberThreads.ROLES;
import static io.stoat.replication.MemberThreads.SERVICE;

import io.stoat.transport.AgentThread;
import io.stoat.transport.AgentThreads;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked answer of {@link AgentThreads} for a member: which thread runs which of its parts.
 *
 * @param driver thread of the media driver.
 * @param archive thread of the archive; the driver's when they share one.
 * @param consensus thread of the consensus module alone.
 * @param service thread of the service alone.
 */
record MemberArrangement(
        AgentThread driver, AgentThread archive, AgentThread consensus, AgentThread service) {
    static MemberArrangement of(final AgentThreads agentThreads) {
        final List<AgentThread> threads = agentThreads.arrange(ROLES);
        final Map<String, AgentThread> byRole = new HashMap<>();
        for (final AgentThread thread : threads) {
            for (final String role : thread.roles()) {
                if (!ROLES.contains(role) || byRole.put(role, thread) != null) {
                    throw refusal("role " + role + " is none of " + ROLES + ", or given twice");
                }
            }
        }
        if (byRole.size() < ROLES.size()) {
            throw refusal("of the roles " + ROLES + " the threads run " + byRole.keySet());
        }
        final MemberArrangement arrangement =
                new MemberArrangement(
                        byRole.get(DRIVER),
                        byRole.get(ARCHIVE),
                        byRole.get(CONSENSUS),
                        byRole.get(SERVICE));
        arrangement.requireThatItWorks();
        return arrangement;
    }

    private void requireThatItWorks() {
        final int logRoles = hasSharedLog() ? 2 : 1;
        if (driver.roles().size() > logRoles
                || archive.roles().size() > logRoles
                || consensus.roles().size() > 1
                || service.roles().size() > 1) {
            throw refusal(
                    "only driver and archive can share a thread: consensus waits for both, and the"
                            + " service for all");
        }
    }

    /** Whether one thread drives driver and archive. */
    boolean hasSharedLog() {
        return driver == archive;
    }

    private static ReplicationException refusal(final String reason) {
        return new ReplicationException("agentThreads: " + reason);
    }
}
