package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What holds for the automatic plan of any roles on any host, over random ones. */
class AutomaticPlanPropertyTest {
    private static final int CASES = 5_000;

    @Test
    void shouldHoldOnEveryHost() {
        int spinning = 0;
        int composite = 0;
        int quotas = 0;
        for (int seed = 0; seed < CASES; seed++) {
            final Random random = new Random(seed);
            final Topology topology = topology(random);
            final List<Role> roles = roles(random);
            final ThreadPlan plan = ThreadPlan.automatic(topology, roles.toArray(new Role[0]));
            check(topology, roles, plan, "seed " + seed + ": " + topology + " -> " + plan);
            spinning += count(plan, thread -> thread.idle() == IdleKind.BUSY_SPIN);
            composite += count(plan, thread -> thread.roles().size() > 1);
            quotas += topology.cpuQuota().isPresent() ? 1 : 0;
        }
        // the cases that the properties are about did come
        assertTrue(spinning > CASES, "spinning threads: " + spinning);
        assertTrue(composite > CASES / 4, "composite threads: " + composite);
        assertTrue(quotas > CASES / 10, "quotas: " + quotas);
    }

    private static int count(
            final ThreadPlan plan, final java.util.function.Predicate<PlannedThread> condition) {
        return (int) plan.threads().stream().filter(condition).count();
    }

    private static void check(
            final Topology topology,
            final List<Role> roles,
            final ThreadPlan plan,
            final String what) {
        final List<Role> placed = new ArrayList<>();
        plan.threads().forEach(thread -> placed.addAll(thread.roles()));
        assertEquals(roles.stream().sorted().toList(), placed.stream().sorted().toList(), what);

        int sleepless = 0;
        for (final PlannedThread thread : plan.threads()) {
            sleepless += thread.idle().isSleepless() ? 1 : 0;
            if (!thread.isPinned()) {
                assertEquals(IdleKind.BACKOFF, thread.idle(), what);
                continue;
            }
            assertTrue(topology.usable().contains(thread.cpu()), what);
            if (thread.idle() == IdleKind.BUSY_SPIN) {
                checkAlone(topology, plan, thread, what);
            }
        }
        if (topology.cpuQuota().isPresent()) {
            assertTrue(sleepless < topology.cpuQuota().getAsDouble(), what);
        }
        if (topology.usable().size() > 1) {
            checkCoreForTheSystem(topology, plan, what);
        }
        plan.validate(topology)
                .forEach(problem -> assertNotEquals(Level.FAIL, problem.level(), what + problem));
        assertEquals(plan, ThreadPlan.parse(plan.toString()), what);
    }

    private static void checkAlone(
            final Topology topology,
            final ThreadPlan plan,
            final PlannedThread thread,
            final String what) {
        for (final PlannedThread other : plan.threads()) {
            if (other != thread && other.isPinned()) {
                assertNotEquals(thread.cpu(), other.cpu(), what);
                if (other.idle() == IdleKind.BUSY_SPIN) {
                    final Cpu cpu = topology.cpu(thread.cpu());
                    assertFalse(cpu.siblings().contains(other.cpu()), what);
                    assertEquals(cpu.numaNode(), topology.cpu(other.cpu()).numaNode(), what);
                }
            }
        }
    }

    /** The core that is left is one that the scheduler uses, where there is one. */
    private static void checkCoreForTheSystem(
            final Topology topology, final ThreadPlan plan, final String what) {
        final CpuSet shared = topology.usable().minus(topology.isolated());
        final int system = shared.isEmpty() ? topology.usable().first() : shared.first();
        assertEquals(
                0,
                count(
                        plan,
                        thread -> thread.cpu() == system && thread.idle() == IdleKind.BUSY_SPIN),
                what);
    }

    private static Topology topology(final Random random) {
        final int sockets = 1 + random.nextInt(2);
        final int cores = 1 + random.nextInt(12);
        final int smt = 1 + random.nextInt(2);
        final int perThread = sockets * cores;
        final List<Cpu> cpus = new ArrayList<>();
        for (int id = 0; id < perThread * smt; id++) {
            final int core = id % perThread;
            final int[] siblings =
                    IntStream.range(0, smt).map(thread -> core + thread * perThread).toArray();
            final int socket = core / cores;
            cpus.add(new Cpu(id, core % cores, socket, socket, CpuSet.of(siblings)));
        }
        final CpuSet all = CpuSet.range(0, cpus.size() - 1);
        final CpuSet isolated = random.nextBoolean() ? CpuSet.EMPTY : subset(random, cpus.size());
        return new Topology(
                cpus,
                random.nextInt(3) > 0 ? all : subset(random, cpus.size()),
                random.nextInt(3) > 0 ? all.minus(isolated) : subset(random, cpus.size()),
                isolated,
                random.nextBoolean() ? isolated : CpuSet.EMPTY,
                random.nextInt(4) > 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(0.1 + random.nextInt(80) / 10.0));
    }

    /** Not empty: a process always has a CPU. */
    private static CpuSet subset(final Random random, final int size) {
        final int sure = random.nextInt(size);
        return CpuSet.of(
                IntStream.range(0, size).filter(c -> c == sure || random.nextBoolean()).toArray());
    }

    private static List<Role> roles(final Random random) {
        final List<Role> roles = new ArrayList<>();
        switch (random.nextInt(3)) {
            case 0:
                roles.add(Role.DRIVER);
                break;
            case 1:
                roles.add(Role.DRIVER_CONDUCTOR);
                roles.add(Role.DRIVER_SENDER);
                roles.add(Role.DRIVER_RECEIVER);
                break;
            default:
                break;
        }
        IntStream.range(0, random.nextInt(5)).mapToObj(Role::read).forEach(roles::add);
        IntStream.range(0, random.nextInt(4)).mapToObj(Role::write).forEach(roles::add);
        for (final Role role :
                List.of(
                        Role.CONSENSUS,
                        Role.SERVICE,
                        Role.ARCHIVE,
                        Role.ENDPOINT,
                        Role.CLIENT,
                        Role.HOUSEKEEPING)) {
            if (random.nextInt(3) == 0) {
                roles.add(role);
            }
        }
        return roles;
    }
}
