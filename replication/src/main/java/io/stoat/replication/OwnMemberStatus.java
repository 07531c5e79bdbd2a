package io.stoat.replication;

import static io.stoat.replication.MemberStatusDescriptor.*;

import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/**
 * A member's state as the member itself shows it. Each field is written by one thread of the
 * member, with release.
 */
final class OwnMemberStatus extends MemberStatus {
    private OwnMemberStatus(final Path file, final Object fileKey, final MappedByteBuffer mapped) {
        super(file, fileKey, mapped);
    }

    /** Makes or takes over the file as the member itself. */
    static OwnMemberStatus own(final Path memberDir, final int member) {
        final Path file = memberDir.resolve(FILE_NAME);
        final MappedByteBuffer mapped = map(file);
        final OwnMemberStatus status = new OwnMemberStatus(file, keyOf(file), mapped);
        status.buffer.putLongVolatile(0, 0);
        status.buffer.setMemory(8, LENGTH - 8, (byte) 0);
        status.put(PID, ProcessHandle.current().pid());
        status.put(MEMBER, member);
        status.put(LEADER, -1);
        status.put(STATE, State.STARTING.ordinal());
        status.buffer.putLongVolatile(0, LAYOUT_VERSION);
        return status;
    }

    private void put(final int offset, final long value) {
        buffer.putLongRelease(offset, value);
    }

    /** Everything up to a position has been applied; the data is visible before this is. */
    void applied(final long position, final long timeMs) {
        buffer.putLongRelease(APPLIED_POSITION, position);
        buffer.putLongRelease(APPLIED_TIME, timeMs);
    }

    /** The member is live, and has applied something now, by the host's monotonic clock. */
    void appliedAt(final long nowNs) {
        put(APPLIED_AT, nowNs);
    }

    /** The state is loaded into the shards of this opening of the data directory; 0: it is not. */
    void store(final long storeId) {
        put(STORE, storeId);
    }

    void countCommands(final int count) {
        buffer.putLongRelease(COMMANDS, buffer.getLong(COMMANDS) + count);
    }

    void countRepeated() {
        buffer.putLongRelease(REPEATED, buffer.getLong(REPEATED) + 1);
    }

    void state(final State state) {
        put(STATE, state.ordinal());
    }

    void heartbeat(final long nowMs) {
        put(HEARTBEAT, nowMs);
    }

    void role(final long role) {
        put(ROLE, role);
    }

    void leader(final long leader, final long term) {
        put(TERM, term);
        put(LEADER, leader);
    }

    void snapshot(final long position, final long pauseNs) {
        put(SNAPSHOT_PAUSE, pauseNs);
        put(SNAPSHOT_POSITION, position);
    }

    void snapshotInCopy(final long position) {
        put(SNAPSHOT_IN_COPY, position);
    }

    void snapshotCopy(final long copyNs) {
        put(SNAPSHOT_COPY, copyNs);
    }

    void snapshotWait(final long waitNs) {
        put(SNAPSHOT_WAIT, waitNs);
    }

    void quorumSnapshot(final long position, final long own) {
        put(REPORTED_SNAPSHOT, own);
        put(QUORUM_SNAPSHOT, position);
    }

    void logStart(final long position) {
        put(LOG_START, position);
    }

    void contentSum(final ContentSum sum) {
        sum.write(buffer, CHECKSUM_POSITION);
    }

    /** What the log says of a member's content. */
    void reportedSum(final int member, final ContentSum sum) {
        sum.write(buffer, reportedSumOffset(member));
    }

    void commitPosition(final long position) {
        put(COMMIT_POSITION, position);
    }

    void replayedFrom(final long position) {
        put(REPLAYED_FROM, position);
    }

    void elections(final long count) {
        put(ELECTIONS, count);
    }

    /** Takes the request of another process, once. */
    Request takeRequest() {
        final long request = buffer.getLongVolatile(REQUEST);
        if (request == 0) {
            return Request.NONE;
        }
        buffer.putLongVolatile(REQUEST, 0);
        return request > 0 && request < Request.values().length
                ? Request.values()[(int) request]
                : Request.NONE;
    }
}
