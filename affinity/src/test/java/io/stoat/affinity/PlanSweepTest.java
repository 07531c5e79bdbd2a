package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanSweepTest {
    @TempDir Path root;

    private Topology recorded(final String name) {
        return Topology.read(RecordedHost.unpack(name, root));
    }

    @Test
    void shouldSweepTwoCores() {
        assertEquals(
                List.of(
                        "driver+read-0+write-0=1:spin",
                        "driver+read-0+write-0=off:backoff",
                        "driver+read-0=1:spin,write-0=0:yield",
                        "driver=0:yield,read-0+write-0=1:spin",
                        "driver+read-0=1:spin,read-1=0:yield,write-0=off:backoff",
                        "driver=off:backoff,read-0=1:spin,write-0=0:yield",
                        "driver=off:backoff,read-0=off:backoff,write-0=off:backoff"),
                PlanSweep.around(recorded("two-cores")).stream()
                        .map(ThreadPlan::toString)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-cores", "smt-8", "two-sockets", "container", "isolated"})
    void shouldOfferFewPlansThatTheHostTakes(final String host) {
        final Topology topology = recorded(host);
        final List<ThreadPlan> plans = PlanSweep.around(topology);
        assertEquals(
                ThreadPlan.automatic(topology, Role.DRIVER, Role.read(0), Role.write(0)),
                plans.get(0));
        assertTrue(plans.size() >= 3 && plans.size() <= 30, plans.toString());
        assertEquals(plans.size(), new HashSet<>(plans).size(), plans.toString());
        for (final ThreadPlan plan : plans) {
            assertTrue(
                    plan.validate(topology).stream()
                            .noneMatch(problem -> problem.level() == Level.FAIL),
                    plan.toString());
            assertEquals(plan, ThreadPlan.parse(plan.toString()));
        }
    }

    @Test
    void shouldRunTheDriverInEveryWayWhereThereAreCores() {
        final List<ThreadPlan> plans = PlanSweep.around(recorded("isolated"));
        final Set<DriverMode> modes =
                plans.stream().map(ThreadPlan::driverMode).collect(Collectors.toSet());
        assertEquals(
                EnumSet.of(DriverMode.INVOKER, DriverMode.SHARED, DriverMode.DEDICATED), modes);
        assertTrue(
                plans.stream()
                        .anyMatch(
                                plan ->
                                        plan.thread(Role.read(1)).isPinned()
                                                && plan.thread(Role.write(1)).isPinned()));
        // seven cores for hot threads: six, seven and eight threads would be 6 and 7 pinned ones
        assertTrue(plans.stream().anyMatch(plan -> plan.threads().size() >= 7), plans.toString());
        assertFalse(plans.stream().anyMatch(plan -> plan.threads().size() > 9), plans.toString());
    }

    @Test
    void shouldTryAsManyThreadsAsALargeHostHasCores() {
        final Topology topology = recorded("two-sockets");
        final List<ThreadPlan> plans = PlanSweep.around(topology);
        final Set<Integer> counts =
                plans.stream().map(plan -> plan.threads().size()).collect(Collectors.toSet());
        // of a NUMA node and the system's core, and of the host
        assertTrue(counts.containsAll(Set.of(16, 17, 31, 32, 33)), counts.toString());
        final Set<Integer> pinned =
                plans.stream()
                        .filter(plan -> plan.threads().size() == 32)
                        .map(
                                plan ->
                                        (int)
                                                plan.threads().stream()
                                                        .filter(PlannedThread::isPinned)
                                                        .count())
                        .collect(Collectors.toSet());
        assertEquals(Set.of(32), pinned);
    }

    @Test
    void shouldNotSpinOnTheOnlyCpu() {
        RecordedHost.unpack(root, "sys/devices/system/cpu/online:0");
        for (final ThreadPlan plan : PlanSweep.around(Topology.read(root))) {
            assertTrue(
                    plan.threads().stream().noneMatch(t -> t.idle() == IdleKind.BUSY_SPIN),
                    plan.toString());
        }
    }
}
