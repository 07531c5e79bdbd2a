package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadPlanTest {
    @TempDir Path root;

    private Topology recorded(final String name) {
        return Topology.read(RecordedHost.unpack(name, root));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "write-0=3,read-0=4,driver=5|write-0=3:spin,read-0=4:spin,driver=5:spin|SHARED",
                "write-0=3,read-0=4,driver=3|driver+write-0=3:spin,read-0=4:spin|INVOKER",
                "driver+read-0=2:yield|driver+read-0=2:yield|INVOKER",
                " read-0 = 1 : backoff , write-0 = off |read-0=1:backoff,write-0=off:backoff|NONE",
                "client=1,read-0=1|client=1:yield,read-0=1:yield|NONE",
                "read-0=1,write-0=1:yield|read-0+write-0=1:yield|NONE",
                "read-0=off,read-1=off|read-0=off:backoff,read-1=off:backoff|NONE",
                "read-0+read-1=off|read-0+read-1=off:backoff|NONE",
                "read-0=1:spin,write-0=1:spin|read-0=1:spin,write-0=1:spin|NONE",
                "read-0=1:spin,write-0=1|read-0+write-0=1:spin|NONE",
                "housekeeping=0,archive=1|housekeeping=0:backoff,archive=1:spin|NONE",
                "driver-conductor=1,driver-sender=2,driver-receiver=2"
                        + "|driver-conductor=1:spin,driver-sender+driver-receiver=2:spin"
                        + "|SHARED_NETWORK",
                "driver-conductor=1,driver-sender=2,driver-receiver=3"
                        + "|driver-conductor=1:spin,driver-sender=2:spin,driver-receiver=3:spin"
                        + "|DEDICATED",
                "off|off|NONE",
            })
    void shouldReadALine(final String line, final String canonical, final DriverMode mode) {
        final ThreadPlan plan = ThreadPlan.parse(line);
        assertEquals(canonical, plan.toString());
        assertEquals(mode, plan.driverMode());
        assertEquals(plan, ThreadPlan.parse(canonical));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|expected ROLE=CPU",
                "write-0|entry 'write-0': expected ROLE=CPU",
                "=3|expected ROLE=CPU",
                "write-0=3,|entry '': expected ROLE=CPU",
                "writer-0=3|unknown role 'writer-0'; known: driver[-N], driver-sender",
                "write=3|unknown role 'write'",
                "write-00=3|unknown role 'write-00'",
                "write-1000=3|unknown role 'write-1000'",
                "driver-00=3|unknown role 'driver-00'",
                "read-0+=3|unknown role ''",
                "write-0=three|'three' is not a CPU number from 0 to 8191 nor off",
                "write-0=-1|'-1' is not a CPU number",
                "write-0=8192|'8192' is not a CPU number",
                "write-0=|'' is not a CPU number",
                "write-0=3:hot|unknown idle strategy 'hot'; known: spin, yield, backoff",
                "write-0=3,write-0=4|write-0 is given twice",
                "write-0=3:spin,read-0=3:yield|share a thread, which idles in one way",
                "write-0=off:spin|must not spin",
                "client+read-0=3|the client waits for the agents",
                "driver=1,driver-sender=2|either driver or",
                "driver-sender=1,driver-receiver=2|driver-conductor, driver-sender and",
                "driver-conductor=1,driver-sender=1,driver-receiver=2|Aeron cannot run",
                "driver-conductor=1,driver-sender=2,driver-receiver=3,read-0=2|Aeron cannot run",
            })
    void shouldNameWhatIsWrongInALine(final String line, final String reason) {
        final String message =
                assertThrows(IllegalArgumentException.class, () -> ThreadPlan.parse(line))
                        .getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void shouldLookUpThreadsByRole() {
        final ThreadPlan plan = ThreadPlan.parse("driver+read-0=2,write-0=3");
        assertEquals(2, plan.thread(Role.read(0)).cpu());
        assertEquals("driver+read-0", plan.thread(Role.DRIVER).name());
        final PlannedThread unnamed = plan.thread(Role.ARCHIVE);
        assertFalse(unnamed.isPinned());
        assertEquals(IdleKind.BACKOFF, unnamed.idle());
        assertEquals("archive", unnamed.name());
    }

    @Test
    void shouldFollowTheSetting() {
        final Topology topology = recorded("two-cores");
        final Role[] roles = {Role.DRIVER, Role.read(0), Role.write(0)};
        assertEquals(
                "driver+read-0+write-0=1:spin", ThreadPlan.of("auto", topology, roles).toString());
        final ThreadPlan off = ThreadPlan.of("off", topology, roles);
        assertEquals("driver+read-0+write-0=off:backoff", off.toString());
        assertEquals(DriverMode.INVOKER, off.driverMode());
        assertEquals(
                "write-0=1:spin,driver=off:backoff,read-0=off:backoff",
                ThreadPlan.of("write-0=1", topology, roles).toString());
    }

    @Test
    void shouldLetALineDivideTheDriver() {
        final String line = "driver-conductor=0:backoff,driver-sender+driver-receiver=1:spin";
        assertEquals(line, ThreadPlan.of(line, recorded("two-cores"), Role.DRIVER).toString());
    }

    @Test
    void shouldRefuseALineThatNamesWhatIsNotRunning() {
        final Topology topology = recorded("two-cores");
        final String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ThreadPlan.of("write-7=1", topology, Role.write(0)))
                        .getMessage();
        assertEquals(
                "thread plan 'write-7=1:spin' names write-7, which is not running here; running:"
                        + " write-0",
                message);
    }

    @Test
    void shouldPrintATable() {
        assertEquals(
                String.join(
                        System.lineSeparator(),
                        "role              thread          cpu  idle",
                        "driver            driver+read-0     1  spin",
                        "read-0            driver+read-0     1  spin",
                        "archive           archive           -  backoff",
                        ""),
                ThreadPlan.parse("driver+read-0=1,archive=off").table());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two-cores|read-0=2|FAIL read-0 is pinned to CPU 2, which is not online (0-1);"
                        + " use one of the CPUs 0-1",
                "two-cores|client=1:spin,read-0=1:spin|FAIL client and read-0 both spin on CPU 1,"
                        + " so each stops the other for a scheduler's time slice;"
                        + " give them a CPU each, or let both yield",
                "two-cores|read-0=1:spin,write-0=1:spin|FAIL read-0 and write-0 both spin on CPU 1,"
                        + " so each stops the other for a scheduler's time slice;"
                        + " give them a CPU each, or one thread: read-0+write-0=1",
                "two-cores|client=1:backoff,read-0=1:spin|FAIL client and read-0 share a CPU, and"
                        + " one of them spins on it: CPU 1,"
                        + " so each stops the other for a scheduler's time slice;"
                        + " give them a CPU each, or let both yield",
                "smt-8|read-0=1,write-0=5|WARN read-0 on CPU 1 and write-0 on CPU 5 both spin on"
                        + " one physical core (SMT siblings); move one of them to another core",
                "two-sockets|read-0=1,write-0=17|WARN hot threads are on the NUMA nodes [0, 1]:"
                        + " what they share is remote to some;"
                        + " move them to one node (lscpu shows which CPUs it has)",
                "container|read-0=1,write-0=2|FAIL the threads that never sleep (read-0, write-0)"
                        + " take 2 CPUs and the CPU quota is 1.5: the kernel stops the whole process"
                        + " for the rest of each period; raise the quota above 2 (cpu.max, docker"
                        + " --cpus), or let threads share a CPU or back off",
            })
    void shouldFindWhatIsWrongOnAHost(final String host, final String line, final String problem) {
        assertEquals(
                List.of(problem),
                ThreadPlan.parse(line).validate(recorded(host)).stream()
                        .map(PlanProblem::toString)
                        .toList());
    }

    @Test
    void shouldTellTheCpusetFromTheMask() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:0-7",
                "sys/fs/cgroup/cpuset.cpus.effective:0-3",
                "proc/self/status:Cpus_allowed_list:\t0-1");
        assertEquals(
                List.of(
                        "FAIL write-0 is pinned to CPU 4, outside the cpuset 0-3;"
                                + " use one of the CPUs 0-1",
                        "WARN read-0 is pinned to CPU 2, outside the CPUs 0-1 that the process was"
                                + " started on; use one of the CPUs 0-1,"
                                + " or start the process with 'taskset -c' on more CPUs"),
                ThreadPlan.parse("read-0=2,write-0=4").validate(Topology.read(root)).stream()
                        .map(PlanProblem::toString)
                        .toList());
    }

    @Test
    void shouldWarnWhenTheQuotaLeavesNothing() {
        RecordedHost.unpack(
                root, "sys/devices/system/cpu/online:0-7", "sys/fs/cgroup/cpu.max:200000 100000");
        final List<PlanProblem> problems =
                ThreadPlan.parse("read-0=2,client=3:yield").validate(Topology.read(root));
        assertEquals(1, problems.size());
        assertEquals(Level.WARN, problems.get(0).level());
    }

    @Test
    void shouldAllowSharingWithoutSpinning() {
        final Topology topology = recorded("smt-8");
        assertEquals(
                List.of(),
                ThreadPlan.parse("client=1,read-0=1,write-0=5:yield").validate(topology));
        assertEquals(List.of(), ThreadPlan.parse("off").validate(topology));
    }
}
