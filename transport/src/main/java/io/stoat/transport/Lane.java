package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.stoat.store.CommandEncoder;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import io.stoat.transport.codec.CommandsEncoder;
import io.stoat.transport.codec.ConnectEncoder;
import io.stoat.transport.codec.GetsEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import io.stoat.transport.codec.SubscribeEncoder;
import java.nio.ByteOrder;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One request stream of a client's connection: gathers requests in a message, sends it, and has a
 * {@link RequestWindow} of those in flight. Client's thread only.
 *
 * <p>A correlation id is the lane's index in the top byte and a sequence below; sequences of
 * different connections differ, so that a late answer is never taken for another one's.
 */
final class Lane {
    private static final int INDEX_SHIFT = 56;
    private static final long SEQUENCE_MASK = (1L << INDEX_SHIFT) - 1;
    private static final int EPOCH_SHIFT = 40;
    private static final int EPOCH_MASK = 0xFFFF;
    private static final int GETS_PREFIX =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + GetsEncoder.BLOCK_LENGTH
                    + GetsEncoder.keysHeaderLength();
    private static final int COMMANDS_PREFIX =
            MessageHeaderEncoder.ENCODED_LENGTH
                    + CommandsEncoder.BLOCK_LENGTH
                    + CommandsEncoder.commandsHeaderLength();

    private final int index;
    private final ClientContext context;
    private final boolean reads;
    private final int prefixLength;
    private final long registrationId;
    private final long connectId;
    private final RequestWindow window;
    private final CommandEncoder encoder = new CommandEncoder();
    private ExclusivePublication publication;
    private boolean connectSent;
    private boolean open;
    private boolean ended;
    private UnsafeBuffer batch;
    private int limit;
    private int count;
    private long batchOpenedNs;

    Lane(
            final int index,
            final int epoch,
            final boolean reads,
            final ClientContext context,
            final Aeron aeron,
            final String channel,
            final int streamId) {
        this.index = index;
        this.reads = reads;
        this.context = context;
        prefixLength = reads ? GETS_PREFIX : COMMANDS_PREFIX;
        final long connectSequence = ((long) (epoch & EPOCH_MASK) << EPOCH_SHIFT) + 1;
        connectId = id(connectSequence);
        window = new RequestWindow(context.maxInFlight(), connectSequence + 1);
        registrationId = aeron.asyncAddExclusivePublication(channel, streamId);
    }

    static int indexOf(final long correlationId) {
        return (int) (correlationId >>> INDEX_SHIFT);
    }

    private long id(final long sequence) {
        return (long) index << INDEX_SHIFT | sequence;
    }

    /** Sends the Connect as soon as the node listens; true once it is sent. */
    boolean stepConnect(final Aeron aeron, final String responseChannel, final int streamId) {
        if (connectSent) {
            return true;
        }
        if (publication == null) {
            publication = aeron.getExclusivePublication(registrationId);
        }
        if (publication == null || !publication.isConnected()) {
            return false;
        }
        final byte[] credentials = context.credentials();
        final UnsafeBuffer message = new UnsafeBuffer(new byte[1024 + credentials.length]);
        final ConnectEncoder connect =
                new ConnectEncoder()
                        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
                        .correlationId(connectId)
                        .protocolVersion(StoreClient.PROTOCOL_VERSION)
                        .responseStreamId(streamId)
                        .responseChannel(responseChannel)
                        .putCredentials(credentials, 0, credentials.length);
        connectSent = publication.offer(message, 0, connect.limit()) > 0;
        return connectSent;
    }

    boolean isConnect(final long correlationId) {
        return correlationId == connectId;
    }

    /** The node has opened the session. */
    void open(final int maxValueLength) {
        final int longest =
                prefixLength
                        + io.stoat.store.Command.encodedLength(
                                StoreContext.MAX_KEY_LENGTH, reads ? 0 : maxValueLength);
        batch =
                new UnsafeBuffer(
                        new byte
                                [Math.min(
                                        publication.maxMessageLength(),
                                        Math.max(longest, context.batchLength()))]);
        if (reads) {
            new GetsEncoder().wrapAndApplyHeader(batch, 0, new MessageHeaderEncoder()).flags(0);
        } else {
            new CommandsEncoder()
                    .wrapAndApplyHeader(batch, 0, new MessageHeaderEncoder())
                    .generation(0)
                    .flags(context.routing() ? 0 : Connection.FORWARD);
        }
        limit = prefixLength;
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    boolean isLost() {
        return !ended && !publication.isConnected();
    }

    /** The node has ended the session; what is in flight was not applied. */
    void endedByNode(final CompletionHandler handler) {
        ended = true;
        lose(handler);
    }

    /** Whether the node has ended the session: requests are refused as NOT_CONNECTED. */
    boolean isEnded() {
        return ended;
    }

    int inFlight() {
        return window.length();
    }

    /** Asks for changes; false when it has to be tried again. */
    boolean subscribe(final DirectBuffer prefix) {
        final UnsafeBuffer message = new UnsafeBuffer(new byte[64 + prefix.capacity()]);
        final SubscribeEncoder subscribe =
                new SubscribeEncoder()
                        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
                        .correlationId(connectId)
                        .flags(0)
                        .putPrefix(prefix, 0, prefix.capacity());
        return publication.offer(message, 0, subscribe.limit()) > 0;
    }

    long get(final DirectBuffer key, final int keyOffset, final int keyLength) {
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        if (ended) {
            return TransportStatus.NOT_CONNECTED;
        }
        final int length = Short.BYTES + keyLength;
        if (window.isFull() || length > batch.capacity() - limit && flush() != Status.OK) {
            return TransportStatus.BACK_PRESSURED;
        }
        batch.putShort(limit, (short) keyLength, ByteOrder.LITTLE_ENDIAN);
        batch.putBytes(limit + Short.BYTES, key, keyOffset, keyLength);
        return accept(length, RequestWindow.READ);
    }

    long put(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs,
            final long expectedVersion) {
        int length = Status.BUFFER_TOO_SMALL;
        while (hasRoomAfter(length)) {
            length =
                    encoder.put(
                            mode,
                            key,
                            keyOffset,
                            keyLength,
                            value,
                            valueOffset,
                            valueLength,
                            ttlMs,
                            ttlMs != 0,
                            expectedVersion);
        }
        return accept(length, RequestWindow.WRITE);
    }

    long remove(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        int length = Status.BUFFER_TOO_SMALL;
        while (hasRoomAfter(length)) {
            length =
                    mode == io.stoat.store.PutMode.IF_VERSION
                            ? encoder.removeIfVersion(key, keyOffset, keyLength, expectedVersion)
                            : encoder.remove(key, keyOffset, keyLength);
        }
        return accept(length, RequestWindow.WRITE);
    }

    long add(final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        int length = Status.BUFFER_TOO_SMALL;
        while (hasRoomAfter(length)) {
            length = encoder.add(key, keyOffset, keyLength, delta);
        }
        return accept(length, RequestWindow.WRITE);
    }

    long touch(final DirectBuffer key, final int keyOffset, final int keyLength, final long ttlMs) {
        int length = Status.BUFFER_TOO_SMALL;
        while (hasRoomAfter(length)) {
            length = encoder.touch(key, keyOffset, keyLength, ttlMs, ttlMs != 0);
        }
        return accept(length, RequestWindow.WRITE);
    }

    /** An encoded command as it is. */
    long command(final DirectBuffer command, final int offset, final int length) {
        if (ended) {
            return TransportStatus.NOT_CONNECTED;
        }
        if (length > batch.capacity() - prefixLength) {
            return TransportStatus.MALFORMED;
        }
        if (window.isFull() || length > batch.capacity() - limit && flush() != Status.OK) {
            return TransportStatus.BACK_PRESSURED;
        }
        batch.putBytes(limit, command, offset, length);
        return accept(length, RequestWindow.WRITE);
    }

    private int tries;

    /**
     * Points the encoder at the free room, at first as it is and, after the encoder said that it is
     * too small, once more with the batch sent. False when there is nothing left to try; the result
     * is then for {@link #accept}.
     */
    private boolean hasRoomAfter(final int encoded) {
        if (encoded != Status.BUFFER_TOO_SMALL) {
            tries = 0;
            return false;
        }
        if (tries == 0 && !ended && !window.isFull()) {
            tries = 1;
        } else if (tries == 1 && count > 0 && flush() == Status.OK) {
            tries = 2;
        } else {
            tries = 0;
            return false;
        }
        encoder.wrap(batch, limit, batch.capacity() - limit);
        return true;
    }

    /** Takes what was encoded at the end of the batch as a request in flight. */
    private long accept(final int length, final byte kind) {
        if (length <= 0) {
            if (length != Status.BUFFER_TOO_SMALL) {
                return length;
            }
            if (ended) {
                return TransportStatus.NOT_CONNECTED;
            }
            return count == 0 && !window.isFull()
                    ? TransportStatus.MALFORMED
                    : TransportStatus.BACK_PRESSURED;
        }
        if (count == 0) {
            if (context.batchLingerNs() > 0) {
                batchOpenedNs = System.nanoTime();
            }
            batch.putLong(
                    MessageHeaderEncoder.ENCODED_LENGTH,
                    id(window.next()),
                    ByteOrder.LITTLE_ENDIAN);
        }
        limit += length;
        count++;
        final long correlationId = id(window.add(kind));
        if (count >= context.batchCommands()) {
            flush();
        }
        return correlationId;
    }

    /** Sends the batch if it has waited long enough. */
    int flushDue() {
        if (count == 0) {
            return 0;
        }
        final long lingerNs = context.batchLingerNs();
        return (lingerNs == 0 || System.nanoTime() - batchOpenedNs >= lingerNs)
                        && flush() == Status.OK
                ? 1
                : 0;
    }

    /** OK when nothing waits any more; else what keeps it back, and it stays. */
    int flush() {
        if (count == 0) {
            return Status.OK;
        }
        batch.putInt(prefixLength - Integer.BYTES, limit - prefixLength, ByteOrder.LITTLE_ENDIAN);
        final long position = publication.offer(batch, 0, limit);
        if (position > 0) {
            limit = prefixLength;
            count = 0;
            return Status.OK;
        }
        return position == Publication.BACK_PRESSURED || position == Publication.ADMIN_ACTION
                ? TransportStatus.BACK_PRESSURED
                : TransportStatus.NOT_CONNECTED;
    }

    /** Takes the whole unsent batch back; true when there was one. */
    boolean cancelUnsent() {
        final boolean unsent = count > 0;
        for (; count > 0; count--) {
            window.removeLast();
        }
        limit = prefixLength;
        return unsent;
    }

    /** Whether the request is in flight; it is not any more then. */
    boolean complete(final long correlationId) {
        return window.complete(correlationId & SEQUENCE_MASK);
    }

    /** Ends requests whose time is over, which begins with the first call after them; how many. */
    int expire(final long nowNs, final CompletionHandler handler) {
        window.date(nowNs + context.requestTimeoutNs());
        int expired = 0;
        while (window.isFirstLate(nowNs)) {
            end(TransportStatus.TIMED_OUT, handler);
            expired++;
        }
        return expired;
    }

    /**
     * Ends everything in flight because the connection is lost: what was not sent, and reads, did
     * not happen; of the rest nobody knows, unless the node itself has ended the session.
     */
    void lose(final CompletionHandler handler) {
        final long firstUnsent = window.next() - count;
        while (!window.isEmpty()) {
            final boolean known = ended || window.first() >= firstUnsent || window.isFirstRead();
            end(known ? TransportStatus.NOT_CONNECTED : TransportStatus.OUTCOME_UNKNOWN, handler);
        }
        count = 0;
        limit = prefixLength;
    }

    private void end(final int status, final CompletionHandler handler) {
        final long correlationId = id(window.first());
        window.removeFirst();
        handler.onCompletion(correlationId, status, 0, 0, batch, 0, 0);
    }

    void close() {
        CloseHelper.quietClose(publication);
    }
}
