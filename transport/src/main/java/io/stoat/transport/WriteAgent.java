package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.stoat.store.Command;
import io.stoat.store.CommandDecoder;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import io.stoat.store.StoreWriter;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.EpochClock;

/**
 * Owns the shards of its {@link StoreWriter} and applies the commands on its stream in its duty
 * cycle. A command is applied only once there is room for its answer. One thread; allocates nothing
 * for a request.
 */
final class WriteAgent
        implements Agent,
                RequestAdapter.Handler,
                Forwarder.CommandHandler,
                Forwarder.AnswerHandler {
    /**
     * Expired entries are looked for in slices of a microsecond: longer and rarer ones would be the
     * 99th percentile of the requests that wait for them, reads too where they share the thread.
     */
    private static final int SWEEP_SLOTS = 16;

    /** Bounds what a growth of the store adds to a duty cycle, to some 20 us. */
    private static final int GROWTH_SLOTS = 64;

    private static final long SWEEP_INTERVAL_NS = TimeUnit.MICROSECONDS.toNanos(62);
    private static final long SWEEP_DELAY_NS = TimeUnit.MICROSECONDS.toNanos(562);

    private final int index;
    private final String roleName;
    private final StoreWriter writer;
    private final NodeMap nodeMap;
    private final Forwarder forwarder;
    private final ChangeRing changes;
    private final Forwarder.Inbox inbox;
    private final ShardMap shardMap;
    private final CommandDecoder command = new CommandDecoder();
    private final EpochClock clock;
    private final AgentCounters counters;
    private final DirectBuffer ownersBuffer;
    private final SessionHost host;
    private long nextSweepNs = System.nanoTime();

    WriteAgent(
            final int index,
            final ServerContext context,
            final Aeron aeron,
            final NodeMap nodeMap,
            final StoreWriter writer,
            final Forwarder forwarder,
            final ChangeRing changes) {
        this.index = index;
        this.writer = writer;
        this.nodeMap = nodeMap;
        this.forwarder = forwarder;
        this.changes = changes;
        roleName = AgentThreads.WRITE_PREFIX + index;
        inbox = forwarder.new Inbox(index, this, this);
        writer.removalListener(changes::onRemoved);
        shardMap = context.store().shardMap();
        clock = context.store().context().epochClock();
        counters = new AgentCounters(aeron, roleName);
        ownersBuffer = nodeMap.encode();
        host =
                new SessionHost(
                        context,
                        aeron,
                        counters,
                        nodeMap,
                        nodeMap.firstWriteStreamId() + index,
                        this);
    }

    AgentCounters counters() {
        return counters;
    }

    @Override
    public String roleName() {
        return roleName;
    }

    @Override
    public int doWork() {
        changes.beginCycle();
        int work = host.poll();
        if (nodeMap.writeStreamCount() > 1) {
            work += inbox.poll();
        }
        work += host.flush();
        final long nowNs = host.nowNs();
        // beside requests only when it has waited for long
        if (nowNs - nextSweepNs >= (work == 0 ? 0 : SWEEP_DELAY_NS)) {
            nextSweepNs = nowNs + SWEEP_INTERVAL_NS;
            work += writer.sweep(clock.time(), SWEEP_SLOTS);
        }
        work += writer.grow(GROWTH_SLOTS) > 0 ? 1 : 0;
        return work;
    }

    @Override
    public Action onCommands(
            final long sessionKey,
            final long correlationId,
            final int flags,
            final DirectBuffer buffer,
            final int commandsOffset,
            final int commandsLength) {
        final Session session = host.session(sessionKey);
        if (session == null) {
            return Action.CONTINUE;
        }
        final ResponseBatch responses = session.responses();
        final long timeMs = clock.time();
        final int end = commandsOffset + commandsLength;
        int at = commandsOffset + session.resumeOffset();
        int number = session.resumeIndex();
        while (at < end) {
            final int length =
                    end - at < Integer.BYTES ? 0 : buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
            if (length < Command.HEADER_LENGTH || length > end - at) {
                return host.onMalformed(sessionKey, correlationId + number);
            }
            if (responses.ensureRoom(ownersBuffer.capacity()) == ResponseBatch.BACK_PRESSURED
                    || !responses.fits(ownersBuffer.capacity())
                    || !apply(session, correlationId + number, flags, buffer, at, length, timeMs)) {
                return host.suspend(session, at - commandsOffset, number);
            }
            counters.requests.incrementRelease();
            at += length;
            number++;
        }
        session.complete();
        session.flowing(host.nowNs());
        host.markDirty(session);
        return Action.CONTINUE;
    }

    /** False when the command has to be handed on and there is no room to do so. */
    private boolean apply(
            final Session session,
            final long correlationId,
            final int flags,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long timeMs) {
        final int status = apply(buffer, offset, length, timeMs);
        if (status != Status.WRONG_SHARD || ownsShardOf(buffer, offset, length)) {
            session.responses().append(correlationId, status, writer.version(), writer.counter());
            return true;
        }
        if ((flags & Connection.FORWARD) == 0) {
            counters.moved.incrementRelease();
            session.responses()
                    .append(
                            correlationId,
                            TransportStatus.MOVED,
                            ownersBuffer,
                            0,
                            ownersBuffer.capacity());
            return true;
        }
        final int owner = nodeMap.ownerOf(command.shard(shardMap));
        if (!forwarder.forward(
                owner, index, session.key(), correlationId, buffer, offset, length)) {
            return false;
        }
        session.forwarded();
        counters.forwarded.incrementRelease();
        return true;
    }

    private int apply(
            final DirectBuffer buffer, final int offset, final int length, final long timeMs) {
        final int status = writer.apply(buffer, offset, length, StoreWriter.NEXT_POSITION, timeMs);
        if (status == Status.OK && changes.isWatched()) {
            command.wrap(buffer, offset, length);
            changes.onApplied(command, writer, shardMap, timeMs);
        }
        return status;
    }

    @Override
    public boolean onForwarded(
            final int origin,
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final int claimed = forwarder.claimAnswer(origin);
        if (claimed < 0) {
            return false;
        }
        final int status = apply(buffer, offset, length, clock.time());
        forwarder.answer(
                origin,
                claimed,
                sessionKey,
                correlationId,
                status,
                writer.version(),
                writer.counter());
        return true;
    }

    @Override
    public void onAnswer(
            final long sessionKey,
            final long correlationId,
            final int status,
            final long version,
            final long operand) {
        final Session session = host.find(sessionKey);
        if (session != null && session.forwardAnswered()) {
            session.responses().append(correlationId, status, version, operand);
            host.markDirty(session);
        }
    }

    /** Whether the command's (first) shard is here: true for a batch over several shards, too. */
    private boolean ownsShardOf(final DirectBuffer buffer, final int offset, final int length) {
        return command.wrap(buffer, offset, length) == Status.OK
                && writer.owns(command.shard(shardMap));
    }

    /** Reads have streams of their own. */
    @Override
    public Action onGets(
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int keysOffset,
            final int keysLength,
            final boolean more) {
        return host.onMalformed(sessionKey, correlationId);
    }

    /** So have subscriptions. */
    @Override
    public Action onSubscribe(
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int prefixOffset,
            final int prefixLength) {
        return host.onMalformed(sessionKey, correlationId);
    }

    @Override
    public Action onMalformed(final long sessionKey, final long correlationId) {
        return host.onMalformed(sessionKey, correlationId);
    }

    @Override
    public void onConnect(
            final long sessionKey,
            final long correlationId,
            final int protocolVersion,
            final int streamId,
            final DirectBuffer buffer,
            final int channelOffset,
            final int channelLength,
            final int credentialsOffset,
            final int credentialsLength,
            final Header header) {
        host.onConnect(
                sessionKey,
                correlationId,
                protocolVersion,
                streamId,
                buffer,
                channelOffset,
                channelLength,
                credentialsOffset,
                credentialsLength,
                header);
    }

    @Override
    public void onClose() {
        CloseHelper.quietClose(host);
    }
}
