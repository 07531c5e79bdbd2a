package io.stoat.affinity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Checks a plan against a host. */
final class PlanValidation {
    private final List<PlanProblem> problems = new ArrayList<>();
    private final List<PlannedThread> pinned;
    private final ThreadPlan plan;
    private final Topology topology;

    PlanValidation(final ThreadPlan plan, final Topology topology) {
        this.plan = plan;
        this.topology = topology;
        pinned = plan.threads().stream().filter(PlannedThread::isPinned).toList();
    }

    /** Worst first. */
    List<PlanProblem> problems() {
        pinned.forEach(this::checkPlace);
        for (int i = 0; i < pinned.size(); i++) {
            for (int j = i + 1; j < pinned.size(); j++) {
                checkPair(pinned.get(i), pinned.get(j));
            }
        }
        checkQuota();
        checkNumaNodes();
        problems.sort(Comparator.comparing(PlanProblem::level).reversed());
        return problems;
    }

    private void checkPlace(final PlannedThread thread) {
        final int cpu = thread.cpu();
        final String mend = "use one of the CPUs " + topology.usable();
        if (!topology.online().contains(cpu)) {
            fail(at(thread) + ", which is not online (" + topology.online() + ")", mend);
        } else if (!topology.cpuset().contains(cpu)) {
            fail(at(thread) + ", outside the cpuset " + topology.cpuset(), mend);
        } else if (!topology.usable().contains(cpu)) {
            warn(
                    at(thread)
                            + ", outside the CPUs "
                            + topology.affinityMask()
                            + " that the process was started on",
                    mend + ", or start the process with 'taskset -c' on more CPUs");
        }
    }

    private void checkPair(final PlannedThread first, final PlannedThread second) {
        final boolean oneSpins =
                first.idle() == IdleKind.BUSY_SPIN || second.idle() == IdleKind.BUSY_SPIN;
        final boolean bothSpin =
                first.idle() == IdleKind.BUSY_SPIN && second.idle() == IdleKind.BUSY_SPIN;
        if (first.cpu() == second.cpu()) {
            if (oneSpins) {
                fail(
                        first.name()
                                + " and "
                                + second.name()
                                + (bothSpin
                                        ? " both spin on CPU "
                                        : " share a CPU, and one of them spins on it: CPU ")
                                + first.cpu()
                                + ", so each stops the other for a scheduler's time slice",
                        first.roles().contains(Role.CLIENT) || second.roles().contains(Role.CLIENT)
                                ? "give them a CPU each, or let both yield"
                                : "give them a CPU each, or one thread: "
                                        + first.name()
                                        + "+"
                                        + second.name()
                                        + "="
                                        + first.cpu());
            }
        } else if (bothSpin && siblings(first.cpu()).contains(second.cpu())) {
            warn(
                    first.name()
                            + " on CPU "
                            + first.cpu()
                            + " and "
                            + second.name()
                            + " on CPU "
                            + second.cpu()
                            + " both spin on one physical core (SMT siblings)",
                    "move one of them to another core");
        }
    }

    private CpuSet siblings(final int cpu) {
        return topology.online().contains(cpu) ? topology.cpu(cpu).siblings() : CpuSet.EMPTY;
    }

    /** Threads that share a CPU cannot take more than that CPU's time together. */
    private void checkQuota() {
        if (topology.cpuQuota().isEmpty()) {
            return;
        }
        final double quota = topology.cpuQuota().getAsDouble();
        final List<PlannedThread> sleepless =
                plan.threads().stream().filter(thread -> thread.idle().isSleepless()).toList();
        final long busyCpus =
                sleepless.stream()
                                .filter(PlannedThread::isPinned)
                                .mapToInt(PlannedThread::cpu)
                                .distinct()
                                .count()
                        + sleepless.stream().filter(thread -> !thread.isPinned()).count();
        if (busyCpus > 0 && busyCpus >= quota) {
            problems.add(
                    new PlanProblem(
                            busyCpus > quota ? Level.FAIL : Level.WARN,
                            "the threads that never sleep ("
                                    + sleepless.stream()
                                            .map(PlannedThread::name)
                                            .collect(Collectors.joining(", "))
                                    + ") take "
                                    + busyCpus
                                    + " CPUs and the CPU quota is "
                                    + quota
                                    + ": the kernel stops the whole process for the rest of each period",
                            "raise the quota above "
                                    + busyCpus
                                    + " (cpu.max, docker --cpus), or let threads share a CPU or back off"));
        }
    }

    private void checkNumaNodes() {
        final List<Integer> nodes =
                pinned.stream()
                        .filter(thread -> thread.idle().isSleepless())
                        .filter(thread -> topology.online().contains(thread.cpu()))
                        .map(thread -> topology.cpu(thread.cpu()).numaNode())
                        .distinct()
                        .sorted()
                        .toList();
        if (nodes.size() > 1) {
            warn(
                    "hot threads are on the NUMA nodes "
                            + nodes
                            + ": what they share is remote to some",
                    "move them to one node (lscpu shows which CPUs it has)");
        }
    }

    private static String at(final PlannedThread thread) {
        return thread.name() + " is pinned to CPU " + thread.cpu();
    }

    private void fail(final String reason, final String mend) {
        problems.add(new PlanProblem(Level.FAIL, reason, mend));
    }

    private void warn(final String reason, final String mend) {
        problems.add(new PlanProblem(Level.WARN, reason, mend));
    }
}
