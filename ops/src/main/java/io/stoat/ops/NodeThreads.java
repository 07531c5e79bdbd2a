package io.stoat.ops;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PinningRefusal;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.transport.AgentThread;
import io.stoat.transport.AgentThreads;
import io.stoat.transport.ServerContext;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The threads of a node: its plan in force, and how many agents of each kind that has. */
final class NodeThreads implements AgentThreads, AutoCloseable {
    private final NodeConfig config;
    private final int readAgents;
    private final int writeAgents;
    private final PlanInForce inForce;

    private NodeThreads(final NodeConfig config, final Topology topology, final CoreClaims claims) {
        this.config = config;
        final ThreadPlan named = PlanInForce.named(config);
        readAgents = agents(NodeSetting.READ_AGENTS, Role.Kind.READ, named);
        writeAgents = agents(NodeSetting.WRITE_AGENTS, Role.Kind.WRITE, named);
        inForce = new PlanInForce(config, topology, claims, roles(), ThreadPlan::automatic);
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
            throw PlanInForce.refused(
                    config,
                    "the plan names "
                            + new Role(kind, inPlan - 1)
                            + ", and "
                            + config.named(setting)
                            + "; leave that setting out, or take the role out of the plan");
        }
        if (count > ServerContext.MAX_AGENTS) {
            throw PlanInForce.refused(
                    config,
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

    ThreadPlan plan() {
        return inForce.plan();
    }

    int readAgents() {
        return readAgents;
    }

    int writeAgents() {
        return writeAgents;
    }

    List<String> remarks() {
        return inForce.remarks();
    }

    void print(final PrintWriter out) {
        inForce.print(out);
    }

    /** As {@link PlanInForce#open}; before {@link #arrange}. */
    void open(final Path dataDir, final Consumer<PinningRefusal> refusalHandler) {
        inForce.open(dataDir, refusalHandler);
    }

    @Override
    public List<AgentThread> arrange(final List<String> roles) {
        return plan().threads().stream().map(this::agentThread).toList();
    }

    private AgentThread agentThread(final PlannedThread thread) {
        return inForce.thread(
                thread,
                thread.roles().stream().map(Role::toString).toList(),
                false,
                IdleStrategies.create(thread.idle()));
    }

    /** Removes the figures and gives the CPUs back; after the server's end. */
    @Override
    public void close() {
        inForce.close();
    }
}
