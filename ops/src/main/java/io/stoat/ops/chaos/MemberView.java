package io.stoat.ops.chaos;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.MemberStatus;

/**
 * A member's state at a moment, also of a dead one: what it did last.
 *
 * @param member number.
 * @param isLeader whether it leads.
 * @param term leadership term.
 * @param appliedPosition of the log.
 * @param appliedTimeMs of the log at that position, ms since the epoch.
 * @param heartbeatMs last sign of life, ms since the epoch.
 * @param replayedFrom position from which its start replayed the log.
 * @param snapshotInCopy position of the snapshot whose entries are copied, 0 for none.
 */
record MemberView(
        int member,
        boolean isLeader,
        long term,
        long appliedPosition,
        long appliedTimeMs,
        long heartbeatMs,
        long replayedFrom,
        long snapshotInCopy) {
    /**
     * @param config of a cluster of one group.
     * @param member number.
     * @throws io.stoat.replication.ReplicationException when it never ran.
     */
    static MemberView of(final ClusterConfig config, final int member) {
        try (MemberStatus status = MemberStatus.attach(config.memberDir(0, member))) {
            return new MemberView(
                    member,
                    status.isLeader(),
                    status.leadershipTerm(),
                    status.appliedPosition(),
                    status.appliedTimeMs(),
                    status.heartbeatMs(),
                    status.replayedFromPosition(),
                    status.snapshotInCopyPosition());
        }
    }
}
