package io.stoat.transport;

import static io.stoat.transport.AgentThreads.DRIVER;
import static io.stoat.transport.AgentThreads.DRIVER_CONDUCTOR;
import static io.stoat.transport.AgentThreads.DRIVER_RECEIVER;
import static io.stoat.transport.AgentThreads.DRIVER_SENDER;

import io.aeron.driver.ThreadingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked answer of {@link AgentThreads}: threads that this library runs, and how Aeron runs
 * its driver.
 *
 * @param threads with the driver, if it is among them, as the last role of the last thread.
 * @param threadingMode INVOKER when one of the threads drives the driver.
 * @param driverParts threads of the driver's parts, by role, when Aeron runs them.
 */
record Arrangement(
        List<AgentThread> threads,
        ThreadingMode threadingMode,
        Map<String, AgentThread> driverParts) {
    private static final List<String> PARTS =
            List.of(DRIVER_CONDUCTOR, DRIVER_SENDER, DRIVER_RECEIVER);

    static Arrangement of(final ServerContext context) {
        final List<String> roles = new ArrayList<>();
        roles.add(DRIVER);
        for (int i = 0; i < context.readAgents(); i++) {
            roles.add(AgentThreads.READ_PREFIX + i);
        }
        for (int i = 0; i < context.writeAgents(); i++) {
            roles.add(AgentThreads.WRITE_PREFIX + i);
        }
        return of(roles, context.agentThreads().arrange(List.copyOf(roles)));
    }

    static Arrangement of(final List<String> roles, final List<AgentThread> threads) {
        final Map<String, AgentThread> byRole = new LinkedHashMap<>();
        for (final AgentThread thread : threads) {
            for (final String role : thread.roles()) {
                if (!roles.contains(role) && !PARTS.contains(role)) {
                    throw refusal("role " + role + " is none of " + roles);
                }
                if (byRole.put(role, thread) != null) {
                    throw refusal("role " + role + " is on two threads");
                }
            }
        }
        final List<String> missing = new ArrayList<>(roles);
        missing.removeAll(byRole.keySet());
        final boolean inParts = byRole.keySet().containsAll(PARTS);
        if (missing.remove(DRIVER) == !inParts
                || !missing.isEmpty()
                || !inParts && PARTS.stream().anyMatch(byRole::containsKey)) {
            throw refusal(
                    "of the roles "
                            + roles
                            + " the threads run "
                            + byRole.keySet()
                            + "; each must run once, the driver as one or in its three parts");
        }
        final ThreadingMode mode = inParts ? mode(byRole) : ThreadingMode.INVOKER;
        if (mode == ThreadingMode.INVOKER) {
            return new Arrangement(driverLast(threads), mode, Map.of());
        }
        final List<AgentThread> ours = new ArrayList<>(threads);
        ours.removeIf(thread -> PARTS.containsAll(thread.roles()));
        byRole.keySet().retainAll(PARTS);
        return new Arrangement(ours, mode, byRole);
    }

    private static ThreadingMode mode(final Map<String, AgentThread> byRole) {
        final AgentThread conductor = byRole.get(DRIVER_CONDUCTOR);
        final AgentThread sender = byRole.get(DRIVER_SENDER);
        final AgentThread receiver = byRole.get(DRIVER_RECEIVER);
        if (conductor == sender && sender == receiver) {
            return ThreadingMode.INVOKER;
        }
        if (conductor.roles().size() == 1) {
            if (sender == receiver && sender.roles().size() == 2) {
                return ThreadingMode.SHARED_NETWORK;
            }
            if (sender.roles().size() == 1 && receiver.roles().size() == 1) {
                return ThreadingMode.DEDICATED;
            }
        }
        throw refusal(
                "Aeron runs the driver's parts on a thread each, or sender and receiver on one and"
                        + " the conductor on another, or all on one; not on "
                        + conductor.name()
                        + ", "
                        + sender.name()
                        + ", "
                        + receiver.name());
    }

    /** Agents are closed in this order, and the driver must be there to the end. */
    private static List<AgentThread> driverLast(final List<AgentThread> threads) {
        final List<AgentThread> sorted = new ArrayList<>();
        AgentThread last = null;
        for (final AgentThread thread : threads) {
            final List<String> roles = new ArrayList<>(thread.roles());
            if (roles.removeAll(PARTS) | roles.remove(DRIVER)) {
                roles.add(DRIVER);
                last =
                        new AgentThread(
                                roles,
                                thread.threadFactory(),
                                thread.idleStrategy(),
                                thread.decorator());
            } else {
                sorted.add(thread);
            }
        }
        sorted.add(last);
        return sorted;
    }

    private static TransportException refusal(final String reason) {
        return new TransportException("agentThreads: " + reason);
    }
}
