package io.stoat.bench.cluster;

import io.stoat.bench.target.Ports;
import io.stoat.replication.ClusterConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the clusters of a run have in common.
 *
 * @param valueLength of the puts, bytes.
 * @param keys that are written.
 * @param mtu largest datagram, bytes.
 * @param termLength of the log's buffers, bytes.
 * @param threads of a member, name of a {@code MemberThreads}.
 * @param idle of all threads.
 * @param shards of the store, as many as the largest number of groups in the run.
 * @param groups that the shards are spread over; a bare cluster has one whatever this says.
 */
record ClusterSpec(
        int valueLength,
        long keys,
        int mtu,
        int termLength,
        String threads,
        Idle idle,
        int shards,
        int groups) {
    static final int MEMBERS = 3;

    ClusterSpec withGroups(final int number) {
        return new ClusterSpec(valueLength, keys, mtu, termLength, threads, idle, shards, number);
    }

    /** Writes the configuration file of a cluster in a directory; returns its first port. */
    int write(final Path dir) {
        final int port = freePorts(groups);
        final List<String> lines =
                List.of(
                        "dir=" + dir,
                        "hosts=127.0.0.1,127.0.0.1,127.0.0.1",
                        "port=" + port,
                        "shards=" + shards,
                        "groups=" + groups,
                        "entries=" + keys * 2,
                        "value-size=" + valueLength,
                        "mtu=" + mtu,
                        "term-length=" + termLength,
                        // neither elections nor snapshots are what is measured
                        "heartbeat-timeout-ms=5000",
                        "election-timeout-ms=1000",
                        "snapshot-log-bytes=0",
                        "snapshot-interval-ms=0");
        try {
            Files.write(file(dir), lines);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return port;
    }

    static Path file(final Path dir) {
        return dir.resolve("cluster.properties");
    }

    /** First of the ports that the members of so many groups use, free at the moment. */
    static int freePorts(final int groups) {
        return Ports.freeUdpRange(
                (groups - 1) * ClusterConfig.PORTS_PER_GROUP
                        + MEMBERS * ClusterConfig.PORTS_PER_MEMBER);
    }
}
