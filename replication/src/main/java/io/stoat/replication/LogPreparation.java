package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it, before the consensus module starts, that a member has a snapshot and a log to start
 * from, and the settings that the others have: its own log, from the newest snapshot that is whole;
 * or, where that does not do, those of the leader. Launching thread.
 */
final class LogPreparation {
    private static final int PEER_ATTEMPTS = 30;
    private static final int NOTICE_ATTEMPTS = 4;
    private static final long NOTICE_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final String ONLY_WHAT_IS_LEFT =
            ": the member goes on with what is left; what was acknowledged may be missing";
    private static final long PEER_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    private final MemberContext context;
    private final MemberDirectories directories;
    private final OwnMemberStatus status;
    private final MemberEngine engine;
    private final ContentSettings content;
    private boolean isShown;

    LogPreparation(
            final MemberContext context,
            final MemberDirectories directories,
            final OwnMemberStatus status,
            final MemberEngine engine) {
        this.context = context;
        this.directories = directories;
        this.status = status;
        this.engine = engine;
        content = context.config().content();
    }

    /**
     * Fetches snapshot and log when this member has no log, because it is new or its disk was
     * wiped, or when its log ends before the others' begin; or when the machine was booted since
     * the log was written without syncing it.
     *
     * @throws ReplicationException when settings of this member and of one that runs differ.
     */
    void fetchWhenMissing() throws IOException {
        final boolean isDoubtful =
                !context.config().isSynced()
                        && !directories.hasNoLog()
                        && directories.isBootedSince();
        if (context.config().members() == 1) {
            if (isDoubtful) {
                say(doubt() + ONLY_WHAT_IS_LEFT);
            }
            return;
        }
        isShown = SettingsNotice.withdrawOthers(engine.localArchive(), content);
        final PeerLogs peers = askAlike();
        if (isDoubtful && isFetchedAfterBoot(peers) || !peers.isFound()) {
            return;
        }
        if (!directories.hasNoLog()) {
            status.heartbeat(System.currentTimeMillis());
            final PeerLogs own = ownLog();
            if (own.isFound() && own.end() >= peers.start()) {
                return;
            }
        }
        engine.startLogAnew();
        fetch(peers.end());
    }

    private String doubt() {
        return "the machine was booted since the log of "
                + directories.memberDir()
                + " was written, and file-sync-level=0: what the page cache had not written of it is"
                + " lost";
    }

    /** Others have what is lost here, if they have a leader. */
    private boolean isFetchedAfterBoot(final PeerLogs peers) throws IOException {
        status.heartbeat(System.currentTimeMillis());
        if (!peers.isFound() || !MemberSession.hasLeader(context)) {
            say(doubt() + "; no leader of the others answers" + ONLY_WHAT_IS_LEFT);
            return false;
        }
        final Path aside = engine.startLogBeside();
        say(
                doubt()
                        + "; the member fetches snapshot and log from the leader; what is left here"
                        + " stays in "
                        + aside
                        + " until it has done so");
        fetch(peers.end());
        directories.logIsReplaced();
        return true;
    }

    /** Asks the others, and makes sure that their settings are this member's. */
    private PeerLogs askAlike() {
        for (int attempt = 1; ; attempt++) {
            final PeerLogs peers = PeerLogs.ask(context);
            final StringJoiner differences = new StringJoiner("; ");
            peers.settings()
                    .forEach(
                            (peer, theirs) -> {
                                if (content.differsFrom(theirs)) {
                                    differences.add(
                                            content.difference(
                                                    theirs, " in member " + peer + ", which runs"));
                                }
                            });
            if (differences.length() == 0) {
                return peers;
            }
            if (attempt == NOTICE_ATTEMPTS) {
                throw SettingsGate.refusal(context, differences.toString());
            }
            // it may just have been started, and still show what it had before
            LockSupport.parkNanos(NOTICE_PAUSE_NS);
            status.heartbeat(System.currentTimeMillis());
        }
    }

    /** Shows the others this member's settings; the log does not change any more. */
    void showSettings() {
        if (context.config().members() > 1 && !isShown) {
            SettingsNotice.post(engine.localArchive(), content);
        }
    }

    /**
     * Chooses the snapshot to start from.
     *
     * @param resumePoint that the shards' files have, or null.
     * @return whether log and snapshots were fetched instead: nothing that was here counts then.
     * @throws ReplicationException when there is none, and nobody to fetch one from.
     */
    boolean settleSnapshot(final ResumePoint resumePoint) throws IOException {
        final SnapshotChoice choice = choose(resumePoint);
        if (choice.isNewest()) {
            return false;
        }
        if (choice.isLogThere()) {
            choice.settle();
            if (choice.isAnyDamaged()) {
                say(
                        choice.findings()
                                + ": the member starts from "
                                + (choice.position() == 0
                                        ? "the beginning of its log"
                                        : "the snapshot before, at position " + choice.position())
                                + ", and applies the log since then; the recordings stay until a"
                                + " later snapshot is whole");
            }
            return false;
        }
        if (context.config().members() == 1) {
            throw new ReplicationException(
                    choice.findings()
                            + "; the log does not reach back to a snapshot before, and there is no"
                            + " other member to fetch from. Nothing was changed in "
                            + directories.memberDir()
                            + ": put the directories cluster and log of a backup ('stoat cluster"
                            + " backup') in place of those there; or move them away to begin"
                            + " empty");
        }
        fetchInstead(choice);
        return true;
    }

    private SnapshotChoice choose(final ResumePoint resumePoint) {
        final File clusterDir = directories.clusterDir().toFile();
        if (resumePoint != null) {
            final SnapshotChoice unread =
                    SnapshotChoice.of(clusterDir, engine.localArchive(), false);
            if (resumePoint.covers(unread.position(), clusterDir, engine.localArchive())) {
                return unread;
            }
        }
        return SnapshotChoice.of(clusterDir, engine.localArchive(), true);
    }

    private void fetchInstead(final SnapshotChoice choice) throws IOException {
        PeerLogs peers = PeerLogs.ask(context);
        for (int attempt = 0; !peers.isFound(); attempt++) {
            if (attempt == PEER_ATTEMPTS) {
                throw new ReplicationException(
                        choice.findings()
                                + "; the log of "
                                + directories.memberDir()
                                + " does not reach back to a snapshot before, and no other member"
                                + " answers: start a quorum of the others, from which this one"
                                + " fetches both. Nothing was changed");
            }
            LockSupport.parkNanos(PEER_PAUSE_NS);
            status.heartbeat(System.currentTimeMillis());
            peers = PeerLogs.ask(context);
        }
        // what this member has acknowledged has to be there again
        final long end = Math.max(peers.end(), ownLog().end());
        final Path aside = engine.startLogBeside();
        say(
                choice.findings()
                        + "; the log does not reach back to a snapshot before: the member fetches"
                        + " both from the leader; its own stay in "
                        + aside
                        + " until it has done so");
        fetch(end);
        directories.logIsReplaced();
    }

    private void fetch(final long toPosition) {
        isShown = false;
        status.state(MemberStatus.State.SEEDING);
        MemberSeed.untilWhole(
                () -> {
                    final long position =
                            MemberSeed.fetch(
                                    context, directories, engine.localArchive(), toPosition);
                    return new MemberSeed.Fetched(
                            position,
                            SnapshotChoice.of(
                                    directories.clusterDir().toFile(),
                                    engine.localArchive(),
                                    true));
                },
                () -> {
                    status.heartbeat(System.currentTimeMillis());
                    engine.startLogAnew();
                });
        status.state(MemberStatus.State.STARTING);
    }

    private PeerLogs ownLog() {
        try (AeronArchive archive = AeronArchive.connect(engine.localArchive())) {
            return PeerLogs.of(archive);
        }
    }

    private void say(final String what) {
        context.errorHandler().onError(new ReplicationException(what));
    }
}
