package io.stoat.affinity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The CPUs of a host as this process sees them. Immutable: any thread may hold and use one.
 *
 * <p>Read from {@code /sys/devices/system}, {@code /sys/fs/cgroup} (versions 1 and 2) and {@code
 * /proc/self}, or from a recorded tree with the same paths.
 */
public final class Topology {
    private final NavigableMap<Integer, Cpu> cpus = new TreeMap<>();
    private final CpuSet online;
    private final CpuSet cpuset;
    private final CpuSet affinityMask;
    private final CpuSet isolated;
    private final CpuSet nohzFull;
    private final CpuSet usable;
    private final OptionalDouble cpuQuota;

    Topology(
            final Collection<Cpu> cpus,
            final CpuSet cpuset,
            final CpuSet affinityMask,
            final CpuSet isolated,
            final CpuSet nohzFull,
            final OptionalDouble cpuQuota) {
        cpus.forEach(cpu -> this.cpus.put(cpu.id(), cpu));
        online = CpuSet.of(this.cpus.keySet().stream().mapToInt(Integer::intValue).toArray());
        this.cpuset = cpuset;
        this.affinityMask = affinityMask;
        this.isolated = isolated.and(online);
        this.nohzFull = nohzFull.and(online);
        this.cpuQuota = cpuQuota;
        usable = usable(online.and(cpuset));
    }

    /**
     * The kernel starts processes off the isolated CPUs, yet lets them move there. So a mask that
     * lacks just these is nobody's choice, and any other mask is.
     */
    private CpuSet usable(final CpuSet permitted) {
        final CpuSet masked = permitted.and(affinityMask);
        if (permitted.isEmpty()) {
            return online;
        }
        return masked.isEmpty() || masked.equals(permitted.minus(isolated)) ? permitted : masked;
    }

    /**
     * Reads this host. What the kernel does not tell is assumed: as many CPUs as the JVM sees, one
     * socket, one NUMA node, no SMT, no limits.
     *
     * @return the topology.
     */
    public static Topology read() {
        return read(Path.of("/"));
    }

    /**
     * Reads a recorded host.
     *
     * @param root directory below which the files have the same paths as on the host, for example
     *     {@code sys/devices/system/cpu/online}.
     * @return the topology.
     */
    public static Topology read(final Path root) {
        return new TopologyReader(new HostFiles(root)).read();
    }

    /**
     * @return every online CPU, ascending.
     */
    public List<Cpu> cpus() {
        return new ArrayList<>(cpus.values());
    }

    /**
     * @param id number of an online CPU.
     * @return the CPU.
     * @throws IllegalArgumentException when it is not online.
     */
    public Cpu cpu(final int id) {
        final Cpu cpu = cpus.get(id);
        if (cpu == null) {
            throw new IllegalArgumentException("CPU " + id + " is not online: " + online);
        }
        return cpu;
    }

    /**
     * @return CPUs that run.
     */
    public CpuSet online() {
        return online;
    }

    /**
     * @return CPUs that the control groups permit; no thread can be pinned elsewhere.
     */
    public CpuSet cpuset() {
        return cpuset;
    }

    /**
     * @return CPUs that the process was started on, by {@code taskset} for example. A thread could
     *     be pinned elsewhere, against the will of whoever started the process.
     */
    public CpuSet affinityMask() {
        return affinityMask;
    }

    /**
     * @return online CPUs that the scheduler leaves alone ({@code isolcpus}).
     */
    public CpuSet isolated() {
        return isolated;
    }

    /**
     * @return online CPUs without a timer tick while one thread runs ({@code nohz_full}).
     */
    public CpuSet nohzFull() {
        return nohzFull;
    }

    /**
     * @return CPUs to plan with: online, in the cpuset, and in the affinity mask, where the
     *     isolated ones count as in the mask unless it was narrowed by hand. Never empty.
     */
    public CpuSet usable() {
        return usable;
    }

    /**
     * @param taken CPUs that somebody else uses.
     * @return the same host without them in {@link #cpuset} and {@link #usable}.
     * @throws IllegalArgumentException when no usable CPU would be left.
     */
    public Topology without(final CpuSet taken) {
        if (usable.minus(taken).isEmpty()) {
            throw new IllegalArgumentException(
                    "no CPU is left: usable are " + usable + ", taken are " + taken);
        }
        return new Topology(
                cpus.values(),
                cpuset.minus(taken),
                affinityMask.minus(taken),
                isolated,
                nohzFull,
                cpuQuota);
    }

    /**
     * @return CPU time for each unit of wall-clock time that the control groups grant, such as 1.5;
     *     empty without a limit.
     */
    public OptionalDouble cpuQuota() {
        return cpuQuota;
    }

    @Override
    public String toString() {
        return "online="
                + online
                + " usable="
                + usable
                + " isolated="
                + isolated
                + " nohzFull="
                + nohzFull
                + " sockets="
                + cpus.values().stream().mapToInt(Cpu::socket).distinct().count()
                + " numaNodes="
                + cpus.values().stream().mapToInt(Cpu::numaNode).distinct().count()
                + " cores="
                + cpus.values().stream().mapToInt(Cpu::physicalCore).distinct().count()
                + (cpuQuota.isPresent() ? " cpuQuota=" + cpuQuota.getAsDouble() : "");
    }
}
