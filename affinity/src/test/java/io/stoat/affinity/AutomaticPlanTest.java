package io.stoat.affinity;

import static io.stoat.affinity.Role.ARCHIVE;
import static io.stoat.affinity.Role.CLIENT;
import static io.stoat.affinity.Role.CONSENSUS;
import static io.stoat.affinity.Role.DRIVER;
import static io.stoat.affinity.Role.DRIVER_CONDUCTOR;
import static io.stoat.affinity.Role.DRIVER_RECEIVER;
import static io.stoat.affinity.Role.DRIVER_SENDER;
import static io.stoat.affinity.Role.ENDPOINT;
import static io.stoat.affinity.Role.HOUSEKEEPING;
import static io.stoat.affinity.Role.SERVICE;
import static io.stoat.affinity.Role.read;
import static io.stoat.affinity.Role.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutomaticPlanTest {
    @TempDir Path root;

    private void assertPlan(
            final String host, final String line, final DriverMode mode, final Role... roles) {
        final Topology topology = Topology.read(RecordedHost.unpack(host, root.resolve(host)));
        assertPlan(topology, line, mode, roles);
    }

    private static void assertPlan(
            final Topology topology,
            final String line,
            final DriverMode mode,
            final Role... roles) {
        final ThreadPlan plan = ThreadPlan.automatic(topology, roles);
        assertEquals(line, plan.toString());
        assertEquals(mode, plan.driverMode());
        assertEquals(List.of(), plan.validate(topology));
        assertEquals(plan, ThreadPlan.parse(line));
    }

    private Topology host(final String... listing) {
        return Topology.read(RecordedHost.unpack(root, listing));
    }

    @Test
    void shouldRunEverythingOnTheSecondOfTwoCores() {
        assertPlan(
                "two-cores",
                "driver+read-0+write-0=1:spin,housekeeping=0:backoff",
                DriverMode.INVOKER,
                write(0),
                read(0),
                HOUSEKEEPING,
                DRIVER);
    }

    @Test
    void shouldLetTheClientYieldOnTheCoreOfTheSystemWhenThereIsNoOther() {
        assertPlan(
                "two-cores",
                "driver+read-0+write-0=1:spin,client=0:yield,housekeeping=off:backoff",
                DriverMode.INVOKER,
                DRIVER,
                read(0),
                write(0),
                CLIENT,
                HOUSEKEEPING);
    }

    @Test
    void shouldGiveAClientAloneTheSecondCore() {
        assertPlan("two-cores", "client=1:spin", DriverMode.NONE, CLIENT);
    }

    @Test
    void shouldNotUseSiblingsOfHotCores() {
        assertPlan(
                "smt-8",
                "driver=1:spin,read-0+read-1=2:spin,write-0=3:spin,housekeeping=0:backoff",
                DriverMode.SHARED,
                DRIVER,
                read(0),
                read(1),
                write(0),
                HOUSEKEEPING);
    }

    @Test
    void shouldJoinTheDriversAgentsBeforeAnyOthers() {
        assertPlan(
                "smt-8",
                "driver-sender+driver-receiver+driver-conductor=1:spin,read-0=2:spin,write-0=3:spin",
                DriverMode.SHARED,
                DRIVER_CONDUCTOR,
                DRIVER_SENDER,
                DRIVER_RECEIVER,
                read(0),
                write(0));
    }

    @Test
    void shouldKeepReadsApartFromWritesTheLongest() {
        assertPlan(
                "smt-8",
                "driver+read-0=1:spin,write-0+write-1=2:spin,client=3:spin",
                DriverMode.INVOKER,
                DRIVER,
                read(0),
                write(0),
                write(1),
                CLIENT);
    }

    @Test
    void shouldGiveEveryRoleACoreOfOneNode() {
        assertPlan(
                "two-sockets",
                "driver-sender=1:spin,driver-receiver=2:spin,read-0=3:spin,read-1=4:spin,"
                        + "write-0=5:spin,write-1=6:spin,consensus=7:spin,service=8:spin,"
                        + "archive=9:spin,driver-conductor=10:spin,client=11:spin,housekeeping=0:backoff",
                DriverMode.DEDICATED,
                DRIVER_CONDUCTOR,
                DRIVER_SENDER,
                DRIVER_RECEIVER,
                read(0),
                read(1),
                write(0),
                write(1),
                CONSENSUS,
                SERVICE,
                ARCHIVE,
                CLIENT,
                HOUSEKEEPING);
    }

    private static Role[] member(final int groups) {
        return IntStream.range(0, groups)
                .boxed()
                .flatMap(
                        group ->
                                Stream.of(
                                                Role.Kind.DRIVER,
                                                Role.Kind.ARCHIVE,
                                                Role.Kind.CONSENSUS,
                                                Role.Kind.SERVICE)
                                        .map(kind -> Role.ofGroup(kind, group)))
                .toArray(Role[]::new);
    }

    @Test
    void shouldPinNoThreadOfAMemberThatWouldShareItsCore() {
        for (final String host : List.of("two-cores", "container")) {
            assertPlan(
                    host,
                    "driver+archive=off:backoff,consensus=off:backoff,service=off:backoff",
                    DriverMode.INVOKER,
                    member(1));
        }
        assertPlan(
                "smt-8",
                "driver+archive=off:backoff,driver-1+archive-1=off:backoff,consensus=off:backoff,"
                        + "consensus-1=off:backoff,service=off:backoff,service-1=off:backoff",
                DriverMode.INVOKER,
                member(2));
    }

    @Test
    void shouldRunAMembersArchiveWithItsDriverWhereCoresAreFew() {
        assertPlan(
                "smt-8",
                "driver+archive=1:spin,consensus=2:spin,service=3:spin",
                DriverMode.INVOKER,
                member(1));
        assertPlan(
                "isolated",
                "driver=2:spin,driver-1+archive-1=3:spin,consensus=4:spin,"
                        + "consensus-1=5:spin,service=6:spin,service-1=7:spin,archive=1:spin",
                DriverMode.SHARED,
                member(2));
    }

    @Test
    void shouldGiveEachRoleOfAMemberACore() {
        assertPlan(
                "isolated",
                "driver=2:spin,endpoint=3:spin,consensus=4:spin,service=5:spin,archive=6:spin",
                DriverMode.SHARED,
                DRIVER,
                ENDPOINT,
                CONSENSUS,
                SERVICE,
                ARCHIVE);
        assertPlan(
                "two-sockets",
                "driver=1:spin,driver-1=2:spin,consensus=3:spin,consensus-1=4:spin,service=5:spin,"
                        + "service-1=6:spin,archive=7:spin,archive-1=8:spin",
                DriverMode.SHARED,
                member(2));
    }

    @Test
    void shouldKeepAnArchiveThatWaitsForTheDiskApart() {
        final Topology topology = Topology.read(RecordedHost.unpack("smt-8", root));
        assertEquals(
                "driver=off:backoff,consensus=off:backoff,service=off:backoff,archive=off:backoff",
                ThreadPlan.automaticWithArchiveApart(topology, member(1)).toString());
    }

    @Test
    void shouldReadAMembersLine() {
        assertEquals(
                "driver+archive=2:spin,consensus=3:yield,service=3:yield,driver-1=4:spin",
                ThreadPlan.parse("driver-0=2,archive=2,consensus=3,service=3,driver-1=4")
                        .toString());
        assertTrue(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ThreadPlan.parse("consensus+service=3"))
                        .getMessage()
                        .contains("cannot share a thread"));
        assertThrows(IllegalArgumentException.class, () -> ThreadPlan.parse("driver+archive-1=3"));
    }

    @Test
    void shouldShareThreadsRatherThanCrossToAnotherNode() {
        final Topology topology = Topology.read(RecordedHost.unpack("two-sockets", root));
        final Role[] roles = IntStream.range(0, 20).mapToObj(Role::read).toArray(Role[]::new);
        final ThreadPlan plan = ThreadPlan.automatic(topology, roles);
        // node 1 has a core more than node 0, whose first is the system's
        assertEquals(
                CpuSet.range(16, 31),
                CpuSet.of(plan.threads().stream().mapToInt(PlannedThread::cpu).toArray()));
        assertEquals("read-0+read-19", plan.thread(read(0)).name());
        assertEquals("read-3+read-16", plan.thread(read(16)).name());
        assertEquals("read-4", plan.thread(read(4)).name());
    }

    @Test
    void shouldSpinNoMoreThanTheQuotaOfAContainerAllows() {
        assertPlan(
                "container",
                "driver+read-0+write-0=1:spin,client=2:backoff,housekeeping=0:backoff",
                DriverMode.INVOKER,
                DRIVER,
                read(0),
                write(0),
                CLIENT,
                HOUSEKEEPING);
    }

    @Test
    void shouldNotSpinAtAllOnAQuotaOfOneCpu() {
        assertPlan(
                host("sys/devices/system/cpu/online:0-3", "sys/fs/cgroup/cpu.max:100000 100000"),
                "driver+write-0=1:backoff",
                DriverMode.INVOKER,
                DRIVER,
                write(0));
    }

    @Test
    void shouldPreferIsolatedCores() {
        assertPlan(
                "isolated",
                "driver=2:spin,read-0=3:spin,write-0=4:spin,housekeeping=0:backoff",
                DriverMode.SHARED,
                DRIVER,
                read(0),
                write(0),
                HOUSEKEEPING);
    }

    @Test
    void shouldUseOtherCoresWhenTheIsolatedOnesAreTaken() {
        assertPlan(
                "isolated",
                "read-0=2:spin,read-1=3:spin,read-2=4:spin,read-3=5:spin,read-4=6:spin,"
                        + "write-0=7:spin,client=1:spin",
                DriverMode.NONE,
                read(0),
                read(1),
                read(2),
                read(3),
                read(4),
                write(0),
                CLIENT);
    }

    @Test
    void shouldGoToTheNodeOfTheIsolatedCores() {
        assertPlan(
                host(
                        "sys/devices/system/cpu/online:0-7",
                        "sys/devices/system/cpu/isolated:5-7",
                        "sys/devices/system/node/node0/cpulist:0-3",
                        "sys/devices/system/node/node1/cpulist:4-7"),
                "driver=5:spin,read-0=6:spin,write-0=7:spin",
                DriverMode.SHARED,
                DRIVER,
                read(0),
                write(0));
    }

    @Test
    void shouldYieldOnASingleCpu() {
        assertPlan(
                host("sys/devices/system/cpu/online:0"),
                "driver+read-0+write-0=0:yield,client=0:yield,housekeeping=off:backoff",
                DriverMode.INVOKER,
                DRIVER,
                read(0),
                write(0),
                CLIENT,
                HOUSEKEEPING);
    }

    @Test
    void shouldLeaveTheFirstThreadOfASingleCoreToTheSystem() {
        assertPlan(
                host(
                        "sys/devices/system/cpu/online:0-1",
                        "sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0-1",
                        "sys/devices/system/cpu/cpu1/topology/thread_siblings_list:0-1"),
                "driver+write-0=1:spin,housekeeping=0:backoff",
                DriverMode.INVOKER,
                DRIVER,
                write(0),
                HOUSEKEEPING);
    }

    @Test
    void shouldStayInTheCpuset() {
        assertPlan(
                host(
                        "sys/devices/system/cpu/online:0-15",
                        "sys/fs/cgroup/cpuset.cpus.effective:9-11"),
                "driver+read-0=10:spin,write-0=11:spin,housekeeping=9:backoff",
                DriverMode.INVOKER,
                DRIVER,
                read(0),
                write(0),
                HOUSEKEEPING);
    }

    @Test
    void shouldRefuseTheDriverInTwoWaysOrInPart() {
        final Topology topology = host("sys/devices/system/cpu/online:0-3");
        assertRefused("either driver or", topology, DRIVER, DRIVER_SENDER);
        assertRefused("only [driver-sender]", topology, DRIVER_SENDER);
        assertRefused("given twice", topology, read(0), read(0));
    }

    private static void assertRefused(
            final String reason, final Topology topology, final Role... roles) {
        final String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ThreadPlan.automatic(topology, roles))
                        .getMessage();
        assertTrue(message.contains(reason), message);
    }
}
