package io.stoat.bench.target;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Configuration of the cluster of a run, and what its members' status files say. */
final class ClusterFiles {
    /** Members of the cluster. */
    static final int MEMBERS = 3;

    private static final int GROUP = 0;
    private static final int SHARD_COUNT = 2;
    private static final String SHARDS = "shards=";

    private final ClusterConfig config;

    ClusterFiles(final Path file) {
        config = ClusterConfig.read(file);
    }

    /** Writes the configuration of a run. */
    static Path write(final Path directory, final List<String> settings) {
        final Path file = file(directory);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, settings);
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot write " + file, ex);
        }
        return file;
    }

    /** The settings of a cluster that a run's options leave as they are, or change. */
    static List<String> lines(
            final Path directory,
            final String port,
            final String entries,
            final String valueLength,
            final String heartbeatTimeoutMs,
            final String electionTimeoutMs) {
        return List.of(
                "dir=" + directory.resolve("cluster"),
                "hosts=127.0.0.1,127.0.0.1,127.0.0.1",
                "port=" + port,
                SHARDS + SHARD_COUNT,
                "entries=" + entries,
                "value-size=" + valueLength,
                "heartbeat-timeout-ms=" + heartbeatTimeoutMs,
                "election-timeout-ms=" + electionTimeoutMs);
    }

    static String heartbeatTimeoutMs(final Map<String, String> options) {
        return options.getOrDefault("heartbeat-timeout-ms", "600");
    }

    static String electionTimeoutMs(final Map<String, String> options) {
        return options.getOrDefault("election-timeout-ms", "100");
    }

    /** What is in force in a cluster with these options, for people. */
    static String settings(final Map<String, String> options) {
        final Properties properties = new Properties();
        for (final String line :
                lines(
                        Path.of("."),
                        "9000",
                        "1000",
                        "128",
                        heartbeatTimeoutMs(options),
                        electionTimeoutMs(options))) {
            final int equals = line.indexOf('=');
            properties.setProperty(line.substring(0, equals), line.substring(equals + 1));
        }
        final ClusterConfig config = ClusterConfig.of(properties);
        return String.format(
                Locale.ROOT,
                "%d members on this host's loopback, files %s, MTU %,d B, heartbeat time-out %s ms, election time-out %s ms, %d shards",
                config.members(),
                config.isSynced() ? "synced" : "not synced",
                config.mtu(),
                heartbeatTimeoutMs(options),
                electionTimeoutMs(options),
                SHARD_COUNT);
    }

    static Path file(final Path directory) {
        return directory.resolve("cluster").resolve("cluster.properties");
    }

    ClusterConfig config() {
        return config;
    }

    /** The member that leads and lives, or -1. */
    int leader() {
        for (int member = 0; member < MEMBERS; member++) {
            final int number = member;
            if (is(number, MemberStatus::isLeader)) {
                return member;
            }
        }
        return -1;
    }

    /** Whether a member lives, and has caught up. */
    boolean isLive(final int member) {
        return is(member, status -> true);
    }

    private boolean is(
            final int member, final java.util.function.Predicate<MemberStatus> condition) {
        try (MemberStatus status = attach(member)) {
            return ProcessHandle.of(status.pid()).isPresent()
                    && status.state() == MemberStatus.State.LIVE
                    && condition.test(status);
        } catch (final ReplicationException notYet) {
            return false;
        }
    }

    MemberStatus attach(final int member) {
        return MemberStatus.attach(config.memberDir(GROUP, member));
    }
}
