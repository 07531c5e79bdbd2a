package io.stoat.replication;

import io.stoat.replication.codec.ApplyCommandsEncoder;
import io.stoat.replication.codec.ChecksumRequestEncoder;
import io.stoat.replication.codec.ChecksumResultDecoder;
import io.stoat.replication.codec.CommandResultsDecoder;
import io.stoat.replication.codec.MessageHeaderDecoder;
import io.stoat.replication.codec.MessageHeaderEncoder;
import io.stoat.replication.codec.ReadKeyEncoder;
import io.stoat.replication.codec.ReadResultDecoder;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends commands to a cluster and reads through it. Follows the leader by itself: what is
 * unanswered when the leader changes is sent again, and applied once all the same, because each
 * message carries the client's number and a sequence that the cluster remembers.
 *
 * <p>Pipelined: encode commands with {@link #commands()}, {@link #send()} them as one message, let
 * {@link #poll()} work; the listener is told of each outcome. Or synchronous: {@link #put}, {@link
 * #add}, ... wait for theirs. A message that has no answer within the time-out is {@link
 * ReplicationStatus#OUTCOME_UNKNOWN}: it may have been applied, may be applied yet, or never.
 *
 * <p>One thread. Sending and polling allocate nothing while the leader stays.
 */
public final class ReplicatedClient implements AutoCloseable {
    private static final int HEADER_LENGTH =
            MessageHeaderEncoder.ENCODED_LENGTH + ApplyCommandsEncoder.BLOCK_LENGTH;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ReplicatedClientContext context;
    private final ClusterSession session;
    private final MessageWindow window;
    private final CommandEncoder encoder = new CommandEncoder();
    private final MessageHeaderEncoder headerEncoder = new MessageHeaderEncoder();
    private final ApplyCommandsEncoder applyCommands = new ApplyCommandsEncoder();
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final CommandResultsDecoder results = new CommandResultsDecoder();
    private final ReadResultDecoder readResult = new ReadResultDecoder();
    private final ReadKeyEncoder readKey = new ReadKeyEncoder();
    private final ChecksumResultDecoder checksumResult = new ChecksumResultDecoder();
    private final UnsafeBuffer request = new UnsafeBuffer(new byte[2048]);
    private final ResultListener listener;
    private long clientId;
    private long messageBase;
    private long awaitedMessage;
    private int awaitedStatus;
    private boolean isAwaitedDone;
    private long version;
    private long counter;
    private long position;
    private long correlationId;
    private long checksum;
    private long entries;
    private boolean isReadDone;
    private int readLength;
    private MutableDirectBuffer readDst;
    private int readOffset;
    private int readRoom;
    private int encoded;
    private boolean isEncoding;

    private ReplicatedClient(final ReplicatedClientContext context) {
        this.context = context;
        listener = context.resultListener();
        window = new MessageWindow(context.config().maxMessageLength());
        session = new ClusterSession(context, this::onAnswer);
        newIdentity();
    }

    /**
     * Makes a client; it connects while it is polled or waits, so this does not need a leader.
     *
     * @param context settings; concluded here.
     * @return the client.
     */
    public static ReplicatedClient connect(final ReplicatedClientContext context) {
        return new ReplicatedClient(context.conclude());
    }

    private void newIdentity() {
        clientId = RANDOM.nextLong();
        messageBase += window.lastSequence();
        window.reset();
        isEncoding = false;
    }

    /**
     * The encoder of the next message's commands. Its commands are sent together by {@link
     * #send()}, applied in their order, and answered together; each has a result of its own.
     *
     * @return the encoder, or null when {@link ClientRecord#WINDOW} messages are in flight: poll,
     *     then try again.
     */
    public CommandEncoder commands() {
        if (!isEncoding) {
            final MutableDirectBuffer buffer = window.next();
            if (buffer == null) {
                return null;
            }
            encoder.wrap(buffer, HEADER_LENGTH, buffer.capacity() - HEADER_LENGTH);
            isEncoding = true;
        }
        return encoder;
    }

    /**
     * Sends what {@link #commands()} encoded, now or as soon as there is a leader.
     *
     * @return number of the message, 1 or more, as the listener will be told; {@link
     *     Status#MALFORMED} when nothing was encoded.
     */
    public long send() {
        final int length = isEncoding ? encoder.encodedLength() : 0;
        if (length == 0) {
            return Status.MALFORMED;
        }
        final MutableDirectBuffer buffer = window.next();
        final int count = countCommands(buffer, HEADER_LENGTH + length);
        isEncoding = false;
        final long nowNs = System.nanoTime();
        final long sequence =
                window.add(
                        HEADER_LENGTH + length,
                        count,
                        nowNs + context.resendNs(),
                        nowNs + context.timeoutNs());
        applyCommands
                .wrapAndApplyHeader(buffer, 0, headerEncoder)
                .clientId(clientId)
                .sequence(sequence)
                .count(count)
                .reserved(0);
        offer();
        return messageBase + sequence;
    }

    private static int countCommands(final DirectBuffer buffer, final int end) {
        int count = 0;
        for (int at = HEADER_LENGTH; at < end; count++) {
            at += buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
        }
        return count;
    }

    private void offer() {
        while (window.hasUnsent()
                && session.isConnected()
                && session.offer(window.unsent(), window.unsentLength())) {
            window.sent();
        }
    }

    /**
     * Sends, receives, tells the listener, follows the leader. Never blocks. To be called often; at
     * least once a second, or the cluster ends the session, which the client then makes anew.
     *
     * @return work done, 0 for none.
     */
    public int poll() {
        final long nowNs = System.nanoTime();
        final int work = session.poll(nowNs);
        if (session.takeRenewed()) {
            window.sendAgain(nowNs + context.resendNs());
        }
        if (!window.isEmpty()) {
            if (nowNs - window.oldestDeadlineNs() >= 0) {
                giveUp(ReplicationStatus.OUTCOME_UNKNOWN);
            } else if (nowNs - window.oldestResendNs() >= 0) {
                window.sendAgain(nowNs + context.resendNs());
            }
        }
        offer();
        return work;
    }

    /** No message of this identity may be sent any more: later ones would leave a gap. */
    private void giveUp(final int status) {
        while (!window.isEmpty()) {
            final long sequence = window.oldestSequence();
            final int count = window.oldestCount();
            window.removeOldest();
            for (int i = 0; i < count; i++) {
                onResult(messageBase + sequence, i, status, 0, 0, 0);
            }
        }
        newIdentity();
    }

    private void onAnswer(final DirectBuffer buffer, final int offset, final int length) {
        header.wrap(buffer, offset);
        if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
            return;
        }
        final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
        switch (header.templateId()) {
            case CommandResultsDecoder.TEMPLATE_ID -> {
                results.wrap(buffer, body, header.blockLength(), header.version());
                if (results.clientId() == clientId) {
                    onResults(buffer, body + header.blockLength());
                }
            }
            case ReadResultDecoder.TEMPLATE_ID -> {
                readResult.wrap(buffer, body, header.blockLength(), header.version());
                if (readResult.correlationId() == correlationId && !isReadDone) {
                    onReadResult();
                }
            }
            case ChecksumResultDecoder.TEMPLATE_ID -> {
                checksumResult.wrap(buffer, body, header.blockLength(), header.version());
                if (checksumResult.correlationId() == correlationId) {
                    checksum = checksumResult.checksum();
                    entries = checksumResult.entries();
                    position = checksumResult.position();
                    isReadDone = true;
                }
            }
            default -> {
                // a later version's answer to what this version never asks
            }
        }
    }

    private void onResults(final DirectBuffer buffer, final int first) {
        final int status = results.status();
        final long sequence = results.sequence();
        switch (status) {
            case ReplicationStatus.SEQUENCE_GAP ->
                    window.sendAgain(System.nanoTime() + context.resendNs());
            case ReplicationStatus.CLIENT_UNKNOWN -> giveUp(ReplicationStatus.OUTCOME_UNKNOWN);
            case ReplicationStatus.CLIENTS_FULL -> giveUp(ReplicationStatus.CLIENTS_FULL);
            default -> {
                if (!window.isOpen(sequence)) {
                    return;
                }
                final int count = window.count(sequence);
                window.answered(sequence);
                for (int i = 0; i < count; i++) {
                    final int at = first + i * ReplicatedStoreService.RESULT_LENGTH;
                    final boolean isThere = i < results.count();
                    onResult(
                            messageBase + sequence,
                            i,
                            isThere ? buffer.getInt(at, ByteOrder.LITTLE_ENDIAN) : status,
                            isThere ? buffer.getLong(at + 8, ByteOrder.LITTLE_ENDIAN) : 0,
                            isThere ? buffer.getLong(at + 16, ByteOrder.LITTLE_ENDIAN) : 0,
                            results.position());
                }
            }
        }
    }

    private void onResult(
            final long message,
            final int index,
            final int status,
            final long resultVersion,
            final long resultCounter,
            final long resultPosition) {
        if (message == awaitedMessage && index == 0) {
            awaitedStatus = status;
            version = resultVersion;
            counter = resultCounter;
            position = resultPosition;
            isAwaitedDone = true;
        } else {
            listener.onResult(message, index, status, resultVersion, resultCounter, resultPosition);
        }
    }

    private void onReadResult() {
        version = readResult.version();
        position = readResult.position();
        final int length = readResult.valueLength();
        if (readResult.status() != Status.OK) {
            readLength = readResult.status();
        } else if (length > readRoom) {
            readLength = Status.BUFFER_TOO_SMALL;
        } else {
            readResult.getValue(readDst, readOffset, length);
            readLength = length;
        }
        isReadDone = true;
    }

    /**
     * Writes a value and waits for the outcome. A command that is being encoded for a later {@link
     * #send()} must be sent first.
     *
     * @param mode one of {@link PutMode}.
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param value buffer that holds the value.
     * @param valueOffset of the value.
     * @param valueLength bytes.
     * @param ttlMs time to live from the log's time on, ms; 0 for ever.
     * @param expectedVersion for {@link PutMode#IF_VERSION}.
     * @return the status of the command, or {@link ReplicationStatus#OUTCOME_UNKNOWN}; {@link
     *     #version()} and {@link #position()} belong to it.
     */
    public int put(
            final int mode,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer value,
            final int valueOffset,
            final int valueLength,
            final long ttlMs,
            final long expectedVersion) {
        final CommandEncoder commands = awaitEncoder();
        final int length =
                commands.put(
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
        return length < 0 ? length : await();
    }

    /**
     * Adds to a 64-bit counter and waits; {@link #counter()} tells the sum. Parameters and results
     * as {@link #put}.
     *
     * @param delta to add.
     * @return the status.
     */
    public int add(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long delta) {
        final int length = awaitEncoder().add(key, keyOffset, keyLength, delta);
        return length < 0 ? length : await();
    }

    /**
     * Removes an entry and waits. Parameters and results as {@link #put}.
     *
     * @return the status.
     */
    public int remove(final DirectBuffer key, final int keyOffset, final int keyLength) {
        final int length = awaitEncoder().remove(key, keyOffset, keyLength);
        return length < 0 ? length : await();
    }

    /**
     * Removes an entry of one version and waits. Parameters and results as {@link #put}.
     *
     * @param expectedVersion that the entry must have.
     * @return the status.
     */
    public int removeIfVersion(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final long expectedVersion) {
        final int length =
                awaitEncoder().removeIfVersion(key, keyOffset, keyLength, expectedVersion);
        return length < 0 ? length : await();
    }

    /**
     * Gives an entry a new time to live and waits. Parameters and results as {@link #put}.
     *
     * @param ttlMs from the log's time on, ms; 0 for ever.
     * @return the status.
     */
    public int touch(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long ttlMs) {
        final int length = awaitEncoder().touch(key, keyOffset, keyLength, ttlMs, ttlMs != 0);
        return length < 0 ? length : await();
    }

    private CommandEncoder awaitEncoder() {
        if (isEncoding && encoder.encodedLength() > 0) {
            throw new IllegalStateException(
                    "commands were encoded but not sent: call send() first");
        }
        CommandEncoder commands = commands();
        while (commands == null) {
            context.idleStrategy().idle(poll());
            commands = commands();
        }
        return commands;
    }

    private int await() {
        isAwaitedDone = false;
        awaitedMessage = messageBase + window.lastSequence() + 1;
        send();
        context.idleStrategy().reset();
        while (!isAwaitedDone) {
            context.idleStrategy().idle(poll());
        }
        awaitedMessage = 0;
        return awaitedStatus;
    }

    /**
     * Reads a value through the log: linearizable, whoever wrote it, and refused by a cluster
     * without a quorum.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @param dst destination.
     * @param dstOffset in the destination.
     * @param maxLength room in the destination, bytes.
     * @return length of the value, a status as for {@link io.stoat.store.StoreReader#get}, or
     *     {@link ReplicationStatus#OUTCOME_UNKNOWN} without an answer within the time-out.
     */
    public int get(
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final MutableDirectBuffer dst,
            final int dstOffset,
            final int maxLength) {
        if (keyLength < 1 || keyLength > io.stoat.store.StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        dst.boundsCheck(dstOffset, maxLength);
        readDst = dst;
        readOffset = dstOffset;
        readRoom = maxLength;
        readKey.wrapAndApplyHeader(request, 0, headerEncoder)
                .correlationId(++correlationId)
                .putKey(key, keyOffset, keyLength);
        final int length = MessageHeaderEncoder.ENCODED_LENGTH + readKey.encodedLength();
        return ask(length) ? readLength : ReplicationStatus.OUTCOME_UNKNOWN;
    }

    /**
     * Makes every member note the checksum of its content at one position of the log. Stops the
     * members for as long as reading everything takes.
     *
     * @return the checksum at {@link #position()}, with {@link #entries()}.
     * @throws ReplicationException without an answer within the time-out.
     */
    public long contentChecksum() {
        new ChecksumRequestEncoder()
                .wrapAndApplyHeader(request, 0, headerEncoder)
                .correlationId(++correlationId);
        if (!ask(MessageHeaderEncoder.ENCODED_LENGTH + ChecksumRequestEncoder.BLOCK_LENGTH)) {
            throw new ReplicationException(
                    "no leader answers within "
                            + TimeUnit.NANOSECONDS.toMillis(context.timeoutNs())
                            + " ms: is a quorum of the members running?");
        }
        return checksum;
    }

    private boolean ask(final int length) {
        isReadDone = false;
        final long startNs = System.nanoTime();
        long resendNs = startNs;
        context.idleStrategy().reset();
        while (!isReadDone) {
            final long nowNs = System.nanoTime();
            if (nowNs - startNs > context.timeoutNs()) {
                // an answer that comes later is not for the next question
                correlationId++;
                return false;
            }
            if (nowNs - resendNs >= 0 && session.isConnected() && session.offer(request, length)) {
                resendNs = nowNs + context.resendNs();
            }
            context.idleStrategy().idle(poll());
        }
        return true;
    }

    /**
     * Waits until everything that was sent has its outcome.
     *
     * @return this.
     */
    public ReplicatedClient drain() {
        context.idleStrategy().reset();
        while (!window.isEmpty()) {
            context.idleStrategy().idle(poll());
        }
        return this;
    }

    /**
     * @return number that the next {@link #send()} will return.
     */
    public long nextMessage() {
        return messageBase + window.lastSequence() + 1;
    }

    /**
     * @return messages without an outcome.
     */
    public int inFlight() {
        return window.size();
    }

    /**
     * @return version of the last synchronous call: written, removed or found.
     */
    public long version() {
        return version;
    }

    /**
     * @return sum of the last {@link #add}.
     */
    public long counter() {
        return counter;
    }

    /**
     * @return log position of the last synchronous call: see {@link MemberReader#getAfter}.
     */
    public long position() {
        return position;
    }

    /**
     * @return entries at the last {@link #contentChecksum()}.
     */
    public long entries() {
        return entries;
    }

    /**
     * @return member that leads, as far as the client knows, or -1.
     */
    public int leader() {
        return session.leader();
    }

    /**
     * @return most bytes of encoded commands in one message.
     */
    public int maxCommandsLength() {
        return window.next() == null ? 0 : window.capacity() - HEADER_LENGTH;
    }

    /** Ends the session; what is in flight is {@link ReplicationStatus#OUTCOME_UNKNOWN}. */
    @Override
    public void close() {
        if (!window.isEmpty()) {
            giveUp(ReplicationStatus.OUTCOME_UNKNOWN);
        }
        session.close();
    }
}
