package io.stoat.affinity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for what makes a host slow or unfit: one {@link Finding} for each property, always in the
 * same order. Reads only, needs no privilege, and never throws for what a host does not tell: that
 * is {@link Level#UNKNOWN}.
 */
public final class HostCheck {
    private HostCheck() {}

    /**
     * Checks this host and this JVM.
     *
     * @param dataDir of the store; it need not exist yet.
     * @return the findings.
     */
    public static List<Finding> run(final Path dataDir) {
        return run(Path.of("/"), real(dataDir), DiskSpace::ofThisHost, JvmFacts.ofThisJvm());
    }

    /** Checks the host whose files are below the root. The data directory is absolute. */
    static List<Finding> run(
            final Path root, final Path dataDir, final DiskSpace diskSpace, final JvmFacts jvm) {
        final HostFiles files = new HostFiles(root);
        final Topology topology = Topology.read(root);
        final List<Finding> findings = new ArrayList<>();
        findings.addAll(new CpuChecks(files, topology).run());
        findings.addAll(new MemoryChecks(files, diskSpace).run());
        findings.addAll(new IoChecks(files, dataDir, diskSpace).run());
        findings.addAll(new JvmChecks(jvm).run());
        return findings;
    }

    /** Without links, which may lead to another file system, as far as the path exists. */
    private static Path real(final Path dataDir) {
        final Path absolute = dataDir.toAbsolutePath();
        final Path existing = DiskSpace.nearestExisting(absolute);
        try {
            return existing.toRealPath().resolve(existing.relativize(absolute)).normalize();
        } catch (final IOException ex) {
            return absolute;
        }
    }
}
