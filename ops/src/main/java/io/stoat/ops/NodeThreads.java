package io.stoat.ops;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.CpuSet;
import io.stoat.affinity.IdleKind;
import io.stoat.affinity.IdleStrategies;
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
import io.stoat.transport.AgentThreads;
import io.stoat.transport.ServerContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The threads of a node: the plan that its settings ask for, the CPUs that it has taken for them,
 * and the figures of their duty cycles in the data directory.
 */
final class NodeThreads implements AgentThreads, AutoCloseable {
    /** File of a data directory with the figures of its node's threads. */
    static final String FIGURES_FILE = "node.threads";

    private static final int MAX_ATTEMPTS = 8;

    private final NodeConfig config;
    private final Topology topology;
    private final CoreClaims claims;
    private final List<String> remarks = new ArrayList<>();
    private final int readAgents;
    private final int writeAgents;
    private final ThreadPlan plan;
    private ThreadFigures figures;
    private Consumer<PinningRefusal> onRefusal = refusal -> {};

    private NodeThreads(final NodeConfig config, final Topology topology, final CoreClaims claims) {
        this.config = config;
        this.topology = topology;
        this.claims = claims;
        final ThreadPlan named = named();
        readAgents = agents(NodeSetting.READ_AGENTS, Role.Kind.READ, named);
        writeAgents = agents(NodeSetting.WRITE_AGENTS, Role.Kind.WRITE, named);
        plan = config.threads().equals(ThreadPlan.AUTO) ? automatic() : given();
    }

    /**
     * Plans, and takes the CPUs of the plan.
     *
     * @throws CommandFailure when the plan is refused, with setting, value and mend.
     */
    static NodeThreads plan(
            final NodeConfig config, final Topology topology, final CoreClaims claims) {
        try {
            return new NodeThreads(config, topology, claims);
        } catch (final RuntimeException ex) {
            claims.release();
            throw ex;
        }
    }

    /** The plan as far as a line gives it; without threads for auto and off. */
    private ThreadPlan named() {
        final String setting = config.threads();
        if (setting.equals(ThreadPlan.AUTO) || setting.equals(ThreadPlan.OFF)) {
            return ThreadPlan.parse(ThreadPlan.OFF);
        }
        try {
            return ThreadPlan.parse(setting);
        } catch (final IllegalArgumentException ex) {
            throw refused(ex.getMessage());
        }
    }

    private CommandFailure refused(final String reason) {
        return CommandFailure.usage(config.named(NodeSetting.THREADS) + ": " + reason);
    }

    private int agents(final NodeSetting setting, final Role.Kind kind, final ThreadPlan named) {
        final int inPlan =
                named.threads().stream()
                        .flatMap(thread -> thread.roles().stream())
                        .filter(role -> role.kind() == kind)
                        .mapToInt(role -> role.index() + 1)
                        .max()
                        .orElse(1);
        final int count = config.agents(setting).orElse(inPlan);
        if (count < inPlan) {
            throw refused(
                    "the plan names "
                            + new Role(kind, inPlan - 1)
                            + ", and "
                            + config.named(setting)
                            + "; leave that setting out, or take the role out of the plan");
        }
        if (count > ServerContext.MAX_AGENTS) {
            throw refused(
                    "the plan names "
                            + new Role(kind, inPlan - 1)
                            + "; a node has at most "
                            + ServerContext.MAX_AGENTS
                            + " agents of a kind, numbered from 0");
        }
        return count;
    }

    private Role[] roles() {
        final List<Role> roles = new ArrayList<>(List.of(Role.DRIVER));
        IntStream.range(0, readAgents).mapToObj(Role::read).forEach(roles::add);
        IntStream.range(0, writeAgents).mapToObj(Role::write).forEach(roles::add);
        return roles.toArray(Role[]::new);
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
            final ThreadPlan candidate = ThreadPlan.automatic(topology.without(taken), roles());
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
        return ThreadPlan.automatic(topology, roles()).unpinned();
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
            given = ThreadPlan.of(config.threads(), topology, roles());
        } catch (final IllegalArgumentException ex) {
            throw refused(ex.getMessage());
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
            throw refused(String.join("; and ", failures) + "; or accept it with --force");
        }
        failures.forEach(failure -> remarks.add("forced: " + failure));
        return given;
    }

    ThreadPlan plan() {
        return plan;
    }

    int readAgents() {
        return readAgents;
    }

    int writeAgents() {
        return writeAgents;
    }

    /** What a person should know about the plan in force. */
    List<String> remarks() {
        return remarks;
    }

    /**
     * Makes the file of figures; before {@link #arrange}.
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

    @Override
    public List<AgentThread> arrange(final List<String> roles) {
        return plan.threads().stream().map(this::agentThread).toList();
    }

    private AgentThread agentThread(final PlannedThread thread) {
        return new AgentThread(
                thread.roles().stream().map(Role::toString).toList(),
                new PinnedThreadFactory(
                        thread,
                        false,
                        refusal -> {
                            figures.refused(thread);
                            onRefusal.accept(refusal);
                        }),
                IdleStrategies.create(thread.idle()),
                agent -> new TrackedAgent(agent, figures.tracker(thread), thread.name()));
    }

    /** Removes the figures and gives the CPUs back; after the server's end. */
    @Override
    public void close() {
        if (figures != null) {
            figures.close();
        }
        claims.release();
    }
}
