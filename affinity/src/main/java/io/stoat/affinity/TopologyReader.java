package io.stoat.affinity;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a {@link Topology} from the kernel's files. */
final class TopologyReader {
    private static final String CPU = "sys/devices/system/cpu/";
    private static final String NODE = "sys/devices/system/node/";
    private static final String MASK_FIELD = "Cpus_allowed_list:";

    private final HostFiles files;

    TopologyReader(final HostFiles files) {
        this.files = files;
    }

    Topology read() {
        final Optional<CpuSet> mask = affinityMask();
        final CpuSet online =
                files.cpus(CPU + "online")
                        .filter(cpus -> !cpus.isEmpty())
                        .or(() -> mask)
                        .orElseGet(TopologyReader::cpusOfTheJvm);
        final Map<Integer, Integer> nodes = numaNodes();
        final List<Cpu> cpus = new ArrayList<>();
        online.stream().forEach(id -> cpus.add(cpu(id, nodes.getOrDefault(id, 0), online)));
        final Cgroup cgroup = Cgroup.read(files);
        return new Topology(
                cpus,
                cgroup.cpuset().orElse(online),
                mask.orElse(online),
                files.cpus(CPU + "isolated").orElse(CpuSet.EMPTY),
                files.cpus(CPU + "nohz_full").orElse(CpuSet.EMPTY),
                cgroup.quota());
    }

    private static CpuSet cpusOfTheJvm() {
        return CpuSet.range(0, Runtime.getRuntime().availableProcessors() - 1);
    }

    private Cpu cpu(final int id, final int node, final CpuSet online) {
        final String topology = CPU + "cpu" + id + "/topology/";
        final CpuSet siblings =
                files.cpus(topology + "thread_siblings_list")
                        .map(online::and)
                        .filter(cpus -> cpus.contains(id))
                        .orElse(CpuSet.of(id));
        return new Cpu(
                id,
                (int) files.number(topology + "core_id").orElse(siblings.first()),
                (int) files.number(topology + "physical_package_id").orElse(0),
                node,
                siblings);
    }

    private Map<Integer, Integer> numaNodes() {
        final Map<Integer, Integer> nodes = new HashMap<>();
        for (final String name : files.names(NODE)) {
            if (name.matches("node\\d{1,4}")) {
                final int node = Integer.parseInt(name.substring("node".length()));
                files.cpus(NODE + name + "/cpulist")
                        .ifPresent(cpus -> cpus.stream().forEach(cpu -> nodes.put(cpu, node)));
            }
        }
        return nodes;
    }

    private Optional<CpuSet> affinityMask() {
        return files.lines("proc/self/status").stream()
                .filter(line -> line.startsWith(MASK_FIELD))
                .findFirst()
                .flatMap(line -> HostFiles.parseCpus(line.substring(MASK_FIELD.length()).trim()))
                .filter(cpus -> !cpus.isEmpty());
    }
}
