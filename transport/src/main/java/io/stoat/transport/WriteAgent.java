package io.stoat.transport;

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
final class WriteAgent implements Agent, RequestAdapter.Handler {
    /** Expired entries are looked for in slices of some microseconds, so that no request waits. */
    private static final int SWEEP_SLOTS = 256;

    private static final long SWEEP_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final String roleName;
    private final StoreWriter writer;
    private final ShardMap shardMap;
    private final CommandDecoder command = new CommandDecoder();
    private final EpochClock clock;
    private final AgentCounters counters;
    private final DirectBuffer ownersBuffer;
    private final SessionHost host;
    private long nowNs;
    private long nextSweepNs = System.nanoTime();

    WriteAgent(
            final String roleName,
            final ServerContext context,
            final io.aeron.Aeron aeron,
            final NodeMap nodeMap,
            final int streamId,
            final StoreWriter writer) {
        this.roleName = roleName;
        this.writer = writer;
        shardMap = context.store().shardMap();
        clock = context.store().context().epochClock();
        counters = new AgentCounters(aeron, roleName);
        ownersBuffer = nodeMap.encode();
        host = new SessionHost(context, aeron, counters, nodeMap, streamId, this);
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
        nowNs = System.nanoTime();
        int work = host.poll(nowNs) + host.flush(nowNs);
        if (nowNs - nextSweepNs >= 0) {
            nextSweepNs = nowNs + SWEEP_INTERVAL_NS;
            work += writer.sweep(clock.time(), SWEEP_SLOTS);
        }
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
        int index = session.resumeIndex();
        while (at < end) {
            final int length =
                    end - at < Integer.BYTES ? 0 : buffer.getInt(at, ByteOrder.LITTLE_ENDIAN);
            if (length < Command.HEADER_LENGTH || length > end - at) {
                return host.onMalformed(sessionKey, correlationId + index);
            }
            if (responses.ensureRoom(ownersBuffer.capacity()) == ResponseBatch.BACK_PRESSURED) {
                return host.suspend(session, at - commandsOffset, index);
            }
            apply(session, correlationId + index, buffer, at, length, timeMs);
            counters.requests.incrementRelease();
            at += length;
            index++;
        }
        session.complete();
        session.flowing(nowNs);
        host.markDirty(session);
        return Action.CONTINUE;
    }

    private void apply(
            final Session session,
            final long correlationId,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final long timeMs) {
        final int status =
                writer.apply(buffer, offset, length, StoreWriter.NEXT_POSITION, timeMs);
        if (status == Status.WRONG_SHARD && !ownsShardOf(buffer, offset, length)) {
            counters.moved.incrementRelease();
            session.responses()
                    .append(
                            correlationId,
                            TransportStatus.MOVED,
                            ownersBuffer,
                            0,
                            ownersBuffer.capacity());
            return;
        }
        session.responses().append(correlationId, status, writer.version(), writer.counter());
    }

    /** False for a command of another agent's; true for a batch over several shards, one of them here. */
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
                channelLength);
    }

    @Override
    public void onClose() {
        CloseHelper.quietClose(host);
    }
}
