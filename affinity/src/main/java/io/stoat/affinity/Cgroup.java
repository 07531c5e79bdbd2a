package io.stoat.affinity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What the control groups of this process, of version 1, 2 or both, leave it of the CPUs.
 *
 * <p>{@code proc/self/cgroup} may name a path of the host that a container does not see below its
 * mount point, so every directory from there up to the mount point is looked at. A quota of any of
 * them binds.
 */
final class Cgroup {
    private static final String MOUNT = "sys/fs/cgroup";

    private final HostFiles files;
    private CpuSet cpuset;
    private double quota = Double.POSITIVE_INFINITY;

    private Cgroup(final HostFiles files) {
        this.files = files;
    }

    static Cgroup read(final HostFiles files) {
        final Cgroup cgroup = new Cgroup(files);
        final List<String> lines = files.lines("proc/self/cgroup");
        for (final String line :
                lines.isEmpty() ? List.of("0::/", "0:cpu:/", "0:cpuset:/") : lines) {
            final String[] fields = line.split(":", 3);
            if (fields.length == 3) {
                cgroup.hierarchy(fields[1], fields[2]);
            }
        }
        return cgroup;
    }

    /** CPUs that the process may run on; empty when no control group says so. */
    Optional<CpuSet> cpuset() {
        return Optional.ofNullable(cpuset);
    }

    /** CPU time for each unit of wall-clock time, such as 1.5; empty when there is no limit. */
    OptionalDouble quota() {
        return Double.isInfinite(quota) ? OptionalDouble.empty() : OptionalDouble.of(quota);
    }

    private void hierarchy(final String controllers, final String path) {
        if (controllers.isEmpty()) {
            for (final String mount : List.of(MOUNT, MOUNT + "/unified")) {
                final List<String> directories = directories(mount, path);
                directories.forEach(directory -> quotaV2(directory + "/cpu.max"));
                cpuset(directories, "cpuset.cpus.effective");
            }
            return;
        }
        for (final String controller : controllers.split(",")) {
            for (final String mount :
                    List.of(MOUNT + "/" + controller, MOUNT + "/" + controllers)) {
                final List<String> directories = directories(mount, path);
                if (controller.equals("cpu")) {
                    directories.forEach(this::quotaV1);
                } else if (controller.equals("cpuset")) {
                    cpuset(directories, "cpuset.effective_cpus");
                    cpuset(directories, "cpuset.cpus");
                }
            }
        }
    }

    /** The deepest directory that has the file decides: it is a subset of those above. */
    private void cpuset(final List<String> directories, final String file) {
        for (final String directory : directories) {
            final Optional<CpuSet> cpus = files.cpus(directory + "/" + file);
            if (cpus.isPresent() && !cpus.get().isEmpty()) {
                cpuset = cpuset == null ? cpus.get() : cpuset.and(cpus.get());
                return;
            }
        }
    }

    private void quotaV2(final String file) {
        final String[] fields = files.text(file).orElse("").split(" ");
        if (fields.length == 2) {
            limit(HostFiles.parseLong(fields[0]), HostFiles.parseLong(fields[1]));
        }
    }

    private void quotaV1(final String directory) {
        limit(
                files.number(directory + "/cpu.cfs_quota_us"),
                files.number(directory + "/cpu.cfs_period_us"));
    }

    private void limit(final OptionalLong quotaUs, final OptionalLong periodUs) {
        if (quotaUs.orElse(-1) > 0 && periodUs.orElse(-1) > 0) {
            quota = Math.min(quota, (double) quotaUs.getAsLong() / periodUs.getAsLong());
        }
    }

    /** From the group's directory up to the mount point; ".." does not lead out of it. */
    private static List<String> directories(final String mount, final String path) {
        final List<String> directories = new ArrayList<>();
        for (Path at = Path.of("/").resolve(path).normalize(); at != null; at = at.getParent()) {
            directories.add(at.getNameCount() == 0 ? mount : mount + at);
        }
        return directories;
    }
}
