package io.stoat.ops;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.CpuSet;
import io.stoat.affinity.IdleKind;
import io.stoat.affinity.Level;
import io.stoat.affinity.PinnedThreadFactory;
import io.stoat.affinity.PinningRefusal;
import io.stoat.affinity.PlanProblem;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadFigures;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.affinity.TrackedAgent;
import io.stoat.transport.AgentThread;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A process's thread plan in force: what its settings ask for, checked against the host, the CPUs
 * that it has taken for it, and the figures of the duty cycles in the data directory.
 */
final class PlanInForce implements AutoCloseable {
    /** File of a data directory with the figures of its node's threads. */
    static final String FIGURES_FILE = "node.threads";

    private static final int MAX_ATTEMPTS = 8;

    private final NodeConfig config;
    private final Topology topology;
    private final CoreClaims claims;
    private final Role[] roles;
    private final BiFunction<Topology, Role[], ThreadPlan> planner;
    private final List<String> remarks = new ArrayList<>();
    private final ThreadPlan plan;
    private ThreadFigures figures;
    private Consumer<PinningRefusal> onRefusal = refusal -> {};

    /**
     * Plans, and takes the CPUs of the plan.
     *
     * @param roles of the process.
     * @param planner makes the automatic plan.
     * @throws CommandFailure when the plan is refused, with setting, value and mend.
     */
    PlanInForce(
            final NodeConfig config,
            final Topology topology,
            final CoreClaims claims,
            final Role[] roles,
            final BiFunction<Topology, Role[], ThreadPlan> planner) {
        this.config = config;
        this.topology = topology;
        this.claims = claims;
        this.roles = roles.clone();
        this.planner = planner;
        plan =
                switch (config.threads()) {
                    case ThreadPlan.AUTO -> automatic();
                    case ThreadPlan.OFF -> planner.apply(topology, this.roles).unpinned();
                    default -> given();
                };
    }

    /** The plan as far as a line gives it; without threads for auto and off. */
    static ThreadPlan named(final NodeConfig config) {
        final String setting = config.threads();
        if (setting.equals(ThreadPlan.AUTO) || setting.equals(ThreadPlan.OFF)) {
            return ThreadPlan.parse(ThreadPlan.OFF);
        }
        try {
            return ThreadPlan.parse(setting);
        } catch (final IllegalArgumentException ex) {
            throw refused(config, ex.getMessage());
        }
    }

    static CommandFailure refused(final NodeConfig config, final String reason) {
        return CommandFailure.usage(config.named(NodeSetting.THREADS) + ": " + reason);
    }

    /**
     * Around the CPUs that other processes have; not pinned when they leave none for hot threads.
     */
    private ThreadPlan automatic() {
        CpuSet taken = CpuSet.EMPTY;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            if (topology.usable().minus(taken).isEmpty()) {
                break;
            }
            final ThreadPlan candidate = planner.apply(topology.without(taken), roles);
            if (!taken.isEmpty()
                    && candidate.threads().stream()
                            .anyMatch(thread -> thread.idle() == IdleKind.YIELD)) {
                break;
            }
            final CpuSet others = claims.take(cpus(candidate));
            if (others.isEmpty()) {
                remarkTaken(taken, "");
                return candidate;
            }
            taken = taken.or(others);
        }
        remarkTaken(taken, ", which leaves no core to pin to");
        return planner.apply(topology, roles).unpinned();
    }

    private void remarkTaken(final CpuSet taken, final String consequence) {
        if (!taken.isEmpty()) {
            remarks.add("CPU " + taken + " is taken by " + holders(taken) + consequence);
        }
    }

    private String holders(final CpuSet taken) {
        return taken.stream()
                .mapToObj(
                        cpu -> {
                            final long pid = claims.holder(cpu).orElse(-1);
                            return pid < 0 ? "another process" : "pid " + pid;
                        })
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static CpuSet cpus(final ThreadPlan plan) {
        return CpuSet.of(
                plan.threads().stream()
                        .filter(PlannedThread::isPinned)
                        .mapToInt(PlannedThread::cpu)
                        .toArray());
    }

    private ThreadPlan given() {
        final ThreadPlan given;
        try {
            given = ThreadPlan.of(config.threads(), topology, roles);
        } catch (final IllegalArgumentException ex) {
            throw refused(config, ex.getMessage());
        }
        final List<String> failures = new ArrayList<>();
        for (final PlanProblem problem : given.validate(topology)) {
            (problem.level() == Level.FAIL ? failures : remarks)
                    .add(problem.reason() + "; " + problem.mend());
        }
        final CpuSet others = claims.take(cpus(given).and(topology.online()));
        if (!others.isEmpty()) {
            failures.add(
                    "CPU "
                            + others
                            + " is taken by "
                            + holders(others)
                            + ", so its threads and these would stop each other; give other CPUs, or"
                            + " stop that process");
        }
        if (!failures.isEmpty() && !config.isForced()) {
            throw refused(config, String.join("; and ", failures) + "; or accept it with --force");
        }
        failures.forEach(failure -> remarks.add("forced: " + failure));
        return given;
    }

    ThreadPlan plan() {
        return plan;
    }

    /** What a person should know about the plan in force. */
    List<String> remarks() {
        return remarks;
    }

    /**
     * Makes the file of figures; before {@link #thread}.
     *
     * @param dataDir of the store, which this process owns.
     * @param refusalHandler told by a thread that cannot be pinned.
     */
    void open(final Path dataDir, final Consumer<PinningRefusal> refusalHandler) {
        final Path file = dataDir.resolve(FIGURES_FILE);
        onRefusal = refusalHandler;
        try {
            figures =
                    ThreadFigures.create(
                            file,
                            plan,
                            SystemNanoClock.INSTANCE,
                            TimeUnit.MICROSECONDS.toNanos(config.slowCycleUs()));
        } catch (final IOException ex) {
            throw CommandFailure.failed(
                    "cannot make "
                            + file
                            + ": "
                            + ex.getMessage()
                            + "; free space there, or set data-dir elsewhere");
        }
    }

    /**
     * A thread of the plan, to be started.
     *
     * @param thread of the plan.
     * @param roles as the caller names them.
     * @param daemon whether the JVM may end while it runs.
     * @param idleStrategy of the thread.
     */
    AgentThread thread(
            final PlannedThread thread,
            final List<String> roles,
            final boolean daemon,
            final IdleStrategy idleStrategy) {
        return new AgentThread(
                roles,
                new PinnedThreadFactory(
                        thread,
                        daemon,
                        refusal -> {
                            figures.refused(thread);
                            onRefusal.accept(refusal);
                        }),
                idleStrategy,
                agent -> new TrackedAgent(agent, figures.tracker(thread), thread.name()));
    }

    /** Prints the plan for the person who started the process. */
    void print(final PrintWriter out) {
        out.println(
                "  threads         "
                        + plan
                        + (config.threads().equals(plan.toString())
                                ? ""
                                : " (" + config.named(NodeSetting.THREADS) + ")"));
        plan.table().lines().forEach(line -> out.println("    " + line));
        remarks.forEach(remark -> out.println("    note: " + remark));
    }

    /** Removes the figures and gives the CPUs back; after the threads' end. */
    @Override
    public void close() {
        if (figures != null) {
            figures.close();
        }
        claims.release();
    }
}
