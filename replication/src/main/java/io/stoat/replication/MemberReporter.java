package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.ClusterException;
import io.aeron.exceptions.AeronException;
import io.stoat.replication.codec.ChecksumReportEncoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.SnapshotReportEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells the log which snapshot a member has, and the checksum of its content that it has noted
 * last, in short sessions of its own, again and again until the log says so: only then may the
 * others purge what this member would need, and does every host know what the member holds. One
 * thread.
 */
final class MemberReporter implements AutoCloseable {
    private static final long SESSION_NS = TimeUnit.SECONDS.toNanos(1);

    private final MemberContext context;
    private final Aeron aeron;
    private final MemberStatus status;
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final SnapshotReportEncoder snapshotReport = new SnapshotReportEncoder();
    private final ChecksumReportEncoder checksumReport = new ChecksumReportEncoder();
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[64]);
    private AeronCluster.AsyncConnect connect;
    private AeronCluster session;
    private long position;
    private long connectedNs;
    private boolean isSnapshotSent;
    private boolean isSumSent;

    MemberReporter(final MemberContext context, final Aeron aeron, final MemberStatus status) {
        this.context = context;
        this.aeron = aeron;
        this.status = status;
    }

    /** Sees to it that a snapshot's position is known to the log. */
    void report(final long snapshotPosition) {
        position = snapshotPosition;
    }

    int poll() {
        try {
            if (session == null) {
                if (isSnapshotDue() || isSumDue()) {
                    connect();
                }
            } else {
                talk();
            }
            return 0;
        } catch (final AeronException | IllegalStateException noLeaderNow) {
            close();
            return 0;
        }
    }

    private boolean isSnapshotDue() {
        return position > status.reportedSnapshotPosition();
    }

    private boolean isSumDue() {
        return status.checksumPosition() > status.reportedSum(context.member()).position();
    }

    private void connect() {
        if (connect == null) {
            connect = AeronCluster.asyncConnect(MemberSession.context(context, aeron));
        }
        session = connect.poll();
        if (session != null) {
            connect = null;
            connectedNs = System.nanoTime();
            isSnapshotSent = false;
            isSumSent = false;
        }
    }

    private void talk() {
        session.pollEgress();
        if (session.isClosed()) {
            throw new ClusterException("session closed");
        }
        isSnapshotSent = isSnapshotSent || isSnapshotDue() && sendSnapshot();
        isSumSent = isSumSent || isSumDue() && sendSum();
        if (System.nanoTime() - connectedNs > SESSION_NS || !isSnapshotDue() && !isSumDue()) {
            close();
        }
    }

    private boolean sendSnapshot() {
        snapshotReport
                .wrapAndApplyHeader(buffer, 0, header)
                .memberId(context.member())
                .reserved(0)
                .snapshotPosition(position);
        return send(SnapshotReportEncoder.BLOCK_LENGTH);
    }

    private boolean sendSum() {
        final ContentSum sum = status.contentSum();
        checksumReport
                .wrapAndApplyHeader(buffer, 0, header)
                .memberId(context.member())
                .reserved(0)
                .position(sum.position())
                .checksum(sum.checksum())
                .entries(sum.entries());
        return send(ChecksumReportEncoder.BLOCK_LENGTH);
    }

    private boolean send(final int blockLength) {
        return session.offer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + blockLength) > 0;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(connect, session);
        connect = null;
        session = null;
    }
}
