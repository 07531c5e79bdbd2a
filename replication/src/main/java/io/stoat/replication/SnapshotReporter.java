package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.ClusterException;
import io.aeron.exceptions.AeronException;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.SnapshotReportEncoder;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Tells the log which snapshot a member has, in a short session of its own, again and again until
 * the log says so: only then may the others purge what this member would need.
 */
final class SnapshotReporter implements AutoCloseable {
    private static final long SESSION_NS = TimeUnit.SECONDS.toNanos(1);

    private final MemberContext context;
    private final Aeron aeron;
    private final MemberStatus status;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[64]);
    private AeronCluster.AsyncConnect connect;
    private AeronCluster session;
    private long position;
    private long sentNs;
    private boolean isSent;

    SnapshotReporter(final MemberContext context, final Aeron aeron, final MemberStatus status) {
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
                if (position > status.reportedSnapshotPosition()) {
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

    private void connect() {
        if (connect == null) {
            connect = AeronCluster.asyncConnect(MemberSession.context(context, aeron));
        }
        session = connect.poll();
        if (session != null) {
            connect = null;
            isSent = false;
        }
    }

    private void talk() {
        session.pollEgress();
        if (session.isClosed()) {
            throw new ClusterException("session closed");
        }
        if (!isSent) {
            new SnapshotReportEncoder()
                    .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
                    .memberId(context.member())
                    .reserved(0)
                    .snapshotPosition(position);
            isSent =
                    session.offer(
                                    buffer,
                                    0,
                                    MessageHeaderEncoder.ENCODED_LENGTH
                                            + SnapshotReportEncoder.BLOCK_LENGTH)
                            > 0;
            sentNs = System.nanoTime();
        }
        if (System.nanoTime() - sentNs > SESSION_NS
                || position <= status.reportedSnapshotPosition()) {
            close();
        }
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(connect, session);
        connect = null;
        session = null;
    }
}
