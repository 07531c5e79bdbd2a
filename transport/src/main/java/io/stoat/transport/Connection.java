package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A client's connection with a node, which it opens, notices the loss of, and opens again: one step
 * at a time, so that a caller who polls is never held up. A lane for reads, and one for each write
 * agent. Client's thread only.
 */
final class Connection implements AutoCloseable, ResponseAdapter.Handler {
    /** Flag of a Commands message: a command of another agent's shard is to be handed on. */
    static final int FORWARD = 1;

    private enum State {
        DISCONNECTED,
        RESOLVING,
        ASKING,
        OPENING,
        OPEN,
        CLOSED
    }

    private static final int FRAGMENT_LIMIT = 64;
    private static final int READ_LANE = 0;
    private static final int IDLE_TURNS = 16;
    private static final int BUSY_TURNS = 256;
    private static final Lane[] NONE = {};

    private final ClientContext context;
    private final boolean readsOnly;
    private final ClientDriver driver;
    private final FragmentAssembler assembler = new FragmentAssembler(new ResponseAdapter(this));
    private final ReconnectBackoff backoff;
    private State state = State.DISCONNECTED;
    private Aeron aeron;
    private Subscription subscription;
    private long subscriptionId;
    private int responseStreamId;
    private String responseChannel;
    private Lane[] lanes = NONE;
    private NodeMap nodeMap;
    private ShardMap shardMap;
    private int epoch;
    private int endedLanes;

    /**
     * A request needs a session that the node has ended: connect anew once nothing is in flight.
     */
    private boolean renewing;

    private long attemptDeadlineNs;
    private long lastResultNs;

    /** Since the last look at the clock. */
    private boolean answered;

    private int turns;
    private int refusal;
    private CompletionHandler handler;
    private ResponseAdapter.ChangesHandler changesHandler;
    private RuntimeException handlerFailure;

    /** readsOnly has no lanes for commands, and its reads go to the first read agent. */
    Connection(final ClientContext context, final boolean readsOnly) {
        this.context = context;
        this.readsOnly = readsOnly;
        driver = new ClientDriver(context);
        backoff = new ReconnectBackoff(context.reconnectMinNs(), context.reconnectMaxNs());
    }

    boolean isOpen() {
        return state == State.OPEN && !renewing;
    }

    /**
     * Whether a session that the node had ended is about to be opened again; a request that ended
     * as NOT_CONNECTED meanwhile can be sent again then.
     */
    boolean isRenewing() {
        return renewing;
    }

    /** Whether it is known, without a look at the clock, that the connection is lost. */
    boolean isLost() {
        return state == State.OPEN && isLaneLost();
    }

    /** Why the node refused the last attempt, or 0. */
    int refusal() {
        return refusal;
    }

    /**
     * One turn: takes answers, sends what is due, ends what is overdue, and works at being
     * connected.
     */
    int poll(final CompletionHandler completions) {
        handler = completions;
        int work = driver.drive();
        if (subscription != null) {
            work += subscription.poll(assembler, FRAGMENT_LIMIT);
        }
        if (state == State.OPEN) {
            for (final Lane lane : lanes) {
                work += lane.flushDue();
            }
            // the clock and what the driver says cost as much as a poll: not at every turn
            if ((++turns & (work == 0 ? IDLE_TURNS : BUSY_TURNS) - 1) == 0) {
                work += driver.listen() + watch();
            }
            if (renewing && inFlight() == 0) {
                disconnect();
                work++;
            }
        } else {
            work += driver.listen() + step();
        }
        if (handlerFailure != null) {
            final RuntimeException failure = handlerFailure;
            handlerFailure = null;
            throw failure;
        }
        return work;
    }

    private int watch() {
        if (driver.isClosed() || isLaneLost()) {
            lose();
            return 1;
        }
        final long nowNs = System.nanoTime();
        if (answered) {
            answered = false;
            lastResultNs = nowNs;
        }
        int expired = 0;
        for (final Lane lane : lanes) {
            expired += lane.expire(nowNs, handler);
        }
        // a node that answers nothing at all has perhaps been replaced by one that does not know us
        if (expired > 0 && nowNs - lastResultNs > context.requestTimeoutNs()) {
            lose();
        }
        return expired;
    }

    private boolean isLaneLost() {
        for (final Lane lane : lanes) {
            if (lane.isLost()) {
                return true;
            }
        }
        return subscription.imageCount() < lanes.length - endedLanes;
    }

    /** Ends what is in flight and begins to connect anew. */
    void lose(final CompletionHandler completions) {
        handler = completions;
        lose();
    }

    private void lose() {
        final Lane[] lost = lanes;
        disconnect();
        for (final Lane lane : lost) {
            lane.lose(handler);
        }
    }

    private void disconnect() {
        for (final Lane lane : lanes) {
            lane.close();
        }
        lanes = NONE;
        assembler.clear();
        if (subscription != null) {
            CloseHelper.quietClose(subscription);
            subscription = null;
        }
        endedLanes = 0;
        if (state != State.CLOSED) {
            // the node is there, when it is one that has ended a session
            if (state != State.OPEN || !renewing) {
                backoff.failed(System.nanoTime());
            }
            state = State.DISCONNECTED;
        }
    }

    private int step() {
        try {
            switch (state) {
                case DISCONNECTED:
                    return begin();
                case RESOLVING:
                    return resolve();
                case ASKING:
                case OPENING:
                    return open();
                default:
                    return 0;
            }
        } catch (final AeronException | IllegalStateException ex) {
            disconnect();
            return 1;
        }
    }

    private int begin() {
        final long nowNs = System.nanoTime();
        if (!backoff.isDue(nowNs)) {
            return 0;
        }
        backoff.failed(nowNs);
        aeron = driver.connect();
        if (aeron == null) {
            return 0;
        }
        attemptDeadlineNs = System.nanoTime() + context.connectTimeoutNs();
        epoch++;
        responseStreamId = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        subscriptionId = aeron.asyncAddSubscription(context.responseChannel(), responseStreamId);
        lanes = new Lane[] {lane(READ_LANE, context.requestChannel(), context.requestStreamId())};
        state = State.RESOLVING;
        return 1;
    }

    private Lane lane(final int index, final String channel, final int streamId) {
        return new Lane(index, epoch, index == READ_LANE, context, aeron, channel, streamId);
    }

    private int resolve() {
        if (subscription == null) {
            subscription = aeron.getSubscription(subscriptionId);
        }
        responseChannel =
                subscription == null || context.endpoint() == null
                        ? context.responseChannel()
                        : subscription.tryResolveChannelEndpointPort();
        if (subscription == null || responseChannel == null) {
            return giveUpInTime();
        }
        state = State.ASKING;
        return 1;
    }

    /** Sends Connects; the acks come by {@link #onConnectAck}. */
    private int open() {
        for (final Lane lane : lanes) {
            lane.stepConnect(aeron, responseChannel, responseStreamId);
        }
        if (state == State.OPENING) {
            boolean all = subscription.imageCount() >= lanes.length;
            for (final Lane lane : lanes) {
                all &= lane.isOpen();
            }
            if (all) {
                state = State.OPEN;
                renewing = false;
                refusal = 0;
                lastResultNs = System.nanoTime();
                backoff.succeeded();
                return 1;
            }
        }
        return giveUpInTime();
    }

    private int giveUpInTime() {
        if (System.nanoTime() - attemptDeadlineNs > 0) {
            disconnect();
            return 1;
        }
        return 0;
    }

    @Override
    public void onConnectAck(
            final long correlationId,
            final int status,
            final int protocolVersion,
            final NodeMap acknowledged) {
        final int index = Lane.indexOf(correlationId);
        if (index >= lanes.length || !lanes[index].isConnect(correlationId)) {
            return;
        }
        if (status != Status.OK || acknowledged == null) {
            refusal = status == Status.OK ? TransportStatus.INCOMPATIBLE : status;
            attemptDeadlineNs = System.nanoTime() - 1;
            return;
        }
        if (state == State.ASKING) {
            onNodeMap(acknowledged);
        } else if (state == State.OPENING) {
            lanes[index].open(nodeMap.maxValueLength());
        }
    }

    /** The node's first answer: it says which streams there are, and one of them is for reads. */
    private void onNodeMap(final NodeMap acknowledged) {
        nodeMap = acknowledged;
        shardMap = new ShardMap(nodeMap.shardCount(), nodeMap.generation());
        final Lane first = lanes[READ_LANE];
        final Lane[] all = new Lane[readsOnly ? 1 : 1 + nodeMap.writeStreamCount()];
        final int reader = readsOnly ? 0 : responseStreamId % nodeMap.readStreamCount();
        if (nodeMap.firstReadStreamId() + reader == context.requestStreamId()) {
            all[READ_LANE] = first;
            first.open(nodeMap.maxValueLength());
        } else {
            epoch++;
            all[READ_LANE] =
                    lane(READ_LANE, context.requestChannel(), nodeMap.firstReadStreamId() + reader);
            first.close();
        }
        final String channel = writeChannel();
        for (int i = 1; i < all.length; i++) {
            all[i] = lane(i, channel, nodeMap.firstWriteStreamId() + i - 1);
        }
        lanes = all;
        state = State.OPENING;
    }

    /**
     * With terms that carry the longest value of this node; over IPC the node's driver has set it.
     */
    private String writeChannel() {
        return context.endpoint() == null
                ? context.requestChannel()
                : context.requestChannel()
                        + "|term-length="
                        + Math.max(
                                ClientDriver.TERM_LENGTH,
                                PacketLengths.term(nodeMap.maxValueLength()));
    }

    @Override
    public void onResult(
            final long correlationId,
            final int status,
            final long version,
            final long operand,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        final int index = Lane.indexOf(correlationId);
        if (state != State.OPEN || index >= lanes.length) {
            return;
        }
        if (!lanes[index].complete(correlationId)) {
            if (status == TransportStatus.SESSION_ENDED && lanes[index].isConnect(correlationId)) {
                onSessionEnded(lanes[index]);
            }
            return;
        }
        answered = true;
        if (status == TransportStatus.MOVED) {
            nodeMap = nodeMap.movedTo(buffer, offset, length);
        }
        try {
            handler.onCompletion(correlationId, status, version, operand, buffer, offset, length);
        } catch (final RuntimeException ex) {
            // Aeron would hand it to an error handler that the application does not see
            handlerFailure = ex;
        }
    }

    /** Another one is opened when a request needs it, or has needed it. */
    private void onSessionEnded(final Lane lane) {
        endedLanes++;
        renewing |= lane.inFlight() > 0;
        try {
            lane.endedByNode(handler);
        } catch (final RuntimeException ex) {
            handlerFailure = ex;
        }
    }

    private Lane used(final Lane lane) {
        if (lane.isEnded()) {
            renewing = true;
        }
        return lane;
    }

    /** Takes changes to a handler from now on. */
    void changes(final ResponseAdapter.ChangesHandler changesHandler) {
        this.changesHandler = changesHandler;
    }

    @Override
    public void onChanges(final DirectBuffer buffer, final int offset, final int length) {
        if (state != State.OPEN || changesHandler == null) {
            return;
        }
        answered = true;
        try {
            changesHandler.onChanges(buffer, offset, length);
        } catch (final RuntimeException ex) {
            handlerFailure = ex;
        }
    }

    /** Differs from one connection to the next. */
    int epoch() {
        return epoch;
    }

    Lane readLane() {
        return used(lanes[READ_LANE]);
    }

    /** Lane of the agent that owns the key's shard, as far as is known. */
    Lane writeLane(final DirectBuffer key, final int keyOffset, final int keyLength) {
        return writeLane(
                lanes.length == 2 || keyLength < 1
                        ? 0
                        : shardMap.shardOf(key, keyOffset, keyLength));
    }

    Lane writeLane(final int shard) {
        return used(lanes[context.routing() ? 1 + nodeMap.ownerOf(shard) : 1]);
    }

    ShardMap shardMap() {
        return shardMap;
    }

    /** Sends everything that waits; OK, or what keeps it back. */
    int flush() {
        int status = Status.OK;
        for (final Lane lane : lanes) {
            final int flushed = lane.flush();
            if (flushed != Status.OK) {
                status = flushed;
            }
        }
        return status;
    }

    int inFlight() {
        int inFlight = 0;
        for (final Lane lane : lanes) {
            inFlight += lane.inFlight();
        }
        return state == State.OPEN ? inFlight : 0;
    }

    int maxValueLength() {
        return nodeMap == null ? 0 : nodeMap.maxValueLength();
    }

    NodeMap nodeMap() {
        return nodeMap;
    }

    /** For tests: as if this map had been learnt. */
    void nodeMap(final NodeMap other) {
        nodeMap = other;
    }

    @Override
    public void close() {
        state = State.CLOSED;
        disconnect();
        driver.close();
    }
}
