package io.stoat.ops.chaos;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.cluster.ClusterProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Faults of a member's surroundings, its network, clock and disk, and what shows that they struck.
 * One thread.
 */
final class Afflictions implements AutoCloseable {
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final long EFFECT_MS = 30_000;
    private static final String FULL_DISK_SCRIPT =
            "mount -t tmpfs -o size=32m,mode=700 tmpfs \"$0\" && exec \"$@\"";

    private final Scene scene;
    private final ClusterProcesses cluster;
    private final Random random;
    private final List<MemberControls> controls = new ArrayList<>();
    private int afflicted = -1;

    /** From here on, members obey their {@link MemberControls}. */
    Afflictions(final Scene scene) {
        this.scene = scene;
        cluster = scene.cluster();
        random = scene.random();
        for (int member = 0; member < Scene.MEMBERS; member++) {
            controls.add(MemberControls.at(controlsOf(member)));
        }
        cluster.options(
                member ->
                        List.of(
                                "-D" + MemberControls.FILE + '=' + controlsOf(member),
                                "-Daeron.cluster.clock=" + JumpingClock.class.getName(),
                                "-Daeron.ReceiveChannelEndpoint.supplier="
                                        + UnrulyLink.class.getName(),
                                "-Daeron.SendChannelEndpoint.supplier="
                                        + UnrulyLink.class.getName()));
    }

    private Path controlsOf(final int member) {
        return cluster.config().dir().resolve("controls-" + member);
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

    Evidence inflict(final Fault fault, final int leader, final int follower) {
        return switch (fault) {
            case UNRULY_LINK -> disturb(leader, follower);
            case CLOCK_FORWARD -> jump(leader, HOUR_MS);
            case CLOCK_BACKWARD -> jump(leader, -HOUR_MS);
            case FULL_DISK -> fillDisk(follower);
            case PARTITION_LEADER -> cutLeader(leader, true, true);
            case PARTITION_FOLLOWER -> cutFollower(leader, follower);
            case LEADER_UNHEARD -> cutLeader(leader, true, false);
            case LEADER_DEAF -> cutLeader(leader, false, true);
            default -> throw new IllegalArgumentException(fault.toString());
        };
    }

    /** The follower also has to catch up over such a link. */
    private Evidence disturb(final int leader, final int follower) {
        for (final int member : List.of(leader, follower)) {
            controls.get(member)
                    .unruly(
                            random.nextLong(),
                            5 + random.nextInt(10),
                            10 + random.nextInt(20),
                            1 + random.nextInt(40));
        }
        cluster.kill(follower);
        cluster.start(follower);
        scene.last(3_000, 6_000);
        final Evidence evidence = Scene.await(EFFECT_MS, () -> disturbed(leader, follower));
        calm();
        return evidence;
    }

    private Evidence disturbed(final int leader, final int follower) {
        return Evidence.all(
                List.of(
                        Evidence.unruly(leader, "leader", controls.get(leader).counts()),
                        Evidence.unruly(follower, "follower", controls.get(follower).counts())));
    }

    private void calm() {
        controls.forEach(MemberControls::calm);
    }

    private Evidence jump(final int leader, final long jumpMs) {
        final MemberView before = scene.view(leader);
        controls.get(leader).jump(jumpMs);
        afflicted = leader;
        final Evidence evidence = Scene.await(EFFECT_MS, () -> jumped(before, jumpMs));
        scene.last(500, 2_000);
        return evidence;
    }

    /** The log's time is the leader's: every member that applied what it wrote shows it. */
    private Evidence jumped(final MemberView before, final long jumpMs) {
        final long logTimeMs = scene.view(before.member()).appliedTimeMs();
        return Evidence.clockJumped(before, jumpMs, logTimeMs, System.currentTimeMillis());
    }

    /** The log lies on a small file system of its own, which something else fills up. */
    private Evidence fillDisk(final int member) {
        final Path log = cluster.config().memberDir(0, member).resolve("log");
        cluster.kill(member);
        cluster.wipe(member);
        try {
            Files.createDirectories(log);
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot make " + log + ": " + ex.getMessage());
        }
        cluster.start(
                member, List.of("unshare", "-m", "sh", "-c", FULL_DISK_SCRIPT, log.toString()));
        cluster.awaitAllLive();
        final int said = cluster.output(member).length();
        run(
                "nsenter",
                "-m",
                "-t",
                Long.toString(cluster.pid(member)),
                "dd",
                "if=/dev/zero",
                "of=" + log.resolve("filler"),
                "bs=64k");
        final Evidence evidence = Scene.await(EFFECT_MS, () -> diskFull(member, said));
        scene.last(500, 2_000);
        // what it had on that disk is gone with it
        cluster.kill(member);
        cluster.wipe(member);
        return evidence;
    }

    private Evidence diskFull(final int member, final int saidBefore) {
        return Evidence.diskFull(
                member, cluster.output(member).substring(saidBefore), cluster.isRunning(member));
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

    private Evidence cutLeader(final int leader, final boolean outgoing, final boolean incoming) {
        final MemberView before = scene.view(leader);
        cut(leader, outgoing, incoming);
        final Evidence evidence =
                Evidence.replaced(before, scene.awaitSuccessor(before, EFFECT_MS));
        scene.last(500, 3_000);
        return evidence;
    }

    private Evidence cutFollower(final int leader, final int follower) {
        cut(follower, true, true);
        // what was under way arrives
        scene.last(400, 500);
        final MemberView before = scene.view(follower);
        final MemberView leaderBefore = scene.view(leader);
        scene.last(1_500, 5_000);
        return Evidence.cutOff(before, scene.view(follower), leaderBefore, scene.view(leader));
    }

    private void cut(final int member, final boolean outgoing, final boolean incoming) {
        for (int other = 0; other < Scene.MEMBERS; other++) {
            if (other != member) {
                if (outgoing) {
                    cluster.network().block(member, other);
                }
                if (incoming) {
                    cluster.network().block(other, member);
                }
            }
        }
    }

    /**
     * Ends what {@link #inflict} left in force; who was afflicted is killed, to be started again.
     */
    void heal() {
        if (cluster.network() != null) {
            cluster.network().heal();
        }
        calm();
        if (afflicted >= 0) {
            cluster.kill(afflicted);
            controls.get(afflicted).jump(0);
            afflicted = -1;
        }
    }

    @Override
    public void close() {
        controls.forEach(MemberControls::close);
    }
}
