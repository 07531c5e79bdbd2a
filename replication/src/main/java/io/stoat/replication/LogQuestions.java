package io.stoat.replication;

import io.aeron.cluster.service.ClientSession;
import io.aeron.cluster.service.Cluster;
import io.stoat.replication.codec.ChecksumReportDecoder;
import io.stoat.replication.codec.ChecksumRequestDecoder;
import io.stoat.replication.codec.ChecksumResultEncoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.ReadKeyDecoder;
import io.stoat.replication.codec.ReadResultEncoder;
import io.stoat.store.Status;
import io.stoat.store.StoreWriter;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The log's messages that ask and change no content: reads, and checksums that members note and
 * tell each other. Service's thread; answering a read allocates nothing.
 */
final class LogQuestions {
    private final StoreWriter writer;
    private final OwnMemberStatus status;
    private final long contentSettings;
    private final int members;
    private final ReadKeyDecoder readKey = new ReadKeyDecoder();
    private final ReadResultEncoder readResult = new ReadResultEncoder();
    private final ChecksumRequestDecoder checksumRequest = new ChecksumRequestDecoder();
    private final ChecksumResultEncoder checksumResult = new ChecksumResultEncoder();
    private final ChecksumReportDecoder checksumReport = new ChecksumReportDecoder();
    private final MessageHeaderEncoder answerHeader = new MessageHeaderEncoder();
    private final MutableDirectBuffer answer = new ExpandableArrayBuffer(1024);
    private final UnsafeBuffer value;

    LogQuestions(
            final ClusterConfig config, final StoreWriter writer, final OwnMemberStatus status) {
        this.writer = writer;
        this.status = status;
        contentSettings = config.contentSettings();
        members = config.members();
        value = new UnsafeBuffer(new byte[config.valueSize()]);
    }

    void onReadKey(
            final Cluster cluster,
            final ClientSession session,
            final MessageHeaderDecoder header,
            final DirectBuffer buffer,
            final int body,
            final int end) {
        readKey.wrap(buffer, body, header.blockLength(), header.version());
        final int keyAt = body + header.blockLength() + ReadKeyDecoder.keyHeaderLength();
        if (keyAt > end || readKey.keyLength() > end - keyAt || session == null) {
            return;
        }
        final int length =
                writer.get(
                        buffer,
                        keyAt,
                        readKey.keyLength(),
                        value,
                        0,
                        value.capacity(),
                        cluster.time());
        readResult
                .wrapAndApplyHeader(answer, 0, answerHeader)
                .correlationId(readKey.correlationId())
                .position(cluster.logPosition())
                .version(writer.version())
                .status(Math.min(length, Status.OK))
                .putValue(value, 0, Math.max(length, 0));
        SessionAnswer.offer(
                session, answer, MessageHeaderEncoder.ENCODED_LENGTH + readResult.encodedLength());
    }

    void onChecksumRequest(
            final Cluster cluster,
            final ClientSession session,
            final long timestamp,
            final MessageHeaderDecoder header,
            final DirectBuffer buffer,
            final int body) {
        checksumRequest.wrap(buffer, body, header.blockLength(), header.version());
        // members that were set differently are to be found out before their contents differ
        final long checksum = writer.contentChecksum(timestamp) ^ contentSettings;
        final ContentSum sum = new ContentSum(cluster.logPosition(), checksum, writer.size());
        status.contentSum(sum);
        checksumResult
                .wrapAndApplyHeader(answer, 0, answerHeader)
                .correlationId(checksumRequest.correlationId())
                .position(sum.position())
                .checksum(sum.checksum())
                .entries(sum.entries());
        SessionAnswer.offer(
                session,
                answer,
                MessageHeaderEncoder.ENCODED_LENGTH + ChecksumResultEncoder.BLOCK_LENGTH);
    }

    /** For whoever looks at this member's status file; nothing that is applied depends on it. */
    void onChecksumReport(
            final MessageHeaderDecoder header, final DirectBuffer buffer, final int body) {
        if (header.blockLength() < ChecksumReportDecoder.BLOCK_LENGTH) {
            return;
        }
        checksumReport.wrap(buffer, body, header.blockLength(), header.version());
        final int member = checksumReport.memberId();
        if (member >= 0 && member < members) {
            status.reportedSum(
                    member,
                    new ContentSum(
                            checksumReport.position(),
                            checksumReport.checksum(),
                            checksumReport.entries()));
        }
    }
}
