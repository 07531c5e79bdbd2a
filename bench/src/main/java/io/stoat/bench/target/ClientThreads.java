package io.stoat.bench.target;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.PinnedThreadFactory;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads that a run's clients are on: each on a CPU of its own, or none is pinned. Immutable.
 *
 * @param pinned one for each client; empty when the plan pins no client, or leaves too few CPUs.
 */
public record ClientThreads(List<PlannedThread> pinned) {
    /** Keeps a copy. */
    public ClientThreads {
        pinned = List.copyOf(pinned);
    }

    /**
     * The first client is on the CPU that the plan gives it, further ones are on CPUs that the plan
     * leaves free.
     *
     * @param plan auto, off or a line.
     * @param clients of the run.
     * @param topology of the host.
     * @return their threads.
     */
    public static ClientThreads of(final String plan, final int clients, final Topology topology) {
        final ThreadPlan threads =
                ThreadPlan.of(
                        plan, topology, Role.DRIVER, Role.read(0), Role.write(0), Role.CLIENT);
        final PlannedThread first = threads.thread(Role.CLIENT);
        if (!first.isPinned()) {
            return new ClientThreads(List.of());
        }
        final List<PlannedThread> pinned = new ArrayList<>(List.of(first));
        topology.usable().minus(cpusOf(threads)).stream()
                .limit(clients - 1L)
                .forEach(cpu -> pinned.add(new PlannedThread(first.roles(), cpu, first.idle())));
        return new ClientThreads(pinned.size() < clients ? List.of() : pinned);
    }

    /** The CPUs that threads of a plan are pinned to. */
    static CpuSet cpusOf(final ThreadPlan plan) {
        return cpusOf(plan.threads());
    }

    private static CpuSet cpusOf(final List<PlannedThread> threads) {
        return CpuSet.of(
                threads.stream()
                        .filter(PlannedThread::isPinned)
                        .mapToInt(PlannedThread::cpu)
                        .distinct()
                        .toArray());
    }

    /** The CPUs of all clients. */
    CpuSet cpus() {
        return cpusOf(pinned);
    }

    /**
     * @return whether every client has a CPU of its own, and so may spin.
     */
    public boolean arePinned() {
        return !pinned.isEmpty();
    }

    /**
     * @param onRefusal told by a thread that cannot be pinned.
     * @return makes one thread for each client; used by one thread.
     */
    public ThreadFactory newFactory(final Consumer<String> onRefusal) {
        if (arePinned()) {
            final Iterator<PlannedThread> next = pinned.iterator();
            return task ->
                    new PinnedThreadFactory(
                                    next.next(),
                                    true,
                                    refusal -> onRefusal.accept(refusal.toString()))
                            .newThread(task);
        }
        final AtomicInteger number = new AtomicInteger();
        return task -> {
            final Thread client = new Thread(task, "client-" + number.getAndIncrement());
            client.setDaemon(true);
            return client;
        };
    }
}
