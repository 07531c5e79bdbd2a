package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Faults of a member's surroundings: its network, clock and disk. One thread. */
final class Afflictions {
    private static final int MEMBERS = 3;
    private static final int SNAPSHOTS_TRIED = 20;
    private static final long SNAPSHOT_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final String FULL_DISK_SCRIPT =
            "mount -t tmpfs -o size=32m,mode=700 tmpfs \"$0\" && exec \"$@\"";

    private final ClusterProcesses cluster;
    private final Random random;
    private int afflicted = -1;

    Afflictions(final ClusterProcesses cluster, final Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** Why a fault cannot be inflicted here, or null; tries it. */
    static String absenceOfMounts() {
        try {
            final int exit =
                    new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
            return exit == 0 ? null : "a private mount needs root";
        } catch (final IOException ex) {
            return "a private mount cannot be made: " + ex.getMessage();
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    void inflict(final Fault fault, final int leader, final int follower) {
        switch (fault) {
            case KILL_IN_REPLAY -> {
                cluster.kill(follower);
                cluster.start(follower);
                awaitReplay(follower);
                cluster.kill(follower);
            }
            case UNRULY_LINK -> restart(follower, List.of(), link());
            case CLOCK_FORWARD -> jump(leader, follower, HOUR_MS);
            case CLOCK_BACKWARD -> jump(leader, follower, -HOUR_MS);
            case FULL_DISK -> fillDisk(follower);
            case PARTITION_LEADER -> cut(leader, true, true);
            case PARTITION_FOLLOWER -> cut(follower, true, true);
            case LEADER_UNHEARD -> cut(leader, true, false);
            case LEADER_DEAF -> cut(leader, false, true);
            default -> throw new IllegalArgumentException(fault.toString());
        }
    }

    /**
     * Kills a member while entries are copied into a snapshot: what it leaves says that they were.
     *
     * @return position of the snapshot that stays incomplete.
     */
    long killInSnapshot(final int member) {
        for (int attempt = 0; attempt < SNAPSHOTS_TRIED; attempt++) {
            try (MemberStatus status = status(member)) {
                awaitCopy(status);
                cluster.kill(member);
                if (status.snapshotInCopyPosition() > 0) {
                    return status.snapshotInCopyPosition();
                }
            }
            // the copy had just ended
            cluster.start(member);
            cluster.awaitAllLive();
        }
        throw CommandFailure.failed(
                "member " + member + " always ended its snapshot before it was killed");
    }

    private void awaitCopy(final MemberStatus status) {
        final long[] askedNs = {System.nanoTime() - SNAPSHOT_PATIENCE_NS};
        cluster.await(
                "snapshot of member " + status.member(),
                () -> {
                    if (System.nanoTime() - askedNs[0] >= SNAPSHOT_PATIENCE_NS) {
                        askedNs[0] = System.nanoTime();
                        final int leader = cluster.leader();
                        if (leader >= 0) {
                            try (MemberStatus leaders = status(leader)) {
                                leaders.ask(MemberStatus.Request.SNAPSHOT);
                            }
                        }
                    }
                    return status.snapshotInCopyPosition() > 0;
                });
    }

    private MemberStatus status(final int member) {
        return MemberStatus.attach(cluster.config().memberDir(0, member));
    }

    /** Its service applies what its log holds: it does not live yet, or has just begun to. */
    private void awaitReplay(final int member) {
        cluster.await(
                "replay in member " + member,
                () -> {
                    try (MemberStatus status =
                            MemberStatus.attach(cluster.config().memberDir(0, member))) {
                        return status.pid() == cluster.pid(member) && status.appliedPosition() > 0;
                    } catch (final ReplicationException notYet) {
                        return false;
                    }
                });
        pause(0, 30);
    }

    private void restart(final int member, final List<String> prefix, final List<String> options) {
        cluster.kill(member);
        cluster.start(member, prefix, options);
        afflicted = member;
        pause(4_000, 8_000);
    }

    private List<String> link() {
        return List.of(
                "-Daeron.ReceiveChannelEndpoint.supplier=" + UnrulyLink.class.getName(),
                property(UnrulyLink.SEED, random.nextInt()),
                property(UnrulyLink.LOST_PERCENT, 5 + random.nextInt(10)),
                property(UnrulyLink.LATE_PERCENT, 10 + random.nextInt(20)),
                property(UnrulyLink.LATE_MS, 1 + random.nextInt(40)));
    }

    private static String property(final String name, final long value) {
        return "-D" + name + '=' + value;
    }

    /** The clock jumps while the member follows; then the leader goes, so that it may lead. */
    private void jump(final int leader, final int follower, final long jumpMs) {
        restart(
                follower,
                List.of(),
                List.of(
                        "-Daeron.cluster.clock=" + JumpingClock.class.getName(),
                        property(JumpingClock.DELAY_MS, 5_000),
                        property(JumpingClock.JUMP_MS, jumpMs)));
        cluster.kill(leader);
        pause(2_000, 4_000);
    }

    /** The log lies on a small file system of its own, which something else fills up. */
    private void fillDisk(final int member) {
        final Path log = cluster.config().memberDir(0, member).resolve("log");
        cluster.kill(member);
        cluster.wipe(member);
        try {
            Files.createDirectories(log);
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot make " + log + ": " + ex.getMessage());
        }
        restart(
                member,
                List.of("unshare", "-m", "sh", "-c", FULL_DISK_SCRIPT, log.toString()),
                List.of());
        run(
                "nsenter",
                "-m",
                "-t",
                Long.toString(cluster.pid(member)),
                "dd",
                "if=/dev/zero",
                "of=" + log.resolve("filler"),
                "bs=64k");
        pause(3_000, 6_000);
        // what it had on that disk is gone with it
        cluster.kill(member);
        cluster.wipe(member);
    }

    private static void run(final String... command) {
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot run " + command[0] + ": " + ex.getMessage());
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void cut(final int member, final boolean outgoing, final boolean incoming) {
        for (int other = 0; other < MEMBERS; other++) {
            if (other != member) {
                if (outgoing) {
                    cluster.network().block(member, other);
                }
                if (incoming) {
                    cluster.network().block(other, member);
                }
            }
        }
        pause(3_000, 8_000);
    }

    private void pause(final int atLeastMs, final int atMostMs) {
        final long endNs =
                System.nanoTime()
                        + TimeUnit.MILLISECONDS.toNanos(random.nextInt(atLeastMs, atMostMs));
        while (System.nanoTime() - endNs < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /**
     * Ends what {@link #inflict} left in force; who was afflicted is killed, to be started again.
     */
    void heal() {
        if (cluster.network() != null) {
            cluster.network().heal();
        }
        if (afflicted >= 0) {
            cluster.kill(afflicted);
            afflicted = -1;
        }
    }
}
