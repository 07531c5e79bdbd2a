package io.stoat.affinity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which roles share a thread, which CPU each thread is pinned to and how it idles. Immutable: any
 * thread may hold and use one.
 *
 * <p>As text a plan is a line of entries {@code ROLE[+ROLE…]=CPU[:IDLE]}, such as {@code
 * write-0=3,driver+read-0=4:spin,archive=off}. CPU is a number as in {@code taskset -c}, or off for
 * a thread that is not pinned. IDLE is spin, yield or backoff; where it is left out, a thread spins
 * on a CPU of its own, yields on a shared one, and backs off when it is not pinned or only keeps
 * house. Roles on the same CPU share one thread, except those that {@linkplain
 * Role#sharesThreadWith cannot}, and except roles that each say spin: these get a thread each,
 * which {@link #validate} refuses for the latter.
 */
public final class ThreadPlan {
    /** Setting for {@link #of}: the plan is made from the topology. */
    public static final String AUTO = "auto";

    /** Setting for {@link #of}: no thread is pinned. */
    public static final String OFF = "off";

    private final List<PlannedThread> threads;
    private final Map<Role, PlannedThread> threadByRole = new LinkedHashMap<>();
    private final DriverMode driverMode;

    ThreadPlan(final List<PlannedThread> threads) {
        this.threads = List.copyOf(threads);
        for (final PlannedThread thread : threads) {
            for (final Role role : thread.roles()) {
                if (threadByRole.put(role, thread) != null) {
                    throw new IllegalArgumentException(
                            "role " + role + " is given twice; give it once");
                }
            }
        }
        driverMode = DriverMode.of(threadByRole);
    }

    /**
     * Plans for a host: as many threads as it has cores to spare, then roles share. Isolated cores
     * first, one thread a physical core, all on one NUMA node; the first core (core 0 if usable) is
     * left to the operating system and the JVM where there is another. When a member of a cluster
     * has fewer cores than its roles need threads at least, none is pinned and all back off: its
     * threads wait for each other, so that two on one core would take turns at the price of a
     * switch.
     *
     * @param topology of the host.
     * @param roles of the process, or of the processes that run on the host together; the media
     *     driver as {@link Role#DRIVER} or as its three agents.
     * @return the plan; {@link #validate} finds nothing in it that is a FAIL.
     * @throws IllegalArgumentException when a role is given twice or the driver in both ways.
     */
    public static ThreadPlan automatic(final Topology topology, final Role... roles) {
        return new ThreadPlan(AutomaticPlan.threads(topology, rolesOf(roles), false));
    }

    /**
     * As {@link #automatic}, but an archive never shares its driver's thread: for archives that
     * wait for the disk.
     *
     * @param topology of the host.
     * @param roles of the process.
     * @return the plan.
     * @throws IllegalArgumentException when a role is given twice or the driver in both ways.
     */
    public static ThreadPlan automaticWithArchiveApart(
            final Topology topology, final Role... roles) {
        return new ThreadPlan(AutomaticPlan.threads(topology, rolesOf(roles), true));
    }

    /**
     * @param line of entries as described above, or {@code off} for a plan without threads, in
     *     which every role asked for is {@linkplain #thread not pinned}.
     * @return the plan.
     * @throws IllegalArgumentException naming the entry and the mend.
     */
    public static ThreadPlan parse(final String line) {
        return line.trim().equals(OFF)
                ? new ThreadPlan(List.of())
                : new ThreadPlan(PlanLine.threads(line));
    }

    /**
     * The plan that a setting asks for.
     *
     * @param setting {@link #AUTO}, {@link #OFF} (the threads of the automatic plan, none pinned)
     *     or a line; roles that the line does not name get a thread each, not pinned.
     * @param topology of the host.
     * @param roles of the process. A line may name the driver's three agents where these have
     *     {@link Role#DRIVER}, and the other way round.
     * @return the plan.
     * @throws IllegalArgumentException naming the entry and the mend.
     */
    public static ThreadPlan of(
            final String setting, final Topology topology, final Role... roles) {
        final String text = setting.trim();
        if (text.equals(AUTO)) {
            return automatic(topology, roles);
        }
        if (text.equals(OFF)) {
            return automatic(topology, roles).unpinned();
        }
        return parse(text).completed(rolesOf(roles));
    }

    private static Set<Role> rolesOf(final Role... roles) {
        final Set<Role> set = new TreeSet<>(Arrays.asList(roles));
        if (set.size() < roles.length) {
            throw new IllegalArgumentException("a role is given twice: " + Arrays.toString(roles));
        }
        DriverMode.requireOneDriver(set);
        return set;
    }

    private ThreadPlan completed(final Set<Role> roles) {
        final boolean hasDriver = roles.stream().anyMatch(ThreadPlan::isDriver);
        for (final Role named : threadByRole.keySet()) {
            if (!roles.contains(named) && !(hasDriver && isDriver(named))) {
                throw new IllegalArgumentException(
                        "thread plan '"
                                + this
                                + "' names "
                                + named
                                + ", which is not running here; running: "
                                + names(roles));
            }
        }
        final List<PlannedThread> all = new ArrayList<>(threads);
        for (final Role role : roles) {
            if (!threadByRole.containsKey(role)
                    && !(isDriver(role) && driverMode != DriverMode.NONE)) {
                all.add(PlannedThread.unpinned(List.of(role)));
            }
        }
        return new ThreadPlan(all);
    }

    /** The driver of a node, or of a member of group 0, as one or in its parts. */
    private static boolean isDriver(final Role role) {
        return role.kind().isDriver() && role.index() == 0;
    }

    private static String names(final Set<Role> roles) {
        return roles.stream().map(Role::toString).collect(Collectors.joining(", "));
    }

    /**
     * @return the same threads, none pinned, all backing off.
     */
    public ThreadPlan unpinned() {
        return new ThreadPlan(
                threads.stream().map(thread -> PlannedThread.unpinned(thread.roles())).toList());
    }

    /**
     * @return every thread.
     */
    public List<PlannedThread> threads() {
        return threads;
    }

    /**
     * @param role to look up.
     * @return the thread that runs it: one of its own, not pinned, when the plan does not name the
     *     role.
     */
    public PlannedThread thread(final Role role) {
        final PlannedThread thread = threadByRole.get(role);
        return thread == null ? PlannedThread.unpinned(List.of(role)) : thread;
    }

    /**
     * @return how the plan runs Aeron's media driver.
     */
    public DriverMode driverMode() {
        return driverMode;
    }

    /**
     * Checks the plan against a host.
     *
     * @param topology of the host.
     * @return what is wrong, worst first; empty when nothing is.
     */
    public List<PlanProblem> validate(final Topology topology) {
        return new PlanValidation(this, topology).problems();
    }

    /**
     * @return the plan for people: a line for each role with its thread, CPU and idle strategy.
     */
    public String table() {
        final int width =
                threads.stream().mapToInt(thread -> thread.name().length()).max().orElse(0);
        final String format = "%-16s  %-" + Math.max(width, "thread".length()) + "s  %4s  %s%n";
        final StringBuilder table =
                new StringBuilder(String.format(format, "role", "thread", "cpu", "idle"));
        threadByRole.forEach(
                (role, thread) ->
                        table.append(
                                String.format(
                                        format,
                                        role,
                                        thread.name(),
                                        thread.isPinned() ? thread.cpu() : "-",
                                        thread.idle())));
        return table.toString();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof ThreadPlan && threads.equals(((ThreadPlan) other).threads);
    }

    @Override
    public int hashCode() {
        return threads.hashCode();
    }

    /**
     * @return the line that {@link #parse} reads.
     */
    @Override
    public String toString() {
        return threads.isEmpty()
                ? OFF
                : threads.stream().map(PlannedThread::toString).collect(Collectors.joining(","));
    }
}
