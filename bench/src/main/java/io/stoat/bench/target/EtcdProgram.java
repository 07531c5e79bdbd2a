package io.stoat.bench.target;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** How benchmarks run {@code etcd} of the host: on loopback, without TLS. */
public final class EtcdProgram {
    /** Name of the file. */
    public static final String NAME = "etcd";

    private static final String HOST = "http://127.0.0.1:";

    private EtcdProgram() {}

    /**
     * @param member number.
     * @param clientPort on which the member serves clients.
     * @param peerPorts of all members, in their order.
     * @param directory of the members' directories.
     * @return arguments of the member's program.
     */
    public static List<String> arguments(
            final int member,
            final int clientPort,
            final List<Integer> peerPorts,
            final Path directory) {
        final StringJoiner cluster = new StringJoiner(",");
        for (int other = 0; other < peerPorts.size(); other++) {
            cluster.add("bench-" + other + '=' + HOST + peerPorts.get(other));
        }
        final String peer = HOST + peerPorts.get(member);
        return new ArrayList<>(
                List.of(
                        "--name",
                        "bench-" + member,
                        "--data-dir",
                        directory.resolve("etcd-" + member).toString(),
                        "--listen-client-urls",
                        endpoint(clientPort),
                        "--advertise-client-urls",
                        endpoint(clientPort),
                        "--listen-peer-urls",
                        peer,
                        "--initial-advertise-peer-urls",
                        peer,
                        "--initial-cluster",
                        cluster.toString(),
                        "--quota-backend-bytes",
                        String.valueOf(8L << 30),
                        "--auto-compaction-mode",
                        "revision",
                        "--auto-compaction-retention",
                        "100000",
                        "--logger",
                        "zap",
                        "--log-level",
                        "error"));
    }

    /**
     * @param clientPort of a member.
     * @return where clients find it.
     */
    public static String endpoint(final int clientPort) {
        return HOST + clientPort;
    }

    /**
     * @return name and version.
     */
    public static String version() {
        return Programs.firstLine(NAME, "--version");
    }
}
