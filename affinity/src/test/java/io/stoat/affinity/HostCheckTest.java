package io.stoat.affinity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostCheckTest {
    private static final Path DATA_DIR = Path.of("/srv/stoat");
    private static final long MIB = 1 << 20;

    private static final JvmFacts JVM =
            new JvmFacts(
                    17,
                    "17.0.15+6, OpenJDK 64-Bit Server VM",
                    List.of(
                            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                            "--add-opens=java.base/java.nio=ALL-UNNAMED",
                            "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
                            "-XX:+PerfDisableSharedMem"),
                    List.of("Copy", "MarkSweepCompact"),
                    true);
    private static final int FINDINGS = 26;

    @TempDir Path root;

    private static DiskSpace space(final long totalMib, final long freeMib) {
        return path -> new DiskSpace.Space(totalMib * MIB, freeMib * MIB);
    }

    private Map<String, Finding> check(final Path dataDir, final DiskSpace space) {
        return HostCheck.run(root, dataDir, space, JVM).stream()
                .collect(Collectors.toMap(Finding::name, Function.identity()));
    }

    private static List<String> texts(final List<Finding> findings) {
        return findings.stream().map(Finding::toString).toList();
    }

    @Test
    void shouldFindNothingWrongWithATunedHost() {
        RecordedHost.unpack("tuned", root);
        assertEquals(
                List.of(
                        "OK isolated cores: 1-3, with nohz_full",
                        "OK frequency governor: performance",
                        "OK CPU idle states: down to C1, 2 us",
                        "OK SMT: off",
                        "OK cpu quota: none",
                        "OK clock source: tsc",
                        "OK NUMA balancing: off",
                        "OK NUMA zone reclaim: off",
                        "OK perf_event_paranoid: 1",
                        "OK transparent huge pages: madvise",
                        "OK swap: none",
                        "OK swappiness: 1, without swap",
                        "OK limit of locked memory: unlimited",
                        "OK /dev/shm: 3000 MiB free of 4000 MiB",
                        "OK net.core.rmem_max: 4194304 B",
                        "OK net.core.wmem_max: 2097152 B",
                        "OK UDP receive buffer errors: none",
                        "OK limit of open files: 65536",
                        "OK limit of address space: unlimited",
                        "OK data directory: /srv/stoat on xfs",
                        "OK data directory space: 3000 MiB free of 4000 MiB",
                        "OK JVM: 17.0.15+6, OpenJDK 64-Bit Server VM",
                        "OK JVM access flags: given",
                        "OK JVM garbage collector: Serial",
                        "OK JVM statistics file: not mapped",
                        "OK JVM debugging: off"),
                texts(HostCheck.run(root, DATA_DIR, space(4000, 3000), JVM)));
    }

    @Test
    void shouldTellCostAndMendOfAllThatIsWrong() {
        RecordedHost.unpack("untuned", root);
        assertEquals(
                List.of(
                        "WARN isolated cores: none: other tasks take a pinned thread's core for"
                                + " milliseconds; mend: kernel parameters"
                                + " isolcpus=managed_irq,domain,1-3,5-7 nohz_full=1-3,5-7"
                                + " rcu_nocbs=1-3,5-7",
                        "WARN frequency governor: performance, powersave: cores run slower than they"
                                + " can, and take tens of microseconds to speed up; mend: echo"
                                + " performance | sudo tee"
                                + " /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor",
                        "WARN CPU idle states: down to C6, 133 us: a thread that sleeps wakes up to 133"
                                + " us later; mend: sudo cpupower idle-set -D 10, or kernel parameters"
                                + " processor.max_cstate=1 intel_idle.max_cstate=0",
                        "WARN SMT: on: what runs on the sibling of a hot core takes up to half of its"
                                + " speed; mend: echo off | sudo tee"
                                + " /sys/devices/system/cpu/smt/control, or kernel parameter nosmt",
                        "FAIL cpu quota: 0.5 CPUs: one spinning thread uses it up, and the kernel then"
                                + " stops the process for up to 100 ms; mend: give whole CPUs instead:"
                                + " docker --cpuset-cpus without --cpus, or echo max | sudo tee"
                                + " /sys/fs/cgroup/GROUP/cpu.max",
                        "WARN clock source: hpet: each reading of the clock is a system call or a slow"
                                + " device: 0.3 to 5 us instead of 25 ns; mend: echo tsc | sudo tee"
                                + " /sys/devices/system/clocksource/clocksource0/current_clocksource,"
                                + " or kernel parameter clocksource=tsc",
                        "WARN NUMA balancing: on, with 2 nodes: the kernel unmaps pages to see who uses"
                                + " them, and moves them: page faults on the hot path; mend: sudo"
                                + " sysctl -w kernel.numa_balancing=0",
                        "WARN NUMA zone reclaim: 1: the kernel drops cached pages of a store rather than"
                                + " use another node's memory; mend: sudo sysctl -w"
                                + " vm.zone_reclaim_mode=0",
                        "OK perf_event_paranoid: 4: profilers do not see into the kernel; mend: to"
                                + " profile: sudo sysctl -w kernel.perf_event_paranoid=1",
                        "WARN transparent huge pages: always: page faults wait while the kernel clears"
                                + " or gathers 2 MiB of memory; mend: echo madvise | sudo tee"
                                + " /sys/kernel/mm/transparent_hugepage/enabled",
                        "WARN swap: 1024 MiB in use: reading a swapped-out page of a shard or of the"
                                + " heap takes milliseconds; mend: sudo swapoff -a, and remove swap"
                                + " from /etc/fstab",
                        "WARN swappiness: 60: the kernel swaps idle pages out to keep files cached;"
                                + " mend: sudo sysctl -w vm.swappiness=1",
                        "WARN limit of locked memory: 65536 B, with swap: a larger store cannot be"
                                + " locked into memory (vmtouch -l) against swapping; mend: ulimit -l"
                                + " unlimited, or LimitMEMLOCK=infinity in the systemd unit",
                        "FAIL /dev/shm: 10 MiB free of 64 MiB: Aeron's buffers and a store there may"
                                + " not fit: the process ends in SIGBUS or does not start; mend: delete"
                                + " what is left over there, sudo mount -o remount,size=2g /dev/shm, or"
                                + " docker --shm-size=2g",
                        "WARN net.core.rmem_max: 212992 B: a driver takes up to 2097152 B for a socket"
                                + " and the kernel grants no more than this: bursts wait, or are"
                                + " dropped and take milliseconds to send again; mend: sudo sysctl -w"
                                + " net.core.rmem_max=2097152",
                        "OK net.core.wmem_max: 212992 B",
                        "WARN UDP receive buffer errors: 330 since the host started: datagrams were lost"
                                + " because a process did not take them in time; mend: raise"
                                + " net.core.rmem_max, and give the media driver a core of its own"
                                + " (stoat node --threads)",
                        "WARN limit of open files: 1024: many shards, clients and recordings do not"
                                + " fit: opening one more fails; mend: ulimit -n 65536, or"
                                + " LimitNOFILE=65536 in the systemd unit",
                        "WARN limit of address space: 8589934592 B: a store whose shards are larger"
                                + " together cannot be mapped; mend: ulimit -v unlimited, or"
                                + " LimitAS=infinity in the systemd unit",
                        "FAIL data directory: /srv/stoat on nfs4: mapped files and locks are not"
                                + " coherent between processes there; mend: set data-dir to a directory"
                                + " on a local ext4 or xfs disk, or below /dev/shm",
                        "FAIL data directory space: 10 MiB free of 64 MiB: a store allocates its space"
                                + " at start, and does not start without; mend: free space on the file"
                                + " system of /srv/stoat, or set data-dir elsewhere",
                        "FAIL JVM: 11.0.2, OpenJDK 32-Bit Server VM, 32 bits: Stoat does not run on it;"
                                + " mend: install a 64-bit JDK of version 17 or later and set JAVA_HOME"
                                + " to it",
                        "FAIL JVM access flags: missing for java.base/jdk.internal.misc,"
                                + " java.base/sun.nio.ch, java.base/java.lang.reflect,"
                                + " java.base/java.nio, jdk.compiler/com.sun.tools.javac: the store or"
                                + " the media driver fails at start; mend: start with java"
                                + " @ops/jvm.options, as the stoat command does",
                        "WARN JVM garbage collector: G1 Young Generation, G1 Old Generation: its"
                                + " barriers are paid on every reference that the hot path touches,"
                                + " which allocates nothing to collect; mend: -XX:+UseSerialGC, or"
                                + " start with java @ops/jvm.options, as the stoat command does",
                        "WARN JVM statistics file: mapped in /tmp: the JVM stops all threads while the"
                                + " kernel writes that file to a busy disk: up to seconds; mend:"
                                + " -XX:+PerfDisableSharedMem, or start with java @ops/jvm.options, as"
                                + " the stoat command does",
                        "WARN JVM debugging: -agentlib:jdwp=transport=dt_socket: a debugger may stop"
                                + " every thread; mend: start without it (look into JAVA_TOOL_OPTIONS"
                                + " and STOAT_JAVA_OPTS too)"),
                texts(
                        HostCheck.run(
                                root,
                                DATA_DIR,
                                space(64, 10),
                                new JvmFacts(
                                        11,
                                        "11.0.2, OpenJDK 32-Bit Server VM",
                                        List.of("-agentlib:jdwp=transport=dt_socket"),
                                        List.of("G1 Young Generation", "G1 Old Generation"),
                                        false))));
    }

    @Test
    void shouldKnowNothingOfAHostThatTellsNothing() {
        final List<Finding> findings =
                HostCheck.run(
                        root,
                        DATA_DIR,
                        path -> {
                            throw new IOException("no such file system");
                        },
                        JVM);
        assertEquals(FINDINGS, findings.size());
        findings.stream()
                .filter(finding -> !finding.name().startsWith("JVM"))
                .forEach(
                        finding ->
                                assertEquals(Level.UNKNOWN, finding.level(), finding.toString()));
    }

    @Test
    void shouldKnowNothingFromFilesOfAnotherForm() {
        RecordedHost.unpack(
                root,
                "sys/devices/system/cpu/smt/active:perhaps",
                "sys/kernel/mm/transparent_hugepage/enabled:",
                "proc/self/limits:Max open files",
                "proc/net/snmp:Udp: InDatagrams RcvbufErrors",
                "proc/net/snmp:Udp: 1",
                "sys/devices/system/cpu/online:0",
                "sys/devices/system/cpu/cpu0/cpuidle/state0/latency:soon",
                "proc/self/limits:Max locked memory         much",
                "proc/sys/net/core/rmem_max:-",
                "proc/sys/vm/swappiness:",
                "proc/self/mountinfo:22 1 - ");
        final Map<String, Finding> findings = check(DATA_DIR, space(4000, 3000));
        for (final String name :
                List.of(
                        "SMT",
                        "CPU idle states",
                        "UDP receive buffer errors",
                        "transparent huge pages",
                        "limit of open files",
                        "limit of locked memory",
                        "net.core.rmem_max",
                        "swappiness",
                        "/dev/shm",
                        "data directory")) {
            assertEquals(Level.UNKNOWN, findings.get(name).level(), name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/srv/stoat, xfs, OK",
        "/srv2, ext4, OK",
        "/home/me, ext4, OK",
        "/dev/shm/stoat, tmpfs, OK",
        "/mnt/with space/x, fuse.sshfs, FAIL",
        "/mnt/over, zfs, WARN",
        "/var/lib/docker/x, overlay, WARN",
    })
    void shouldJudgeTheFileSystemOfTheDataDirectory(
            final String dataDir, final String type, final Level level) {
        RecordedHost.unpack("tuned", root);
        RecordedHost.unpack(
                root,
                "proc/self/mountinfo:91 22 0:61 / /mnt/with\\040space rw - fuse.sshfs x rw",
                "proc/self/mountinfo:92 22 0:62 / /mnt/over rw - ext4 /dev/sda1 rw",
                "proc/self/mountinfo:93 22 0:63 / /mnt/over rw shared:7 master:1 - zfs pool rw",
                "proc/self/mountinfo:94 22 0:64 / /var/lib/docker rw - overlay overlay rw");
        final Finding finding = check(Path.of(dataDir), space(4000, 3000)).get("data directory");
        assertEquals(level, finding.level());
        assertTrue(finding.observed().startsWith(dataDir + " on " + type), finding.observed());
    }

    @ParameterizedTest
    @CsvSource({
        "63, FAIL, FAIL",
        "64, WARN, WARN",
        "255, WARN, WARN",
        "256, OK, WARN",
        "1024, OK, OK"
    })
    void shouldJudgeFreeSpace(final long freeMib, final Level shm, final Level dataDir) {
        RecordedHost.unpack("tuned", root);
        final Map<String, Finding> findings = check(DATA_DIR, space(4000, freeMib));
        assertEquals(shm, findings.get("/dev/shm").level());
        assertEquals(dataDir, findings.get("data directory space").level());
    }

    @Test
    void shouldWarnOfIsolatedCoresWithATimerTick() {
        RecordedHost.unpack(
                root, "sys/devices/system/cpu/online:0-3", "sys/devices/system/cpu/isolated:2-3");
        assertEquals(
                "WARN isolated cores: 2-3, without nohz_full: the timer interrupts their threads up"
                        + " to 1000 times a second; mend: kernel parameters nohz_full=2-3"
                        + " rcu_nocbs=2-3",
                check(DATA_DIR, space(1, 1)).get("isolated cores").toString());
    }

    @Test
    void shouldNotMindSwapSettingsThatDoNoHarm() {
        RecordedHost.unpack(
                root,
                "proc/swaps:Filename Type Size Used Priority",
                "proc/swaps:/swapfile file 2097148 0 -2",
                "proc/sys/vm/swappiness:10",
                "proc/sys/kernel/numa_balancing:1",
                "proc/self/limits:Max locked memory         unlimited  unlimited  bytes");
        final Map<String, Finding> findings = check(DATA_DIR, space(1, 1));
        assertEquals("OK swap: unused", findings.get("swap").toString());
        assertEquals("OK swappiness: 10", findings.get("swappiness").toString());
        assertEquals(
                "OK limit of locked memory: unlimited",
                findings.get("limit of locked memory").toString());
        assertEquals(
                "OK NUMA balancing: on, with one node", findings.get("NUMA balancing").toString());
    }

    @Test
    void shouldWarnOfAQuotaOfSeveralCpus() {
        RecordedHost.unpack("container", root);
        final Finding quota = check(DATA_DIR, space(1, 1)).get("cpu quota");
        assertEquals(Level.WARN, quota.level());
        assertEquals("1.5 CPUs", quota.observed());
    }

    /** These files give their value to the first read alone. */
    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(strings = {"proc/sys/net/core/rmem_max", "proc/sys/vm/swappiness"})
    void shouldReadTheWholeValueOfAKernelSetting(final String path) throws IOException {
        final Path file = Path.of("/").resolve(path);
        assumeTrue(Files.isReadable(file), path);
        final long expected = Long.parseLong(Files.readAllLines(file).get(0));
        assertEquals(OptionalLong.of(expected), new HostFiles(Path.of("/")).number(path));
    }

    @Test
    void shouldCheckTheFlagsOfThisJvm() {
        final Map<String, Finding> findings =
                HostCheck.run(root, DATA_DIR, space(1, 1), JvmFacts.ofThisJvm()).stream()
                        .collect(Collectors.toMap(Finding::name, Function.identity()));
        // surefire reads ops/jvm.options, as every Stoat process does
        for (final String name :
                List.of(
                        "JVM",
                        "JVM access flags",
                        "JVM garbage collector",
                        "JVM statistics file")) {
            assertEquals(Level.OK, findings.get(name).level(), findings.get(name).toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Copy|MarkSweepCompact|OK",
                "PS Scavenge|PS MarkSweep|WARN",
                "ZGC Cycles|ZGC Pauses|WARN",
            })
    void shouldJudgeTheGarbageCollector(final String young, final String old, final Level level) {
        final JvmFacts jvm = new JvmFacts(21, "21, OpenJ9", List.of(), List.of(young, old), true);
        final Map<String, Finding> findings =
                HostCheck.run(root, DATA_DIR, space(1, 1), jvm).stream()
                        .collect(Collectors.toMap(Finding::name, Function.identity()));
        assertEquals(level, findings.get("JVM garbage collector").level());
        assertEquals(Level.WARN, findings.get("JVM").level());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCheckThisHost(@TempDir final Path dataDir) throws IOException {
        final Path missing = dataDir.resolve("not/yet/there");
        final Map<String, Finding> findings =
                HostCheck.run(missing).stream()
                        .collect(Collectors.toMap(Finding::name, Function.identity()));
        assertEquals(FINDINGS, findings.size());
        for (final Finding finding : findings.values()) {
            if (finding.level() == Level.WARN || finding.level() == Level.FAIL) {
                assertFalse(finding.cost().isEmpty(), finding.toString());
                assertFalse(finding.mend().isEmpty(), finding.toString());
            }
        }
        final String type = Files.getFileStore(dataDir).type();
        final Finding fileSystem = findings.get("data directory");
        assertTrue(
                fileSystem
                        .observed()
                        .startsWith(dataDir.toRealPath().resolve("not/yet/there") + " on " + type),
                fileSystem.toString());
    }
}
