package io.stoat.transport;

import io.stoat.transport.codec.ChangesEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One subscriber of a feed: its changes of a duty cycle in a message, and what it has missed. First
 * read agent's thread.
 */
final class Subscriber {
    private static final int PREFIX_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + ChangesEncoder.BLOCK_LENGTH
                    + ChangesEncoder.changesHeaderLength();
    private static final int BATCH_LENGTH = 16 * 1024;
    private static final long NOTHING = -1;

    private final Session session;
    private final byte[] prefix;
    private final UnsafeBuffer batch;

    /** Of each shard, the version up to which everything is told of, or in a gap. */
    private final long[] startedAt;

    private final long[] seen;
    private final long[] missedTo;
    private int limit = PREFIX_LENGTH;
    private boolean missing;
    private boolean started;
    private long epoch;

    Subscriber(
            final Session session,
            final byte[] prefix,
            final int shards,
            final int maxChangeLength) {
        this.session = session;
        this.prefix = prefix;
        startedAt = new long[shards];
        seen = new long[shards];
        missedTo = new long[shards];
        Arrays.fill(missedTo, NOTHING);
        batch =
                new UnsafeBuffer(
                        new byte
                                [Math.min(
                                        session.publication().maxMessageLength(),
                                        PREFIX_LENGTH
                                                + shards * ChangeLayout.HEADER_LENGTH
                                                + Math.max(BATCH_LENGTH, maxChangeLength))]);
        new ChangesEncoder().wrapAndApplyHeader(batch, 0, new MessageHeaderEncoder()).flags(0);
    }

    Session session() {
        return session;
    }

    void awaitEpoch(final long wanted) {
        epoch = wanted;
    }

    long epoch() {
        return epoch;
    }

    boolean isStarted() {
        return started;
    }

    /** Changes of the shard after this position are sent. The last shard starts the feed. */
    void start(final int shard, final long position) {
        startedAt[shard] = position;
        seen[shard] = position;
        if (shard == startedAt.length - 1) {
            started = true;
            for (int i = 0; i < startedAt.length; i++) {
                append(startedAt[i], 0, i, ChangeLayout.START);
            }
        }
    }

    private void append(final long version, final long operand, final int shard, final int kind) {
        ChangeLayout.header(batch, limit, version, operand, shard, kind, 0, 0);
        limit += ChangeLayout.HEADER_LENGTH;
    }

    /** False when the change is missed. */
    boolean offer(
            final DirectBuffer change,
            final int length,
            final int shard,
            final long version,
            final int keyLength) {
        final int kind = change.getShort(ChangeLayout.KIND_OFFSET, ChangeLayout.ORDER);
        // a gap ends with what was applied when it was found: its last changes may come yet
        final long told = Math.max(startedAt[shard], missedTo[shard]);
        // what goes by itself goes after the position that the shard has applied
        if (version < told || version == told && !ChangeLayout.isSilent(kind)) {
            return true;
        }
        if (!isWanted(change, keyLength)) {
            if (missedTo[shard] == NOTHING) {
                seen[shard] = version;
            }
            return true;
        }
        if (missing && !appendGaps() || !hasRoom(length)) {
            miss(shard, version);
            return false;
        }
        batch.putBytes(limit, change, 0, length);
        limit += length;
        seen[shard] = version;
        return true;
    }

    private boolean isWanted(final DirectBuffer change, final int keyLength) {
        if (prefix.length > keyLength) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (change.getByte(ChangeLayout.HEADER_LENGTH + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean hasRoom(final int length) {
        return length <= batch.capacity() - limit || send() && length <= batch.capacity() - limit;
    }

    /**
     * Changes of the shard up to this version may be missing; also of the last version that was
     * seen, which may be that of several.
     */
    void miss(final int shard, final long version) {
        if (version == 0) {
            return;
        }
        missing = true;
        missedTo[shard] = Math.max(missedTo[shard], Math.max(seen[shard], version));
    }

    private boolean appendGaps() {
        for (int shard = 0; shard < missedTo.length; shard++) {
            if (missedTo[shard] != NOTHING) {
                if (!hasRoom(ChangeLayout.HEADER_LENGTH)) {
                    return false;
                }
                append(
                        missedTo[shard],
                        ChangeLayout.gapStart(seen[shard], missedTo[shard]),
                        shard,
                        ChangeLayout.GAP);
                seen[shard] = missedTo[shard];
                startedAt[shard] = missedTo[shard];
                missedTo[shard] = NOTHING;
            }
        }
        missing = false;
        return true;
    }

    int flush(final long nowNs) {
        if (missing) {
            appendGaps();
        }
        if (limit == PREFIX_LENGTH) {
            return 0;
        }
        if (!send()) {
            return 0;
        }
        session.flowing(nowNs);
        return 1;
    }

    private boolean send() {
        batch.putInt(PREFIX_LENGTH - Integer.BYTES, limit - PREFIX_LENGTH, ChangeLayout.ORDER);
        if (session.publication().offer(batch, 0, limit) <= 0) {
            return false;
        }
        limit = PREFIX_LENGTH;
        return true;
    }
}
