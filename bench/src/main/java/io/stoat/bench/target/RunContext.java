package io.stoat.bench.target;

import io.stoat.bench.workload.Workload;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a target needs to know of a run.
 *
 * @param workload to be put on it.
 * @param clients that will connect.
 * @param directory of its files, empty at first; in shared memory where there is some.
 * @param address of the node, as {@link NodeLauncher} gave it; empty when there is none.
 * @param options of the target by name: variants to compare.
 * @param pinned whether client threads have a CPU of their own and so may spin.
 */
public record RunContext(
        Workload workload,
        int clients,
        Path directory,
        String address,
        Map<String, String> options,
        boolean pinned) {
    /** Option: percent by which operations of the build under test take longer, to try the gate. */
    public static final String SLOWED_BUILD_PERCENT = "slowed-build-percent";

    /**
     * @param name of an option.
     * @param fallback when it was not given.
     * @return its value.
     */
    public String option(final String name, final String fallback) {
        return options.getOrDefault(name, fallback);
    }

    /**
     * @return keys that the store must have room for.
     */
    public long capacity() {
        return workload.keys() + workload.spareKeys();
    }
}
