package io.stoat.ops.chaos;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether a fault struck: decided from what members, their processes and controls left, not from
 * what was asked of them.
 *
 * @param struck whether it did.
 * @param what shows it, or what is missing.
 */
record Evidence(boolean struck, String what) {
    private static final Pattern FULL_DISK =
            Pattern.compile(
                    "No space left on device|"
                            + "fault occurred in (an unsafe memory access|a recent unsafe memory)|"
                            + "SIGBUS|storage space|STORAGE_SPACE");
    private static final int LONGEST_LINE = 200;

    private static Evidence of(final boolean struck, final String what, final Object... values) {
        return new Evidence(struck, String.format(java.util.Locale.ROOT, what, values));
    }

    /**
     * @param left what a killed member left.
     * @param isRunning whether its process still is.
     * @param mustLead whether it was to lead when it was killed.
     */
    static Evidence killed(final MemberView left, final boolean isRunning, final boolean mustLead) {
        if (isRunning) {
            return of(false, "member %d still runs", left.member());
        }
        if (mustLead && !left.isLeader()) {
            return of(false, "member %d did not lead any more", left.member());
        }
        return of(
                true,
                left.isLeader()
                        ? "member %d led term %d until it was killed"
                        : "member %d followed until it was killed",
                left.member(),
                left.term());
    }

    /**
     * @param before a member, stopped.
     * @param after the same, before it goes on.
     * @param stoodMs time between.
     */
    static Evidence stoodStill(
            final MemberView before, final MemberView after, final long stoodMs) {
        return before.heartbeatMs() == after.heartbeatMs()
                        && before.appliedPosition() == after.appliedPosition()
                ? of(true, "member %d gave no sign of life for %d ms", before.member(), stoodMs)
                : of(
                        false,
                        "member %d lived on, by %d ms",
                        before.member(),
                        after.heartbeatMs() - before.heartbeatMs());
    }

    /**
     * @param before the leader before the fault.
     * @param leader now, or null for none in time.
     */
    static Evidence replaced(final MemberView before, final MemberView leader) {
        if (!before.isLeader()) {
            return of(false, "member %d did not lead any more", before.member());
        }
        if (leader == null || leader.term() <= before.term()) {
            return of(
                    false,
                    "no leader followed member %d of term %d",
                    before.member(),
                    before.term());
        }
        return of(
                true,
                "member %d led term %d, then member %d term %d",
                before.member(),
                before.term(),
                leader.member(),
                leader.term());
    }

    /**
     * @param before a follower, after it was cut off.
     * @param after the same later.
     * @param leaderBefore the leader, then.
     * @param leaderAfter the leader, later.
     */
    static Evidence cutOff(
            final MemberView before,
            final MemberView after,
            final MemberView leaderBefore,
            final MemberView leaderAfter) {
        final long missed = leaderAfter.appliedPosition() - leaderBefore.appliedPosition();
        final boolean stood = before.appliedPosition() == after.appliedPosition();
        return of(
                stood && missed > 0,
                stood
                        ? "member %d stood at %d and missed %d bytes of log"
                        : "member %d went on from %d, among %d bytes of log",
                before.member(),
                before.appliedPosition(),
                missed);
    }

    /**
     * @param left what a member left that was killed after it had been started.
     * @param before position that the same had applied before it was started.
     */
    static Evidence inReplay(final MemberView left, final long before) {
        final boolean within =
                left.replayedFrom() < left.appliedPosition() && left.appliedPosition() < before;
        return of(
                within,
                within
                        ? "member %d was killed at %d of its replay from %d to %d"
                        : "member %d was killed at %d, not within its replay from %d to %d",
                left.member(),
                left.appliedPosition(),
                left.replayedFrom(),
                before);
    }

    /**
     * @param left what a killed member left.
     */
    static Evidence inSnapshot(final MemberView left) {
        return left.snapshotInCopy() > 0
                ? of(
                        true,
                        "member %d was killed in the copy of the snapshot at %d",
                        left.member(),
                        left.snapshotInCopy())
                : of(false, "member %d had ended its snapshot before it was killed", left.member());
    }

    /**
     * @param before the leader, when its clock jumped.
     * @param jumpMs by which it did.
     * @param logTimeMs time of the log afterwards.
     * @param nowMs true time then.
     */
    static Evidence clockJumped(
            final MemberView before, final long jumpMs, final long logTimeMs, final long nowMs) {
        if (!before.isLeader()) {
            return of(false, "member %d did not lead when its clock jumped", before.member());
        }
        final long offMs = logTimeMs - nowMs;
        final boolean jumped = Math.abs(offMs - jumpMs) < Math.abs(jumpMs) / 2;
        return of(
                jumped,
                jumped
                        ? "member %d led term %d, and took the log's time to %d s off"
                        : "member %d led term %d, but the log's time is %d s off",
                before.member(),
                before.term(),
                offMs / 1_000);
    }

    /**
     * @param member number.
     * @param role that it had.
     * @param counts of its link.
     */
    static Evidence unruly(
            final int member, final String role, final MemberControls.LinkCounts counts) {
        return of(
                counts.receivedLost() > 0 && counts.receivedLate() > 0 && counts.sentLost() > 0,
                "member %d (%s): of %d datagrams received %d lost and %d late, of %d sent %d lost",
                member,
                role,
                counts.received(),
                counts.receivedLost(),
                counts.receivedLate(),
                counts.sent(),
                counts.sentLost());
    }

    /**
     * @param member number.
     * @param said what it printed since its disk was full.
     * @param isRunning whether its process still is.
     */
    static Evidence diskFull(final int member, final String said, final boolean isRunning) {
        final Optional<String> error =
                said.lines().filter(line -> FULL_DISK.matcher(line).find()).findFirst();
        if (error.isPresent()) {
            final String line = error.get().strip();
            return of(
                    true,
                    "member %d said: %s",
                    member,
                    line.substring(0, Math.min(line.length(), LONGEST_LINE)));
        }
        return isRunning
                ? of(false, "member %d found no error on its disk", member)
                : of(true, "member %d ended", member);
    }

    /**
     * @param member number.
     * @param isGone whether nothing of its files is left.
     */
    static Evidence wiped(final int member, final boolean isGone) {
        return of(
                isGone,
                isGone ? "member %d has no file any more" : "member %d still has files",
                member);
    }

    /** All of them, or none. */
    static Evidence all(final List<Evidence> parts) {
        return new Evidence(
                parts.stream().allMatch(Evidence::struck),
                parts.stream().map(Evidence::what).collect(Collectors.joining("; ")));
    }

    @Override
    public String toString() {
        return (struck ? "struck: " : "did not strike: ") + what;
    }
}
