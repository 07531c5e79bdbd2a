package io.stoat.replication;

import io.stoat.replication.codec.ChecksumRequestEncoder;
import io.stoat.replication.codec.ChecksumResultDecoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.ReadKeyEncoder;
import io.stoat.replication.codec.ReadResultDecoder;
import io.stoat.store.Status;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One question to a group, put through its log, and the answer: asked again until it comes, since
 * it changes nothing. One thread; allocates nothing for a read.
 */
final class LogQuery {
    private final ReplicatedClientContext context;
    private final ClusterSession session;
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final ReadKeyEncoder readKey = new ReadKeyEncoder();
    private final ReadResultDecoder readResult = new ReadResultDecoder();
    private final ChecksumResultDecoder checksumResult = new ChecksumResultDecoder();
    private final UnsafeBuffer request = new UnsafeBuffer(new byte[2048]);
    private int requestLength;
    private long correlationId;
    private long startNs;
    private long resendNs;
    private boolean isAnswered;
    private int length;
    private long version;
    private long position;
    private long checksum;
    private long entries;
    private MutableDirectBuffer dst;
    private int dstOffset;
    private int room;

    LogQuery(final ReplicatedClientContext context, final ClusterSession session) {
        this.context = context;
        this.session = session;
    }

    /** Asks for a value, which goes to a destination. */
    void askValue(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer destination,
            final int offset,
            final int maxLength) {
        dst = destination;
        dstOffset = offset;
        room = maxLength;
        readKey.wrapAndApplyHeader(request, 0, headerEncoder)
                .correlationId(++correlationId)
                .putKey(key, keyOffset, keyLength);
        begin(MessageHeaderEncoder.ENCODED_LENGTH + readKey.encodedLength());
    }

    /** Asks for the checksum of the group's content. */
    void askChecksum() {
        new ChecksumRequestEncoder()
                .wrapAndApplyHeader(request, 0, headerEncoder)
                .correlationId(++correlationId);
        begin(MessageHeaderEncoder.ENCODED_LENGTH + ChecksumRequestEncoder.BLOCK_LENGTH);
    }

    private void begin(final int newRequestLength) {
        requestLength = newRequestLength;
        isAnswered = false;
        startNs = System.nanoTime();
        resendNs = startNs;
    }

    /** Sends the question when it is due. */
    void poll(final long nowNs) {
        if (nowNs - resendNs >= 0
                && session.isConnected()
                && session.offer(request, requestLength)) {
            resendNs = nowNs + context.resendNs();
        }
    }

    boolean isAnswered() {
        return isAnswered;
    }

    /** Whether the time is over; an answer that comes later is then not for the next question. */
    boolean isTimedOut(final long nowNs) {
        if (nowNs - startNs <= context.timeoutNs()) {
            return false;
        }
        correlationId++;
        return true;
    }

    void onReadResult(
            final MessageHeaderDecoder header, final DirectBuffer buffer, final int body) {
        readResult.wrap(buffer, body, header.blockLength(), header.version());
        if (readResult.correlationId() != correlationId || isAnswered) {
            return;
        }
        version = readResult.version();
        position = readResult.position();
        length = readResult.valueLength();
        if (readResult.status() != Status.OK) {
            length = readResult.status();
        } else if (length > room) {
            length = Status.BUFFER_TOO_SMALL;
        } else {
            readResult.getValue(dst, dstOffset, length);
        }
        isAnswered = true;
    }

    void onChecksumResult(
            final MessageHeaderDecoder header, final DirectBuffer buffer, final int body) {
        checksumResult.wrap(buffer, body, header.blockLength(), header.version());
        if (checksumResult.correlationId() == correlationId) {
            checksum = checksumResult.checksum();
            entries = checksumResult.entries();
            position = checksumResult.position();
            isAnswered = true;
        }
    }

    /** Length of the value that was read, or a status. */
    int length() {
        return length;
    }

    long version() {
        return version;
    }

    long position() {
        return position;
    }

    long contentChecksum() {
        return checksum;
    }

    long entries() {
        return entries;
    }
}
