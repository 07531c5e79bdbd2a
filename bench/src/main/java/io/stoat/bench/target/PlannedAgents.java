package io.stoat.bench.target;

import io.stoat.affinity.IdleKind;
import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PinnedThreadFactory;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.transport.AgentThread;
import io.stoat.transport.AgentThreads;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** Arranges a node's agents as a plan says, or each on a thread of its own. */
record PlannedAgents(ThreadPlan plan, boolean separate) implements AgentThreads {
    @Override
    public List<AgentThread> arrange(final List<String> roles) {
        final Map<String, List<String>> byThread = new LinkedHashMap<>();
        for (final String role : roles) {
            final String thread = separate ? role : plan.thread(Role.parse(role)).name();
            byThread.computeIfAbsent(thread, name -> new ArrayList<>()).add(role);
        }
        return byThread.values().stream().map(this::thread).toList();
    }

    private AgentThread thread(final List<String> roles) {
        final PlannedThread planned = plan.thread(Role.parse(roles.get(0)));
        return new AgentThread(
                roles,
                new PinnedThreadFactory(planned, false, refusal -> System.out.println(refusal)),
                idleStrategy(planned));
    }

    private static IdleStrategy idleStrategy(final PlannedThread planned) {
        return planned.idle() == IdleKind.BACKOFF
                ? new BackoffIdleStrategy(50, 50, 1_000, 50_000)
                : IdleStrategies.create(planned.idle());
    }
}
