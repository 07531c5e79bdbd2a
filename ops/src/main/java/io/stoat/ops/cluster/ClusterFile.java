package io.stoat.ops.cluster;

import io.stoat.bench.target.Ports;
import io.stoat.ops.CommandFailure;
import io.stoat.ops.TemporaryDirectory;
import io.stoat.replication.ClusterConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;

/** The configuration of a cluster whose members all run on this host, for a while. */
final class ClusterFile {
    private ClusterFile() {}

    /**
     * Makes a temporary directory with the file in it, and a token where one is needed.
     *
     * @param members number of members.
     * @param settings further lines.
     * @param network of the members, or null for loopback.
     * @return the file, in the directory that is the cluster's.
     */
    static Path create(
            final int members, final List<String> settings, final NetworkNamespaces network) {
        try {
            final Path dir = TemporaryDirectory.create("cluster");
            final List<String> lines = new ArrayList<>();
            lines.add("dir=" + dir);
            lines.add("hosts=" + hosts(members, network));
            lines.add("port=" + freePorts(members, settings));
            if (network != null) {
                // beyond loopback a secret is needed
                lines.add("token-file=" + createToken(dir));
            }
            lines.addAll(settings);
            return Files.write(dir.resolve("cluster.properties"), lines);
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot make a directory for the cluster: " + ex);
        }
    }

    private static Path createToken(final Path dir) throws IOException {
        final Path token = dir.resolve("token");
        Files.createFile(
                token,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(token, UUID.randomUUID().toString());
    }

    private static String hosts(final int members, final NetworkNamespaces network) {
        final StringJoiner hosts = new StringJoiner(",");
        for (int member = 0; member < members; member++) {
            hosts.add(network == null ? "127.0.0.1" : NetworkNamespaces.address(member));
        }
        return hosts.toString();
    }

    /** First of enough ports that nobody has. */
    private static int freePorts(final int members, final List<String> settings) {
        final int groups =
                settings.stream()
                        .filter(setting -> setting.startsWith("groups="))
                        .mapToInt(setting -> Integer.parseInt(setting.substring(7)))
                        .findFirst()
                        .orElse(1);
        return Ports.freeUdpRange(
                (groups - 1) * ClusterConfig.PORTS_PER_GROUP
                        + members * ClusterConfig.PORTS_PER_MEMBER);
    }
}
