package io.stoat.replication;

import io.aeron.exceptions.AeronException;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Sends commands to a cluster and reads through it. Each command goes to the group that its key
 * belongs to, by the {@link #shardMap()}, over the group's own session. Follows the leaders by
 * itself: what is unanswered when a leader changes is sent again, and applied once all the same,
 * because each message carries the client's number and a sequence that the group remembers. What
 * happens to one group does not hold up the others.
 *
 * <p>Pipelined: encode commands with {@link #commands(DirectBuffer, int, int)}, {@link #send()}
 * them as one message a group, let {@link #poll()} work; the listener is told of each outcome. Or
 * synchronous: {@link #put}, {@link #add}, ... wait for theirs. A message that has no answer within
 * the time-out is {@link ReplicationStatus#OUTCOME_UNKNOWN}: it may have been applied, may be
 * applied yet, or never.
 *
 * <p>One thread. Sending and polling allocate nothing while the leaders stay.
 */
public final class ReplicatedClient implements AutoCloseable {
    private static final long FAREWELL_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ReplicatedClientContext context;
    private final ResultListener listener;
    private final ClientAeron aeron;
    private final ClientGroups groups;
    private final AwaitedCall call;
    private boolean isClosed;

    private ReplicatedClient(final ReplicatedClientContext context) {
        this.context = context;
        listener = context.resultListener();
        aeron = new ClientAeron(context);
        groups = new ClientGroups(context, aeron.aeron(), this::onResult);
        call = new AwaitedCall(groups, context.idleStrategy(), this::poll);
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

    /**
     * The encoder of the next message's commands, in a cluster of one group. Its commands are sent
     * together by {@link #send()}, applied in their order, and answered together; each has a result
     * of its own.
     *
     * @return the encoder, or null when {@link ClientRecord#WINDOW} messages are in flight, or
     *     about 8,800 commands: poll, then try again.
     */
    public CommandEncoder commands() {
        return groups.only().flow().commands();
    }

    /**
     * The encoder of the next message to a key's group, as {@link #commands()}. What is encoded for
     * a key of another group is refused with {@link Status#WRONG_SHARD}.
     *
     * @param key buffer that holds the key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return the encoder, or null when as many messages as allowed are in flight to that group.
     */
    public CommandEncoder commands(
            final DirectBuffer key, final int keyOffset, final int keyLength) {
        return groups.of(key, keyOffset, keyLength).flow().commands();
    }

    /**
     * Sends what was encoded, one message to each group that anything was encoded for: now, or as
     * soon as the group has a leader.
     *
     * @return number of the last message, 1 or more, as the listener will be told; {@link
     *     Status#MALFORMED} when nothing was encoded; {@link ReplicationStatus#TOO_MANY_COMMANDS}
     *     when a message was dropped because it held more than 2,048 commands (a batch counts as
     *     one).
     */
    public long send() {
        return groups.send();
    }

    /**
     * Sends, receives, tells the listener, follows the leaders. Never blocks. To be called often;
     * at least once a second, or the cluster ends the sessions, which the client then makes anew.
     *
     * @return work done, 0 for none.
     */
    public int poll() {
        return aeron.poll() + groups.poll(System.nanoTime());
    }

    private void onResult(
            final long message,
            final int index,
            final int status,
            final long resultVersion,
            final long resultCounter,
            final long resultPosition) {
        groups.ofMessage(message).reached(resultPosition);
        if (!call.takes(message, index, status, resultVersion, resultCounter, resultPosition)) {
            listener.onResult(message, index, status, resultVersion, resultCounter, resultPosition);
        }
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
        final CommandEncoder commands = call.encoder(key, keyOffset, keyLength);
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
        return length < 0 ? length : call.outcome();
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
        final int length =
                call.encoder(key, keyOffset, keyLength).add(key, keyOffset, keyLength, delta);
        return length < 0 ? length : call.outcome();
    }

    /**
     * Removes an entry and waits. Parameters and results as {@link #put}.
     *
     * @return the status.
     */
    public int remove(final DirectBuffer key, final int keyOffset, final int keyLength) {
        final int length =
                call.encoder(key, keyOffset, keyLength).remove(key, keyOffset, keyLength);
        return length < 0 ? length : call.outcome();
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
                call.encoder(key, keyOffset, keyLength)
                        .removeIfVersion(key, keyOffset, keyLength, expectedVersion);
        return length < 0 ? length : call.outcome();
    }

    /**
     * Gives an entry a new time to live and waits. Parameters and results as {@link #put}.
     *
     * @param ttlMs from the log's time on, ms; 0 for ever.
     * @return the status.
     */
    public int touch(
            final DirectBuffer key, final int keyOffset, final int keyLength, final long ttlMs) {
        final int length =
                call.encoder(key, keyOffset, keyLength)
                        .touch(key, keyOffset, keyLength, ttlMs, ttlMs != 0);
        return length < 0 ? length : call.outcome();
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
        if (keyLength < 1 || keyLength > StoreContext.MAX_KEY_LENGTH) {
            return Status.KEY_LENGTH_INVALID;
        }
        dst.boundsCheck(dstOffset, maxLength);
        final GroupClient group = groups.of(key, keyOffset, keyLength);
        group.query().askValue(key, keyOffset, keyLength, dst, dstOffset, maxLength);
        return call.isValueAnswered(group)
                ? group.query().length()
                : ReplicationStatus.OUTCOME_UNKNOWN;
    }

    /**
     * Makes every member note the checksum of a group's content at one position of its log. Stops
     * the group for as long as reading everything takes.
     *
     * @param group index.
     * @return the checksum at {@link #position()}, with {@link #entries()}.
     * @throws ReplicationException without an answer within the time-out.
     */
    public long contentChecksum(final int group) {
        final GroupClient asked = groups.get(group);
        asked.query().askChecksum();
        if (!call.isChecksumAnswered(asked)) {
            throw new ReplicationException(
                    "no leader of group "
                            + group
                            + " answers within "
                            + TimeUnit.NANOSECONDS.toMillis(context.timeoutNs())
                            + " ms: is a quorum of the members running?");
        }
        return asked.query().contentChecksum();
    }

    /**
     * As {@link #contentChecksum(int)}, of a cluster of one group.
     *
     * @return the checksum.
     */
    public long contentChecksum() {
        groups.only();
        return contentChecksum(0);
    }

    /**
     * Waits until everything that was sent has its outcome.
     *
     * @return this.
     */
    public ReplicatedClient drain() {
        context.idleStrategy().reset();
        while (inFlight() > 0) {
            context.idleStrategy().idle(poll());
        }
        return this;
    }

    /**
     * @return number that the next {@link #send()} will return, in a cluster of one group.
     */
    public long nextMessage() {
        return groups.only().flow().nextNumber();
    }

    /**
     * @param key buffer that holds a key.
     * @param keyOffset of the key.
     * @param keyLength bytes.
     * @return number that the next message to the key's group will have; the group is the number
     *     modulo the number of groups.
     */
    public long nextMessage(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return groups.of(key, keyOffset, keyLength).flow().nextNumber();
    }

    /**
     * @return messages without an outcome.
     */
    public int inFlight() {
        return groups.inFlight();
    }

    /**
     * @return version of the last synchronous call: written, removed or found.
     */
    public long version() {
        return call.version();
    }

    /**
     * @return sum of the last {@link #add}.
     */
    public long counter() {
        return call.counter();
    }

    /**
     * @return log position of the last synchronous call, in the log of its key's group: see {@link
     *     MemberReader#getAfter}.
     */
    public long position() {
        return call.position();
    }

    /**
     * @param group index.
     * @return highest log position of the group that this client's calls had, pipelined ones too.
     */
    public long position(final int group) {
        return groups.get(group).position();
    }

    /**
     * @return entries at the last {@link #contentChecksum(int)}.
     */
    public long entries() {
        return call.entries();
    }

    /**
     * @return which shard and group a key belongs to, and who leads each group as far as this
     *     client knows; replaced when a leader changes; any thread.
     */
    public ShardMap shardMap() {
        return groups.shardMap();
    }

    /**
     * @return member that leads the only group, or group 0, as far as the client knows, or -1.
     */
    public int leader() {
        return groups.get(0).session().leader();
    }

    /**
     * @return most bytes of encoded commands in one message.
     */
    public int maxCommandsLength() {
        return groups.get(0).flow().maxCommandsLength();
    }

    /**
     * Ends the sessions; what is in flight is {@link ReplicationStatus#OUTCOME_UNKNOWN}. The groups
     * that have a leader are told to forget the client, so that it takes up no place; waits for
     * their answer, half a second at most.
     */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try {
            leave();
        } catch (final AeronException | ReplicationException gone) {
            // the groups forget it later
        } finally {
            groups.close();
            aeron.close();
        }
    }

    private void leave() {
        groups.leave();
        final long deadlineNs = System.nanoTime() + FAREWELL_NS;
        context.idleStrategy().reset();
        while (groups.isLeaving() && System.nanoTime() - deadlineNs < 0) {
            context.idleStrategy().idle(poll());
        }
    }
}
