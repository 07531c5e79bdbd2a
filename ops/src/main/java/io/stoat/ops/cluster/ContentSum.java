package io.stoat.ops.cluster;

import io.stoat.replication.MemberStatus;

/**
 * Checksum of a member's content.
 *
 * @param position of the log.
 * @param checksum of the content at that position.
 * @param entries at that position.
 */
record ContentSum(long position, long checksum, long entries) {
    /** The last one that a member has noted; all of it belongs to one position. */
    static ContentSum noted(final MemberStatus status) {
        while (true) {
            final long position = status.checksumPosition();
            final ContentSum sum =
                    new ContentSum(position, status.checksum(), status.checksumEntries());
            if (status.checksumPosition() == position) {
                return sum;
            }
            Thread.onSpinWait();
        }
    }
}
