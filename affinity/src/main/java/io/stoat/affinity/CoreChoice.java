package io.stoat.affinity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * CPUs for hot threads, best first, one a physical core, all on one NUMA node; and the CPU that is
 * left to the operating system and the JVM. With a single usable CPU both are the same.
 *
 * @param hot CPUs for hot threads; at least one.
 * @param system CPU that is left.
 */
record CoreChoice(List<Integer> hot, int system) {
    static CoreChoice of(final Topology topology, final int wanted) {
        final CpuSet usable = topology.usable();
        final CpuSet shared = usable.minus(topology.isolated());
        final int system = shared.isEmpty() ? usable.first() : shared.first();
        final CpuSet rest = usable.minus(topology.cpu(system).siblings());
        if (rest.isEmpty()) {
            final CpuSet siblings = usable.minus(CpuSet.of(system));
            return new CoreChoice(List.of(siblings.isEmpty() ? system : siblings.first()), system);
        }
        return new CoreChoice(oneNode(onePerCore(topology, rest), topology, wanted), system);
    }

    /** The CPUs for hot threads, then those of the other NUMA nodes, for more threads than fit. */
    List<Integer> everywhere(final Topology topology) {
        final List<Integer> all = new ArrayList<>(hot);
        final CpuSet rest = topology.usable().minus(topology.cpu(system).siblings());
        for (final Cpu cpu : onePerCore(topology, rest)) {
            if (!all.contains(cpu.id())) {
                all.add(cpu.id());
            }
        }
        return all;
    }

    boolean isSingle() {
        return hot.contains(system);
    }

    private static List<Cpu> onePerCore(final Topology topology, final CpuSet cpus) {
        final Map<Integer, Cpu> best = new TreeMap<>();
        cpus.stream()
                .mapToObj(topology::cpu)
                .sorted(preference(topology))
                .forEach(cpu -> best.putIfAbsent(cpu.physicalCore(), cpu));
        return best.values().stream().sorted(preference(topology)).toList();
    }

    private static Comparator<Cpu> preference(final Topology topology) {
        return Comparator.<Cpu, Boolean>comparing(cpu -> !topology.isolated().contains(cpu.id()))
                .thenComparing(cpu -> !topology.nohzFull().contains(cpu.id()))
                .thenComparingInt(Cpu::id);
    }

    /** The node that holds most of the wanted threads on isolated cores, then on any cores. */
    private static List<Integer> oneNode(
            final List<Cpu> cpus, final Topology topology, final int wanted) {
        final Map<Integer, List<Cpu>> nodes =
                cpus.stream().collect(Collectors.groupingBy(Cpu::numaNode));
        final Comparator<List<Cpu>> order =
                Comparator.<List<Cpu>>comparingInt(
                                node -> Math.min(wanted, isolated(node, topology)))
                        .thenComparingInt(node -> Math.min(wanted, node.size()))
                        .thenComparingInt(node -> -node.get(0).numaNode());
        return Collections.max(nodes.values(), order).stream().map(Cpu::id).toList();
    }

    private static int isolated(final List<Cpu> cpus, final Topology topology) {
        return (int) cpus.stream().filter(cpu -> topology.isolated().contains(cpu.id())).count();
    }
}
