package io.stoat.replication;

import io.aeron.cluster.ClusterMember;
import io.aeron.cluster.ClusterMembership;
import java.util.function.Predicate;

/**
 * Decides when a leader steps down so that its group's preferred member leads again: it has led for
 * the configured time, the preferred member and enough others for a quorum follow without it, and
 * have everything that this one had at the question before. So leadership moves once in that time
 * at most, whoever wins. One thread.
 *
 * <p>Aeron Cluster hands no leadership over: the leader ends, and the preferred member stands for
 * election first. Should it lack the very last messages, another wins, and the time begins anew.
 */
final class LeaderReturn {
    /** Asked for positions so often while this member leads in the preferred one's place. */
    static final long ASK_INTERVAL_MS = 1_000;

    private static final long NO_POSITION = Long.MAX_VALUE;

    private final ClusterConfig config;
    private final int preferred;
    private final int member;
    private final Predicate<ClusterMembership> query;
    private long leaderSinceMs;
    private long nextAskMs;
    private long formerPosition = NO_POSITION;
    private boolean isLeader;
    private boolean isDone;

    /**
     * @param config of the cluster.
     * @param group of the member.
     * @param member number.
     * @param query asks the leader for its members' positions; false without an answer.
     */
    LeaderReturn(
            final ClusterConfig config,
            final int group,
            final int member,
            final Predicate<ClusterMembership> query) {
        this.config = config;
        this.member = member;
        this.query = query;
        preferred = config.preferredLeader(group);
    }

    /** Whether this member is to step down now, by a clock that never jumps; true once. */
    boolean isDue(final boolean leads, final long nowMs) {
        if (config.leaderReturnMs() == 0 || member == preferred || isDone) {
            return false;
        }
        if (leads != isLeader) {
            isLeader = leads;
            leaderSinceMs = nowMs;
            nextAskMs = nowMs;
            formerPosition = NO_POSITION;
        }
        if (!leads || nowMs - leaderSinceMs < config.leaderReturnMs() || nowMs - nextAskMs < 0) {
            return false;
        }
        nextAskMs = nowMs + ASK_INTERVAL_MS;
        isDone = canGiveWay();
        return isDone;
    }

    private boolean canGiveWay() {
        final ClusterMembership membership = new ClusterMembership();
        if (!query.test(membership) || membership.leaderMemberId != member) {
            formerPosition = NO_POSITION;
            return false;
        }
        final long from = formerPosition;
        int followers = 0;
        boolean preferredFollows = false;
        for (final ClusterMember other : membership.activeMembers) {
            if (other.id() == member) {
                formerPosition = other.logPosition();
            } else if (follows(other, membership.currentTimeNs, from)) {
                followers++;
                preferredFollows |= other.id() == preferred;
            }
        }
        return preferredFollows && followers >= config.quorum();
    }

    private boolean follows(final ClusterMember other, final long nowNs, final long from) {
        return other.logPosition() >= from
                && nowNs - other.timeOfLastAppendPositionNs() < config.heartbeatTimeoutNs();
    }
}
