package io.stoat.affinity;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One thread of a {@link ThreadPlan}. Several roles on one thread are a composite agent.
 *
 * @param roles that it runs, in order; at least one.
 * @param cpu that it is pinned to, or {@link #UNPINNED}.
 * @param idle what it does without work.
 */
public record PlannedThread(List<Role> roles, int cpu, IdleKind idle) {
    /** CPU of a thread that runs wherever the scheduler puts it. */
    public static final int UNPINNED = -1;

    /**
     * Refuses what can never work: no role, a client that would wait for its own thread, an
     * unpinned thread that spins on whatever core it is put.
     */
    public PlannedThread {
        roles = roles.stream().sorted().toList();
        if (roles.isEmpty()) {
            throw new IllegalArgumentException("a thread needs a role");
        }
        requireThatAllCanShare(roles);
        if (cpu < 0 && idle == IdleKind.BUSY_SPIN) {
            throw new IllegalArgumentException(
                    "thread "
                            + name(roles)
                            + " is not pinned, so it must not spin; write backoff or yield, or give"
                            + " it a CPU");
        }
    }

    private static void requireThatAllCanShare(final List<Role> roles) {
        for (int i = 1; i < roles.size(); i++) {
            final Role role = roles.get(i);
            for (final Role other : roles.subList(0, i)) {
                if (!role.sharesThreadWith(other)) {
                    throw new IllegalArgumentException(
                            "thread " + name(roles) + ": " + whyNot(roles, other, role));
                }
            }
        }
    }

    private static String whyNot(final List<Role> roles, final Role first, final Role second) {
        if (roles.contains(Role.CLIENT)) {
            return "the client waits for the agents, so it cannot share their thread;"
                    + " give it an entry of its own";
        }
        return first
                + " and "
                + second
                + " cannot share a thread: consensus, service and endpoint need one each, and an"
                + " archive shares only its group's driver's; give them an entry each (the CPU may be"
                + " the same)";
    }

    static PlannedThread unpinned(final List<Role> roles) {
        return new PlannedThread(roles, UNPINNED, IdleKind.BACKOFF);
    }

    /**
     * @return whether it has a CPU.
     */
    public boolean isPinned() {
        return cpu >= 0;
    }

    /**
     * @return name of the thread, such as {@code driver+read-0}.
     */
    public String name() {
        return name(roles);
    }

    private static String name(final List<Role> roles) {
        return roles.stream().map(Role::toString).collect(Collectors.joining("+"));
    }

    /**
     * @return the thread's entry in a plan's line, such as {@code driver+read-0=3:spin}.
     */
    @Override
    public String toString() {
        return name() + "=" + (isPinned() ? String.valueOf(cpu) : "off") + ":" + idle;
    }
}
