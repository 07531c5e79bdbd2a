package io.stoat.replication;

import static io.stoat.replication.MemberStatusDescriptor.*;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A member's state in a small mapped file, {@code member.status}, that any process of the host may
 * read, and through which it may ask the member for something. Fields are read with acquire; the
 * places are those of {@link MemberStatusDescriptor}. Any thread.
 */
public sealed class MemberStatus implements AutoCloseable permits OwnMemberStatus {
    /** Name of the file in the member's directory. */
    public static final String FILE_NAME = "member.status";

    /** What a member is doing. */
    public enum State {
        /** Not running. */
        CLOSED,
        /** Waiting for a leader, loading a snapshot or replaying its log. */
        STARTING,
        /** Fetching snapshot and log from another member, because its own are missing or old. */
        SEEDING,
        /** Applying the log as it grows. */
        LIVE
    }

    /** What another process asks of a member. */
    public enum Request {
        /** Nothing. */
        NONE,
        /** Take a snapshot on all members; of the leader. */
        SNAPSHOT,
        /** Let another member lead; of the leader. */
        STEP_DOWN
    }

    private final Path file;
    private final Object fileKey;
    private final MappedByteBuffer mapped;

    /** The file's bytes; only {@link OwnMemberStatus} changes them, but for a request. */
    final UnsafeBuffer buffer;

    MemberStatus(final Path file, final Object fileKey, final MappedByteBuffer mapped) {
        this.file = file;
        this.fileKey = fileKey;
        this.mapped = mapped;
        buffer = new UnsafeBuffer(mapped);
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ReplicationException("a little-endian processor is needed");
        }
    }

    /**
     * Maps the file of a member that is or was running on this host.
     *
     * @param memberDir directory of the member.
     * @return its status.
     * @throws ReplicationException when there is none.
     */
    public static MemberStatus attach(final Path memberDir) {
        final Path file = memberDir.resolve(FILE_NAME);
        try {
            if (!Files.exists(file) || Files.size(file) < LENGTH) {
                throw new ReplicationException(
                        "no member has run in "
                                + memberDir
                                + ": start it with 'stoat node --cluster FILE --member N'");
            }
        } catch (final IOException ex) {
            throw new ReplicationException("cannot read " + file + ": " + ex, ex);
        }
        // a file that takes this one's place meanwhile is noticed later: its key is another one
        final Object fileKey = keyOf(file);
        final MemberStatus status = new MemberStatus(file, fileKey, map(file));
        final long version = status.buffer.getLongVolatile(0);
        if (version != LAYOUT_VERSION && version != 0) {
            status.close();
            throw new ReplicationException(
                    file + " has layout version " + version + ", expected " + LAYOUT_VERSION);
        }
        return status;
    }

    /** What the file system knows a file by; null when there is none. */
    static Object keyOf(final Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (final IOException gone) {
            return null;
        }
    }

    /** Whether another file, or none, has taken the place of the one that is mapped here. */
    boolean isReplaced() {
        return fileKey == null || !fileKey.equals(keyOf(file));
    }

    private long get(final int offset) {
        return buffer.getLongAcquire(offset);
    }

    /**
     * Asks the member for something; any process that may write the file.
     *
     * @param request what.
     */
    public void ask(final Request request) {
        buffer.putLongVolatile(REQUEST, request.ordinal());
    }

    /**
     * @return process of the member.
     */
    public long pid() {
        return get(PID);
    }

    /**
     * @return number of the member.
     */
    public int member() {
        return (int) get(MEMBER);
    }

    /**
     * @return last sign of life, ms since the epoch.
     */
    public long heartbeatMs() {
        return get(HEARTBEAT);
    }

    /**
     * @return what the member is doing; what a dead one was doing.
     */
    public State state() {
        return State.values()[(int) get(STATE)];
    }

    /** Position of the snapshot that the log knows this member to have. */
    long reportedSnapshotPosition() {
        return get(REPORTED_SNAPSHOT);
    }

    /** Whether the member applies the log as it grows; allocates nothing. */
    boolean isLive() {
        return get(STATE) == State.LIVE.ordinal();
    }

    /** Whether the member was closed; allocates nothing. */
    boolean isClosed() {
        return get(STATE) == State.CLOSED.ordinal();
    }

    /**
     * @return whether the member leads.
     */
    public boolean isLeader() {
        return get(ROLE) == 2;
    }

    /**
     * @return member that leads as far as this one knows, or -1.
     */
    public int leader() {
        return (int) get(LEADER);
    }

    /**
     * @return leadership term.
     */
    public long leadershipTerm() {
        return get(TERM);
    }

    /**
     * @return log position up to which everything is in the shards.
     */
    public long appliedPosition() {
        return get(APPLIED_POSITION);
    }

    /**
     * @return time of the log at the applied position, ms since the epoch.
     */
    public long appliedTimeMs() {
        return get(APPLIED_TIME);
    }

    /**
     * @return when the member, live, last applied anything: {@link System#nanoTime()} of its host;
     *     0 before the first time.
     */
    public long appliedAtNs() {
        return get(APPLIED_AT);
    }

    /**
     * @return the opening of the data directory ({@link io.stoat.store.StoreReader#ownerId()})
     *     whose shards hold the state up to {@link #appliedPosition()}; 0 while a member that
     *     starts has not loaded it, or its shards are damaged.
     */
    public long storeId() {
        return get(STORE);
    }

    /**
     * @return log position of the last whole snapshot, 0 for none.
     */
    public long snapshotPosition() {
        return get(SNAPSHOT_POSITION);
    }

    /**
     * @return how long the last snapshot stopped the service, ns.
     */
    public long snapshotPauseNs() {
        return get(SNAPSHOT_PAUSE);
    }

    /**
     * @return log position of the snapshot whose entries are being copied, 0 for none.
     */
    public long snapshotInCopyPosition() {
        return get(SNAPSHOT_IN_COPY);
    }

    /**
     * @return how long copying the last snapshot's entries took, ns; the service went on meanwhile.
     */
    public long snapshotCopyNs() {
        return get(SNAPSHOT_COPY);
    }

    /**
     * @return how long the service waited in all during the last copy, because it changed entries
     *     faster than they were recorded, ns.
     */
    public long snapshotWaitNs() {
        return get(SNAPSHOT_WAIT);
    }

    /**
     * @return log position of which a quorum has a snapshot.
     */
    public long quorumSnapshotPosition() {
        return get(QUORUM_SNAPSHOT);
    }

    /**
     * @return first log position on the disk.
     */
    public long logStartPosition() {
        return get(LOG_START);
    }

    /**
     * @return log position of {@link #checksum()}, 0 for none.
     */
    public long checksumPosition() {
        return get(CHECKSUM_POSITION);
    }

    /**
     * @return checksum of the content at {@link #checksumPosition()}.
     */
    public long checksum() {
        return get(CHECKSUM);
    }

    /**
     * @return entries at {@link #checksumPosition()}.
     */
    public long checksumEntries() {
        return get(CHECKSUM_ENTRIES);
    }

    /**
     * @return checksum that the member has noted last, with its position.
     */
    public ContentSum contentSum() {
        return ContentSum.read(buffer, CHECKSUM_POSITION);
    }

    /**
     * What another member, on whichever host, has reported to the log of the group.
     *
     * @param member number.
     * @return its last checksum that this member knows of.
     */
    public ContentSum reportedSum(final int member) {
        return ContentSum.read(buffer, reportedSumOffset(member));
    }

    /**
     * @return log position that the member knows to be committed.
     */
    public long commitPosition() {
        return get(COMMIT_POSITION);
    }

    /**
     * @return log position from which this start replayed commands into the shards.
     */
    public long replayedFromPosition() {
        return get(REPLAYED_FROM);
    }

    /**
     * @return elections since the member started.
     */
    public long elections() {
        return get(ELECTIONS);
    }

    /**
     * @return commands applied since the member started.
     */
    public long commands() {
        return get(COMMANDS);
    }

    /**
     * @return messages that were answered again instead of applied again.
     */
    public long repeatedMessages() {
        return get(REPEATED);
    }

    /**
     * @return whether the member runs: it was not closed, and its process lives.
     */
    public boolean isAlive() {
        return state() != State.CLOSED && isProcessAlive();
    }

    /**
     * @return whether the member's process lives; a closed member's may be about to launch it
     *     again.
     */
    public boolean isProcessAlive() {
        return ProcessHandle.of(pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    @Override
    public void close() {
        IoUtil.unmap(mapped);
    }
}
