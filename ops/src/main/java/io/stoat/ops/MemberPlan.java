package io.stoat.ops;

import io.stoat.affinity.CoreClaims;
import io.stoat.affinity.IdleKind;
import io.stoat.affinity.IdleStrategies;
import io.stoat.affinity.PinningRefusal;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Role;
import io.stoat.affinity.ThreadPlan;
import io.stoat.affinity.Topology;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberThreads;
import io.stoat.transport.AgentThread;
import io.stoat.transport.AgentThreads;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * The threads of a process's members of a cluster: driver, archive, consensus and service of each
 * group by one plan. A thread that backs off does so as a member's threads do by default.
 */
final class MemberPlan implements AutoCloseable {
    private static final Map<Role.Kind, String> PARTS =
            new TreeMap<>(
                    Map.of(
                            Role.Kind.DRIVER, MemberThreads.DRIVER,
                            Role.Kind.ARCHIVE, MemberThreads.ARCHIVE,
                            Role.Kind.CONSENSUS, MemberThreads.CONSENSUS,
                            Role.Kind.SERVICE, MemberThreads.SERVICE));

    private final PlanInForce inForce;

    private MemberPlan(
            final NodeConfig config,
            final Topology topology,
            final CoreClaims claims,
            final ClusterConfig cluster) {
        refuseDriverInParts(config);
        inForce =
                new PlanInForce(
                        config,
                        topology,
                        claims,
                        roles(cluster.groups()),
                        cluster.isSynced()
                                ? ThreadPlan::automaticWithArchiveApart
                                : ThreadPlan::automatic);
    }

    /**
     * Plans, and takes the CPUs of the plan.
     *
     * @throws CommandFailure when the plan is refused, with setting, value and mend.
     */
    static MemberPlan plan(
            final NodeConfig config,
            final Topology topology,
            final CoreClaims claims,
            final ClusterConfig cluster) {
        try {
            return new MemberPlan(config, topology, claims, cluster);
        } catch (final RuntimeException ex) {
            claims.release();
            throw ex;
        }
    }

    private static void refuseDriverInParts(final NodeConfig config) {
        for (final PlannedThread thread : PlanInForce.named(config).threads()) {
            for (final Role role : thread.roles()) {
                if (role.kind().isDriver() && role.kind() != Role.Kind.DRIVER) {
                    throw PlanInForce.refused(
                            config,
                            "a member's media driver runs on one thread; give driver instead of "
                                    + role);
                }
            }
        }
    }

    private static Role[] roles(final int groups) {
        final List<Role> roles = new ArrayList<>();
        for (int group = 0; group < groups; group++) {
            for (final Role.Kind kind : PARTS.keySet()) {
                roles.add(Role.ofGroup(kind, group));
            }
        }
        return roles.toArray(Role[]::new);
    }

    ThreadPlan plan() {
        return inForce.plan();
    }

    List<String> remarks() {
        return inForce.remarks();
    }

    void print(final PrintWriter out) {
        inForce.print(out);
    }

    /** As {@link PlanInForce#open}; before any thread is arranged. */
    void open(final Path dataDir, final Consumer<PinningRefusal> refusalHandler) {
        inForce.open(dataDir, refusalHandler);
    }

    /**
     * @param group of a member.
     * @return arranges that member's threads anew at each of its launches.
     */
    AgentThreads ofGroup(final int group) {
        return roles -> {
            final Map<PlannedThread, List<String>> parts = new TreeMap<>(this::compare);
            for (final Map.Entry<Role.Kind, String> part : PARTS.entrySet()) {
                parts.computeIfAbsent(
                                plan().thread(Role.ofGroup(part.getKey(), group)),
                                thread -> new ArrayList<>())
                        .add(part.getValue());
            }
            return parts.entrySet().stream()
                    .map(entry -> thread(entry.getKey(), entry.getValue()))
                    .toList();
        };
    }

    private int compare(final PlannedThread first, final PlannedThread second) {
        return Integer.compare(plan().threads().indexOf(first), plan().threads().indexOf(second));
    }

    private AgentThread thread(final PlannedThread thread, final List<String> roles) {
        return inForce.thread(thread, roles, true, idleStrategy(thread.idle()));
    }

    private static IdleStrategy idleStrategy(final IdleKind kind) {
        return kind == IdleKind.BACKOFF ? MemberThreads.newBackoff() : IdleStrategies.create(kind);
    }

    /** Removes the figures and gives the CPUs back; after the members' end. */
    @Override
    public void close() {
        inForce.close();
    }
}
