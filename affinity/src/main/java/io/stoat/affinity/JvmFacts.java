package io.stoat.affinity;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What a JVM says about itself.
 *
 * @param feature version, such as 17.
 * @param version in full, with the name of the virtual machine.
 * @param arguments that it was started with, those of an argument file included.
 * @param collectors names of its garbage collectors.
 * @param is64Bit whether it addresses more than 4 GiB.
 */
record JvmFacts(
        int feature,
        String version,
        List<String> arguments,
        List<String> collectors,
        boolean is64Bit) {
    static JvmFacts ofThisJvm() {
        return new JvmFacts(
                Runtime.version().feature(),
                Runtime.version() + ", " + System.getProperty("java.vm.name"),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .toList(),
                !"32".equals(System.getProperty("sun.arch.data.model")));
    }
}
