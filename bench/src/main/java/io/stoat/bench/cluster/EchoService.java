package io.stoat.bench.cluster;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.cluster.codecs.CloseReason;
import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.aeron.cluster.service.ClusteredService;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The least that a clustered service can do: answers each message with as many bytes as the message
 * asks for. Its first word is a correlation id, the second the length of the answer.
 */
final class EchoService implements ClusteredService {
    private static final int ATTEMPTS = 16;

    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[1 << 20]);

    @Override
    public void onStart(final Cluster cluster, final Image snapshotImage) {
        // no state
    }

    @Override
    public void onSessionOpen(final ClientSession session, final long timestamp) {
        // no state
    }

    @Override
    public void onSessionClose(
            final ClientSession session, final long timestamp, final CloseReason closeReason) {
        // no state
    }

    @Override
    public void onSessionMessage(
            final ClientSession session,
            final long timestamp,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header header) {
        answer.putLong(0, buffer.getLong(offset));
        final int answerLength = (int) buffer.getLong(offset + Long.BYTES);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            final long result = session.offer(answer, 0, answerLength);
            if (result > 0 || result == Publication.NOT_CONNECTED || result == Publication.CLOSED) {
                return;
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void onTimerEvent(final long correlationId, final long timestamp) {
        // none
    }

    @Override
    public void onTakeSnapshot(final ExclusivePublication snapshotPublication) {
        snapshotPublication.offer(new ExpandableArrayBuffer(8), 0, 8);
    }

    @Override
    public void onRoleChange(final Cluster.Role newRole) {
        // the same in every role
    }

    @Override
    public void onTerminate(final Cluster cluster) {
        // no state
    }
}
