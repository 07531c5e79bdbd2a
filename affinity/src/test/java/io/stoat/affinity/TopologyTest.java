package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TopologyTest {
    @TempDir Path root;

    private Topology recorded(final String name) {
        return Topology.read(RecordedHost.unpack(name, root));
    }

    @Test
    void shouldReadTwoCores() {
        final Topology topology = recorded("two-cores");
        assertEquals(
                "online=0-1 usable=0-1 isolated= nohzFull= sockets=1 numaNodes=1 cores=2",
                topology.toString());
        assertEquals(new Cpu(1, 1, 0, 0, CpuSet.of(1)), topology.cpu(1));
        assertEquals(CpuSet.parse("0-1"), topology.cpuset());
        assertEquals(OptionalDouble.empty(), topology.cpuQuota());
    }

    @Test
    void shouldReadSmtSiblings() {
        final Topology topology = recorded("smt-8");
        assertEquals(
                "online=0-7 usable=0-7 isolated= nohzFull= sockets=1 numaNodes=1 cores=4",
                topology.toString());
        assertEquals(new Cpu(6, 2, 0, 0, CpuSet.of(2, 6)), topology.cpu(6));
    }

    @Test
    void shouldReadSocketsAndNumaNodes() {
        final Topology topology = recorded("two-sockets");
        assertEquals(
                "online=0-31 usable=0-31 isolated= nohzFull= sockets=2 numaNodes=2 cores=32",
                topology.toString());
        assertEquals(new Cpu(15, 15, 0, 0, CpuSet.of(15)), topology.cpu(15));
        assertEquals(new Cpu(16, 0, 1, 1, CpuSet.of(16)), topology.cpu(16));
    }

    @Test
    void shouldReadTheQuotaOfAContainer() {
        final Topology topology = recorded("container");
        assertEquals(OptionalDouble.of(1.5), topology.cpuQuota());
        assertEquals(CpuSet.parse("0-7"), topology.usable());
    }

    @Test
    void shouldCountIsolatedCpusAsUsableThoughNoProcessStartsThere() {
        final Topology topology = recorded("isolated");
        assertEquals(CpuSet.parse("2-7"), topology.isolated());
        assertEquals(CpuSet.parse("2-7"), topology.nohzFull());
        assertEquals(CpuSet.parse("0-1"), topology.affinityMask());
        assertEquals(CpuSet.parse("0-7"), topology.usable());
    }

    @Test
    void shouldObeyAMaskThatWasNarrowedByHand() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:0-7",
                "sys/devices/system/cpu/isolated:4-7",
                "proc/self/status:Cpus_allowed_list:\t2-3,6");
        assertEquals(CpuSet.parse("2-3,6"), Topology.read(root).usable());
    }

    @Test
    void shouldLeaveOutOfflineCpus() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:0,2-3",
                "sys/devices/system/cpu/isolated:1-2",
                "sys/devices/system/cpu/cpu2/topology/thread_siblings_list:0-2",
                "proc/self/status:Cpus_allowed_list:\t0-63");
        final Topology topology = Topology.read(root);
        assertEquals(CpuSet.parse("0,2-3"), topology.usable());
        assertEquals(CpuSet.parse("2"), topology.isolated());
        assertEquals(CpuSet.parse("0,2"), topology.cpu(2).siblings());
        final String message =
                assertThrows(IllegalArgumentException.class, () -> topology.cpu(1)).getMessage();
        assertEquals("CPU 1 is not online: 0,2-3", message);
    }

    @Test
    void shouldReadTheStrictestLimitsOfNestedGroupsV2() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:0-15",
                "proc/self/cgroup:0::/a/b",
                "sys/fs/cgroup/cpuset.cpus.effective:0-15",
                "sys/fs/cgroup/a/cpuset.cpus.effective:4-11",
                "sys/fs/cgroup/a/cpu.max:250000 100000",
                "sys/fs/cgroup/a/b/cpu.max:max 100000");
        final Topology topology = Topology.read(root);
        assertEquals(CpuSet.parse("4-11"), topology.cpuset());
        assertEquals(CpuSet.parse("4-11"), topology.usable());
        assertEquals(OptionalDouble.of(2.5), topology.cpuQuota());
    }

    @Test
    void shouldReadGroupsV1ThatTheContainerSeesAtItsMountPoint() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:0-7",
                "proc/self/cgroup:5:cpuset:/docker/0123",
                "proc/self/cgroup:4:cpu,cpuacct:/docker/0123",
                "proc/self/cgroup:1:name=systemd:/docker/0123",
                "sys/fs/cgroup/cpuset/cpuset.cpus:2-4",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us:50000",
                "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us:100000");
        final Topology topology = Topology.read(root);
        assertEquals(CpuSet.parse("2-4"), topology.cpuset());
        assertEquals(OptionalDouble.of(0.5), topology.cpuQuota());
    }

    @Test
    void shouldNotBeLedOutOfTheMountPoint() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:0-3",
                "proc/self/cgroup:0::/../../../../cpu.max",
                "cpu.max:10000 100000",
                "sys/fs/cpu.max:10000 100000",
                "sys/fs/cgroup/cpu.max:200000 100000");
        assertEquals(OptionalDouble.of(2), Topology.read(root).cpuQuota());
    }

    @Test
    void shouldAssumeAPlainHostWhereFilesAreMissingOrBroken() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/online:zero",
                "sys/devices/system/cpu/isolated:(null)",
                "sys/devices/system/cpu/cpu1/topology/core_id:?",
                "sys/devices/system/cpu/cpu1/topology/thread_siblings_list:7",
                "sys/devices/system/node/node0/cpulist:-",
                "sys/fs/cgroup/cpu.max:much",
                "proc/self/status:Cpus_allowed_list:\t0-1");
        final Topology topology = Topology.read(root);
        assertEquals(
                "online=0-1 usable=0-1 isolated= nohzFull= sockets=1 numaNodes=1 cores=2",
                topology.toString());
        assertEquals(new Cpu(1, 1, 0, 0, CpuSet.of(1)), topology.cpu(1));
    }

    @Test
    void shouldCountTheCpusOfTheJvmWhereNothingIsToldAtAll() {
        final Topology topology = Topology.read(root.resolve("missing"));
        assertEquals(Runtime.getRuntime().availableProcessors(), topology.usable().size());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldReadThisHost() {
        final Topology topology = Topology.read();
        assertTrue(topology.usable().size() >= 1, topology.toString());
        // a process may not run on more CPUs than are online
        assertEquals(CpuSet.EMPTY, topology.usable().minus(topology.online()));
        assertEquals(
                topology.online().stream().boxed().collect(Collectors.toList()),
                topology.cpus().stream().map(Cpu::id).collect(Collectors.toList()));
        topology.cpus().forEach(cpu -> assertTrue(cpu.siblings().contains(cpu.id())));
    }

    @Test
    void shouldLeaveOutTheCpusThatSomebodyElseUses() {
        final Topology host = Topology.read(RecordedHost.unpack("isolated", root));
        final Topology rest = host.without(CpuSet.range(2, 4));
        assertEquals(host.usable().minus(CpuSet.range(2, 4)), rest.usable());
        assertEquals(host.online(), rest.online());
        assertEquals(
                "driver=5:spin,read-0=6:spin,write-0=7:spin",
                ThreadPlan.automatic(rest, Role.DRIVER, Role.read(0), Role.write(0)).toString());
        final String message =
                assertThrows(IllegalArgumentException.class, () -> host.without(host.usable()))
                        .getMessage();
        assertTrue(message.contains("no CPU is left"), message);
    }
}
