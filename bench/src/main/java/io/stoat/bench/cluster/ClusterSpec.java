package io.stoat.bench.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

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
    private static final int PORTS_PER_GROUP = 100;
    private static final int PORTS = 10 * MEMBERS;

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

    static int freePorts(final int groups) {
        while (true) {
            final int first = ThreadLocalRandom.current().nextInt(1_100, 3_000) * 10;
            boolean areFree = true;
            for (int group = 0; areFree && group < groups; group++) {
                areFree = areFree(first + group * PORTS_PER_GROUP);
            }
            if (areFree) {
                return first;
            }
        }
    }

    private static boolean areFree(final int first) {
        for (int port = first; port < first + PORTS; port++) {
            try (DatagramSocket socket = new DatagramSocket(null)) {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (final SocketException taken) {
                return false;
            }
        }
        return true;
    }
}
