package io.stoat.ops.cluster;

import io.stoat.ops.CommandFailure;
import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberStatus;
import io.stoat.replication.ReplicationException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A group's members that run, or have run, on this host, seen through their status files. */
final class LocalMembers {
    private static final long AWAIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final ClusterConfig config;
    private final int group;

    LocalMembers(final ClusterConfig config, final int group) {
        this.config = config;
        this.group = group;
    }

    int group() {
        return group;
    }

    /** How a message calls the group; nothing where there is one only. */
    String name() {
        return config.groups() == 1 ? "" : "group " + group + ": ";
    }

    List<MemberStatus> all() {
        final List<MemberStatus> all = new ArrayList<>();
        for (int member = 0; member < config.members(); member++) {
            try {
                all.add(MemberStatus.attach(config.memberDir(group, member)));
            } catch (final ReplicationException notHere) {
                // it runs on another host, or never ran
            }
        }
        if (all.isEmpty()) {
            throw CommandFailure.failed(
                    "no member has run on this host under "
                            + config.dir()
                            + ": start one with 'stoat node --cluster FILE --member N'");
        }
        return all;
    }

    private Stream<MemberStatus> live() {
        return alive().stream().filter(status -> status.state() == MemberStatus.State.LIVE);
    }

    /**
     * A member that runs here and follows the log, and so knows what the others report in it; empty
     * when none does.
     */
    Optional<MemberStatus> witness() {
        return live().findFirst();
    }

    List<MemberStatus> alive() {
        return all().stream().filter(MemberStatus::isAlive).toList();
    }

    /** Number of the group's leader as the live member of this host knows it that knows best. */
    int leader() {
        return leaderAfter(Long.MIN_VALUE)
                .orElseThrow(
                        () ->
                                CommandFailure.failed(
                                        name() + "no member of this host knows a leader"));
    }

    /** The leader that was elected after a term, as soon as a live member of this host knows it. */
    OptionalInt leaderAfter(final long term) {
        return live()
                .filter(status -> status.leader() >= 0 && status.leadershipTerm() > term)
                .max(Comparator.comparingLong(MemberStatus::leadershipTerm))
                .stream()
                .mapToInt(MemberStatus::leader)
                .findFirst();
    }

    /** The group's leader, which runs here. */
    MemberStatus leaderHere() {
        return alive().stream()
                .filter(MemberStatus::isLeader)
                .findFirst()
                .orElseThrow(
                        () ->
                                CommandFailure.failed(
                                        name()
                                                + "no member on this host leads: see 'stoat cluster"
                                                + " status', and ask on the leader's host"));
    }

    static void await(final String what, final BooleanSupplier condition) {
        if (!isWithin(AWAIT_NS, condition)) {
            throw CommandFailure.failed(what + " did not happen within a minute");
        }
    }

    /** Waits for a condition; false when it does not come in time. */
    static boolean isWithin(final long timeoutNs, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + timeoutNs;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            LockSupport.parkNanos(5_000_000);
        }
        return true;
    }
}
