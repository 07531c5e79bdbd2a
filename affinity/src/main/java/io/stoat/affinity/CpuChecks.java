package io.stoat.affinity;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** The part of {@link HostCheck} about CPUs and clocks. */
final class CpuChecks {
    private static final String CPU = "sys/devices/system/cpu/";
    private static final String CLOCK =
            "sys/devices/system/clocksource/clocksource0/current_clocksource";

    /** Clock sources that are read without a system call. */
    private static final Set<String> FAST_CLOCKS =
            Set.of("tsc", "kvm-clock", "hyperv_clocksource_tsc_page", "arch_sys_counter");

    private static final long MAX_WAKE_UP_US = 10;

    private final HostFiles files;
    private final Topology topology;

    CpuChecks(final HostFiles files, final Topology topology) {
        this.files = files;
        this.topology = topology;
    }

    List<Finding> run() {
        return List.of(
                isolatedCores(),
                governor(),
                idleStates(),
                smt(),
                cpuQuota(),
                clockSource(),
                numaBalancing(),
                zoneReclaim(),
                perfEvents());
    }

    private Finding isolatedCores() {
        final String name = "isolated cores";
        if (files.text(CPU + "isolated").isEmpty()) {
            return Finding.unknown(name, "/" + CPU + "isolated");
        }
        final CpuSet isolated = topology.isolated();
        if (isolated.isEmpty()) {
            final CpuSet hot =
                    topology.online().minus(topology.cpu(topology.online().first()).siblings());
            return Finding.warn(
                    name,
                    "none",
                    "other tasks take a pinned thread's core for milliseconds",
                    hot.isEmpty()
                            ? "take a host with more than one core"
                            : "kernel parameters isolcpus=managed_irq,domain,"
                                    + hot
                                    + " nohz_full="
                                    + hot
                                    + " rcu_nocbs="
                                    + hot);
        }
        if (!isolated.minus(topology.nohzFull()).isEmpty()) {
            return Finding.warn(
                    name,
                    isolated + ", without nohz_full",
                    "the timer interrupts their threads up to 1000 times a second",
                    "kernel parameters nohz_full=" + isolated + " rcu_nocbs=" + isolated);
        }
        return Finding.ok(name, isolated + ", with nohz_full");
    }

    private Finding governor() {
        final String name = "frequency governor";
        final Set<String> governors = new TreeSet<>();
        topology.online().stream()
                .mapToObj(cpu -> files.text(CPU + "cpu" + cpu + "/cpufreq/scaling_governor"))
                .flatMap(Optional::stream)
                .forEach(governors::add);
        if (governors.isEmpty()) {
            return Finding.unknown(name, "/" + CPU + "cpu*/cpufreq (a virtual machine has none)");
        }
        if (governors.equals(Set.of("performance"))) {
            return Finding.ok(name, "performance");
        }
        return Finding.warn(
                name,
                String.join(", ", governors),
                "cores run slower than they can, and take tens of microseconds to speed up",
                "echo performance | sudo tee /" + CPU + "cpu*/cpufreq/scaling_governor");
    }

    /** Counts for threads that sleep; a spinning core never idles. */
    private Finding idleStates() {
        final String name = "CPU idle states";
        final String path = CPU + "cpu" + topology.usable().first() + "/cpuidle";
        long deepestUs = -1;
        String deepest = "";
        for (final String state : files.names(path)) {
            final String at = path + "/" + state;
            final long latencyUs = files.number(at + "/latency").orElse(-1);
            if (files.number(at + "/disable").orElse(0) == 0 && latencyUs > deepestUs) {
                deepestUs = latencyUs;
                deepest = files.text(at + "/name").orElse(state);
            }
        }
        if (deepestUs < 0) {
            return Finding.unknown(name, "/" + path + " (a virtual machine has none)");
        }
        return deepestUs <= MAX_WAKE_UP_US
                ? Finding.ok(name, "down to " + deepest + ", " + deepestUs + " us")
                : Finding.warn(
                        name,
                        "down to " + deepest + ", " + deepestUs + " us",
                        "a thread that sleeps wakes up to " + deepestUs + " us later",
                        "sudo cpupower idle-set -D "
                                + MAX_WAKE_UP_US
                                + ", or kernel parameters processor.max_cstate=1"
                                + " intel_idle.max_cstate=0");
    }

    private Finding smt() {
        final String name = "SMT";
        final OptionalLong active = files.number(CPU + "smt/active");
        if (active.isEmpty()) {
            return Finding.unknown(name, "/" + CPU + "smt/active");
        }
        return active.getAsLong() == 0
                ? Finding.ok(name, "off")
                : Finding.warn(
                        name,
                        "on",
                        "what runs on the sibling of a hot core takes up to half of its speed",
                        "echo off | sudo tee /" + CPU + "smt/control, or kernel parameter nosmt");
    }

    private Finding cpuQuota() {
        final String name = "cpu quota";
        if (files.text("proc/self/cgroup").isEmpty()) {
            return Finding.unknown(name, "/proc/self/cgroup");
        }
        if (topology.cpuQuota().isEmpty()) {
            return Finding.ok(name, "none");
        }
        final double quota = topology.cpuQuota().getAsDouble();
        return new Finding(
                name,
                quota <= 1 ? Level.FAIL : Level.WARN,
                quota + " CPUs",
                quota <= 1
                        ? "one spinning thread uses it up, and the kernel then stops the process for"
                                + " up to 100 ms"
                        : "when all threads together use it up, the kernel stops the process for up"
                                + " to 100 ms",
                "give whole CPUs instead: docker --cpuset-cpus without --cpus, or echo max | sudo tee"
                        + " /sys/fs/cgroup/GROUP/cpu.max");
    }

    private Finding clockSource() {
        final String name = "clock source";
        final Optional<String> clock = files.text(CLOCK);
        if (clock.isEmpty()) {
            return Finding.unknown(name, "/" + CLOCK);
        }
        return FAST_CLOCKS.contains(clock.get())
                ? Finding.ok(name, clock.get())
                : Finding.warn(
                        name,
                        clock.get(),
                        "each reading of the clock is a system call or a slow device: 0.3 to 5 us"
                                + " instead of 25 ns",
                        "echo tsc | sudo tee /" + CLOCK + ", or kernel parameter clocksource=tsc");
    }

    private Finding numaBalancing() {
        final String name = "NUMA balancing";
        final OptionalLong mode = files.number("proc/sys/kernel/numa_balancing");
        if (mode.isEmpty()) {
            return Finding.unknown(name, "/proc/sys/kernel/numa_balancing");
        }
        final long nodes = topology.cpus().stream().mapToInt(Cpu::numaNode).distinct().count();
        if (mode.getAsLong() == 0 || nodes == 1) {
            return Finding.ok(name, mode.getAsLong() == 0 ? "off" : "on, with one node");
        }
        return Finding.warn(
                name,
                "on, with " + nodes + " nodes",
                "the kernel unmaps pages to see who uses them, and moves them: page faults on the hot"
                        + " path",
                "sudo sysctl -w kernel.numa_balancing=0");
    }

    private Finding zoneReclaim() {
        final String name = "NUMA zone reclaim";
        final OptionalLong mode = files.number("proc/sys/vm/zone_reclaim_mode");
        if (mode.isEmpty()) {
            return Finding.unknown(name, "/proc/sys/vm/zone_reclaim_mode");
        }
        return mode.getAsLong() == 0
                ? Finding.ok(name, "off")
                : Finding.warn(
                        name,
                        String.valueOf(mode.getAsLong()),
                        "the kernel drops cached pages of a store rather than use another node's memory",
                        "sudo sysctl -w vm.zone_reclaim_mode=0");
    }

    /** Information only: it takes nothing from the store. */
    private Finding perfEvents() {
        final String name = "perf_event_paranoid";
        final OptionalLong level = files.number("proc/sys/kernel/perf_event_paranoid");
        if (level.isEmpty()) {
            return Finding.unknown(name, "/proc/sys/kernel/perf_event_paranoid");
        }
        return level.getAsLong() <= 1
                ? Finding.ok(name, String.valueOf(level.getAsLong()))
                : new Finding(
                        name,
                        Level.OK,
                        String.valueOf(level.getAsLong()),
                        "profilers do not see into the kernel",
                        "to profile: sudo sysctl -w kernel.perf_event_paranoid=1");
    }
}
