package io.stoat.replication;

import io.aeron.Aeron;
import io.stoat.replication.codec.ChecksumResultDecoder;
import io.stoat.replication.codec.CommandResultsDecoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.ReadResultDecoder;
import org.agrona.DirectBuffer;

/** A client's dealings with one group: its session, its commands and its question. One thread. */
final class GroupClient implements AutoCloseable {
    private final ClusterSession session;
    private final CommandFlow flow;
    private final LogQuery query;
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private long position;

    GroupClient(
            final ReplicatedClientContext context,
            final Aeron aeron,
            final int group,
            final ResultListener listener) {
        session = new ClusterSession(context, group, aeron, this::onAnswer);
        flow = new CommandFlow(context, session, group, listener);
        query = new LogQuery(context, session);
    }

    /** Sends, receives, follows the leader; never blocks. */
    int poll(final long nowNs) {
        final int work = session.poll(nowNs);
        flow.poll(nowNs, session.takeRenewed());
        return work;
    }

    private void onAnswer(final DirectBuffer buffer, final int offset, final int length) {
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            return;
        }
        final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        switch (header.templateId()) {
            case CommandResultsDecoder.TEMPLATE_ID -> flow.onResults(header, buffer, body);
            case ReadResultDecoder.TEMPLATE_ID -> query.onReadResult(header, buffer, body);
            case ChecksumResultDecoder.TEMPLATE_ID -> query.onChecksumResult(header, buffer, body);
            default -> {
                // a later version's answer to what this version never asks
            }
        }
    }

    ClusterSession session() {
        return session;
    }

    CommandFlow flow() {
        return flow;
    }

    LogQuery query() {
        return query;
    }

    /** The group has answered at a position of its log. */
    void reached(final long newPosition) {
        position = Math.max(position, newPosition);
    }

    /** Position of the group's log that a read has to have reached to see this client's calls. */
    long position() {
        return position;
    }

    @Override
    public void close() {
        session.close();
    }
}
