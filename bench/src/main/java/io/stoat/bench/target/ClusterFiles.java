package io.stoat.bench.target;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configuration of the cluster of a run, and what its members' status files say. */
final class ClusterFiles {
    /** Members of the cluster. */
    static final int MEMBERS = 3;

    private static final int GROUP = 0;

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
