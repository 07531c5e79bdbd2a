package io.stoat.replication;

import java.util.Arrays;

/** The last snapshot that each member has reported in the log: replicated state. */
final class SnapshotReports {
    private final long[] positions;
    private final long[] sorted;
    private final int quorum;

    SnapshotReports(final int members, final int quorum) {
        positions = new long[members];
        sorted = new long[members];
        this.quorum = quorum;
    }

    void report(final int member, final long position) {
        if (member >= 0 && member < positions.length) {
            positions[member] = Math.max(positions[member], position);
        }
    }

    int members() {
        return positions.length;
    }

    long position(final int member) {
        return positions[member];
    }

    /** A quorum has a snapshot of this position or of a later one; 0 = not yet. */
    long quorumPosition() {
        System.arraycopy(positions, 0, sorted, 0, positions.length);
        Arrays.sort(sorted);
        return sorted[sorted.length - quorum];
    }
}
