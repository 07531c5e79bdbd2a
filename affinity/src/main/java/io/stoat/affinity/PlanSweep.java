package io.stoat.affinity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Plans of a server worth measuring against each other on a host: one thread fewer than it has
 * cores, as many, one more; the media driver on the thread of other agents, on its own, or on
 * three; one or several read and write agents; and not pinned at all.
 *
 * <p>Threads take the cores of the automatic plan and spin there; then the core that is left to the
 * operating system, where they yield; one thread more is not pinned. The automatic plan's cores are
 * those of one NUMA node: where there are several, plans with as many threads as the host has cores
 * take the others, too; there are fewer of these, so that a sweep does not take longer.
 */
public final class PlanSweep {
    private static final int MAX_WRITE_AGENTS = 2;

    /**
     * With so many threads there are twice as many: one for each shard, when none are configured.
     */
    private static final int MANY_THREADS = 12;

    private static final int DRIVER_PARTS = 3;
    private static final Comparator<List<Role>> BY_FIRST_ROLE =
            Comparator.comparing(roles -> Collections.min(roles));

    private final Topology topology;
    private final CoreChoice cores;
    private final List<Integer> everywhere;
    private final Set<ThreadPlan> plans = new LinkedHashSet<>();

    private PlanSweep(final Topology topology) {
        this.topology = topology;
        cores = CoreChoice.of(topology, topology.online().size());
        everywhere = cores.everywhere(topology);
    }

    /**
     * @param topology of the host.
     * @return the plans, the automatic one first and those that are likely to be good before the
     *     others; none is a FAIL for {@link ThreadPlan#validate}.
     */
    public static List<ThreadPlan> around(final Topology topology) {
        return new PlanSweep(topology).plans();
    }

    private List<ThreadPlan> plans() {
        final ThreadPlan automatic =
                ThreadPlan.automatic(topology, Role.DRIVER, Role.read(0), Role.write(0));
        plans.add(automatic);
        plans.add(automatic.unpinned());
        final int hot = cores.isSingle() ? 0 : cores.hot().size();
        final boolean isWide = hot > 0 && everywhere.size() > hot;
        final int most = isWide ? hot + 1 : hot + 2;
        final Set<Integer> counts = new TreeSet<>(List.of(1, 2, 3, hot + 1, hot + 2));
        counts.add(Math.max(1, hot));
        counts.removeIf(count -> count > most);
        for (final int count : counts) {
            withDriverAmongAgents(count);
            withDriverAlone(count);
            withDriverInParts(count);
        }
        for (int more = 0; isWide && more <= 2; more++) {
            withDriverAlone(everywhere.size() + more);
        }
        plans.add(
                unpinned(
                        List.of(
                                List.of(Role.read(0)),
                                List.of(Role.write(0)),
                                List.of(Role.DRIVER))));
        plans.removeIf(
                plan ->
                        plan.validate(topology).stream()
                                .anyMatch(problem -> problem.level() == Level.FAIL));
        return new ArrayList<>(plans);
    }

    private void withDriverAmongAgents(final int threads) {
        for (final List<List<Role>> agents : agents(threads)) {
            final List<List<Role>> groups = new ArrayList<>(agents);
            final List<Role> first = new ArrayList<>(groups.get(0));
            first.add(Role.DRIVER);
            groups.set(0, first);
            place(groups);
        }
    }

    private void withDriverAlone(final int threads) {
        for (final List<List<Role>> agents : agents(threads - 1)) {
            final List<List<Role>> groups = new ArrayList<>(agents);
            groups.add(List.of(Role.DRIVER));
            place(groups);
        }
    }

    private void withDriverInParts(final int threads) {
        for (final List<List<Role>> agents : agents(threads - DRIVER_PARTS)) {
            final List<List<Role>> groups = new ArrayList<>(agents);
            groups.add(List.of(Role.DRIVER_SENDER));
            groups.add(List.of(Role.DRIVER_RECEIVER));
            groups.add(List.of(Role.DRIVER_CONDUCTOR));
            place(groups);
        }
    }

    /**
     * Read and write agents on so many threads, in up to two ways; none when there is no thread.
     */
    private static List<List<List<Role>>> agents(final int threads) {
        if (threads < 1) {
            return List.of();
        }
        if (threads == 1) {
            return List.of(List.of(List.of(Role.read(0), Role.write(0))));
        }
        final List<List<List<Role>>> ways = new ArrayList<>();
        for (final int writes : new int[] {1, threads / 2}) {
            final List<List<Role>> groups = new ArrayList<>();
            final int writeAgents =
                    Math.min(
                            threads < MANY_THREADS ? MAX_WRITE_AGENTS : 2 * MAX_WRITE_AGENTS,
                            writes);
            for (int i = 0; i < threads - writeAgents; i++) {
                groups.add(List.of(Role.read(i)));
            }
            for (int i = 0; i < writeAgents; i++) {
                groups.add(List.of(Role.write(i)));
            }
            if (!ways.contains(groups)) {
                ways.add(groups);
            }
        }
        return ways;
    }

    private void place(final List<List<Role>> groups) {
        final List<PlannedThread> threads = new ArrayList<>();
        final List<Integer> cpus =
                groups.size() > cores.hot().size() + 1 ? everywhere : cores.hot();
        final int hot = cores.isSingle() ? 0 : cpus.size();
        if (groups.size() <= hot) {
            groups.sort(BY_FIRST_ROLE);
        }
        for (int i = 0; i < groups.size(); i++) {
            if (i < hot) {
                threads.add(new PlannedThread(groups.get(i), cpus.get(i), IdleKind.BUSY_SPIN));
            } else if (i == hot) {
                threads.add(new PlannedThread(groups.get(i), cores.system(), IdleKind.YIELD));
            } else {
                threads.add(PlannedThread.unpinned(groups.get(i)));
            }
        }
        plans.add(sorted(threads));
    }

    private static ThreadPlan unpinned(final List<List<Role>> groups) {
        return sorted(new ArrayList<>(groups.stream().map(PlannedThread::unpinned).toList()));
    }

    /** In the order of their roles, so that equal plans are known as such. */
    private static ThreadPlan sorted(final List<PlannedThread> threads) {
        threads.sort(Comparator.comparing(PlannedThread::roles, BY_FIRST_ROLE));
        return new ThreadPlan(threads);
    }
}
