package io.stoat.ops.chaos;

import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.MemberStatus;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Faults of a member's process, and what shows that they struck. One thread. */
final class ProcessFaults {
    private static final int ATTEMPTS = 20;
    private static final int REPLAYED_ENTRIES = 5_000;
    private static final long SUCCESSOR_MS = 30_000;
    private static final long REPLAY_MS = 60_000;
    private static final long STOP_MS = 10_000;
    private static final long SNAPSHOT_PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

    private final Scene scene;
    private final ClusterProcesses cluster;

    ProcessFaults(final Scene scene) {
        this.scene = scene;
        cluster = scene.cluster();
    }

    Evidence kill(final int member, final boolean mustLead) {
        cluster.kill(member);
        return Evidence.killed(scene.view(member), cluster.isRunning(member), mustLead);
    }

    Evidence killAll() {
        for (int member = 0; member < Scene.MEMBERS; member++) {
            cluster.kill(member);
        }
        final List<Evidence> all = new ArrayList<>();
        for (int member = 0; member < Scene.MEMBERS; member++) {
            all.add(Evidence.killed(scene.view(member), cluster.isRunning(member), false));
        }
        return Evidence.all(all);
    }

    Evidence pauseLeader(final int leader) {
        final MemberView before = scene.view(leader);
        final Evidence stood = pause(leader, () -> scene.awaitSuccessor(before, SUCCESSOR_MS));
        return Evidence.all(List.of(stood, Evidence.replaced(before, scene.successor(before))));
    }

    Evidence pauseFollower(final int follower) {
        return pause(follower, () -> scene.last(300, 3_000));
    }

    private Evidence pause(final int member, final Runnable meanwhile) {
        cluster.pause(member);
        try {
            final long pid = cluster.pid(member);
            Scene.isWithin(STOP_MS, () -> StoppedThreads.areAll(pid));
            final MemberView stopped = scene.view(member);
            final long sinceNs = System.nanoTime();
            meanwhile.run();
            return Evidence.stoodStill(
                    stopped,
                    scene.view(member),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs));
        } finally {
            cluster.resume(member);
        }
    }

    Evidence stepDown(final int leader) {
        final MemberView before = scene.view(leader);
        scene.ask(leader, MemberStatus.Request.STEP_DOWN);
        return Evidence.replaced(before, scene.awaitSuccessor(before, SUCCESSOR_MS));
    }

    Evidence wipe(final int follower) {
        final Evidence killed = kill(follower, false);
        cluster.wipe(follower);
        return Evidence.all(
                List.of(
                        killed,
                        Evidence.wiped(
                                follower,
                                !Files.exists(cluster.config().memberDir(0, follower))
                                        && !Files.exists(cluster.config().dataDir(follower)))));
    }

    /**
     * Kills a member while entries are copied into a snapshot: what it leaves says that they were.
     */
    Evidence killInSnapshot(final int member) {
        Evidence evidence = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (MemberStatus status = scene.status(member)) {
                awaitCopy(status);
            }
            cluster.kill(member);
            evidence = Evidence.inSnapshot(scene.view(member));
            if (evidence.struck()) {
                return evidence;
            }
            cluster.start(member);
            cluster.awaitAllLive();
        }
        return evidence;
    }

    private void awaitCopy(final MemberStatus status) {
        askForSnapshots(
                "snapshot of member " + status.member(), () -> status.snapshotInCopyPosition() > 0);
    }

    private void askForSnapshots(final String what, final BooleanSupplier isThere) {
        final long[] askedNs = {System.nanoTime() - SNAPSHOT_PATIENCE_NS};
        cluster.await(
                what,
                () -> {
                    if (System.nanoTime() - askedNs[0] >= SNAPSHOT_PATIENCE_NS) {
                        askedNs[0] = System.nanoTime();
                        final int leader = cluster.leader();
                        if (leader >= 0) {
                            scene.ask(leader, MemberStatus.Request.SNAPSHOT);
                        }
                    }
                    return isThere.getAsBoolean();
                });
    }

    /** Kills a member, and again once it has replayed a part of its log and not yet the rest. */
    Evidence killInReplay(final int member) {
        new Filler(cluster).fill(REPLAYED_ENTRIES);
        cluster.kill(member);
        final long before = scene.view(member).appliedPosition();
        Evidence evidence = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            startAndKillInReplay(member);
            evidence = Evidence.inReplay(scene.view(member), before);
            if (evidence.struck()) {
                return evidence;
            }
        }
        return evidence;
    }

    private void startAndKillInReplay(final int member) {
        try (MemberStatus status = scene.status(member)) {
            cluster.start(member);
            final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REPLAY_MS);
            while (!isReplaying(status, cluster.pid(member)) && System.nanoTime() - endNs < 0) {
                LockSupport.parkNanos(50_000);
            }
            cluster.kill(member);
        }
    }

    /** It has applied something of its log since it was started: the start itself applies none. */
    private static boolean isReplaying(final MemberStatus status, final long pid) {
        return status.pid() == pid && status.appliedPosition() > status.replayedFromPosition();
    }
}
