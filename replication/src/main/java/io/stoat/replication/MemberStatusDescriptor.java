package io.stoat.replication;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Layout of {@code member.status}, see {@link MemberStatus}. Little-endian.
 *
 * <pre>
 *    0  layout version (8)            written last when the file is made
 *    8  pid (8)
 *   16  member (8)
 *   24  heartbeat (8)                 ms since the epoch
 *   32  state (8)                     see State
 *   40  role (8)                      0 follower, 1 candidate, 2 leader, as in Aeron Cluster
 *   48  leader (8)                    member, -1 unknown
 *   56  leadership term (8)
 *   64  applied position (8)          of the log; everything up to it is in the shards
 *   72  applied time (8)              of the log at that position, ms since the epoch
 *   80  snapshot position (8)         of the last snapshot that this member has whole
 *   88  snapshot pause (8)            how long the last one stopped the service, ns
 *   96  log start (8)                 first position that is still on the disk
 *  104  checksum position (8)         of the last content checksum, see checksum
 *  112  checksum (8)
 *  120  entries at checksum (8)
 *  128  request (8)                   asked for by another process: see Request; 0 = none
 *  136  commit position (8)           that this member knows of
 *  144  replayed from (8)             position from which this start replayed commands into the shards
 *  152  elections (8)                 that this member took part in since it started
 *  160  commands (8)                  applied since it started
 *  168  repeated messages (8)         answered again instead of applied again
 *  176  quorum snapshot position (8)  a quorum has a snapshot of this position
 *  184  reported snapshot (8)         position that the log knows this member to have a snapshot of
 *  192  snapshot in copy (8)          position of the snapshot whose entries are being copied, 0 = none
 *  200  snapshot copy (8)             how long the last copy took, ns: the service went on meanwhile
 *  208  snapshot wait (8)             how long the service waited for the last copy in all, ns
 *  216  store (8)                     opening of the data directory whose shards hold the state; 0 = not loaded
 *  224  applied at (8)                when this member, live, last applied anything; ns of the host's monotonic clock
 * 1024  reported sums (32 each)       of each member, by number, as the log has told it: see ContentSum
 * </pre>
 */
final class MemberStatusDescriptor {
    static final long LAYOUT_VERSION = 1;
    static final int LENGTH = 4096;
    static final int PID = 8;
    static final int MEMBER = 16;
    static final int HEARTBEAT = 24;
    static final int STATE = 32;
    static final int ROLE = 40;
    static final int LEADER = 48;
    static final int TERM = 56;
    static final int APPLIED_POSITION = 64;
    static final int APPLIED_TIME = 72;
    static final int SNAPSHOT_POSITION = 80;
    static final int SNAPSHOT_PAUSE = 88;
    static final int LOG_START = 96;
    static final int CHECKSUM_POSITION = 104;
    static final int CHECKSUM = 112;
    static final int CHECKSUM_ENTRIES = 120;
    static final int REQUEST = 128;
    static final int COMMIT_POSITION = 136;
    static final int REPLAYED_FROM = 144;
    static final int ELECTIONS = 152;
    static final int COMMANDS = 160;
    static final int REPEATED = 168;
    static final int QUORUM_SNAPSHOT = 176;
    static final int REPORTED_SNAPSHOT = 184;
    static final int SNAPSHOT_IN_COPY = 192;
    static final int SNAPSHOT_COPY = 200;
    static final int SNAPSHOT_WAIT = 208;
    static final int STORE = 216;
    static final int APPLIED_AT = 224;
    private static final int REPORTED_SUMS = 1024;
    private static final int SUM_STRIDE = 32;

    private MemberStatusDescriptor() {}

    /** Where what a member has reported begins. */
    static int reportedSumOffset(final int member) {
        if (member < 0 || member >= ClusterConfig.MAX_MEMBERS) {
            throw new IllegalArgumentException("member=" + member);
        }
        return REPORTED_SUMS + member * SUM_STRIDE;
    }

    /** Maps the file, and makes it when it is not there. */
    static MappedByteBuffer map(final Path file) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, LENGTH);
        } catch (final IOException ex) {
            throw new ReplicationException("cannot use " + file + ": " + ex, ex);
        }
    }
}
