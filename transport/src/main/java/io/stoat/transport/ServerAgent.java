package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.stoat.store.EntryView;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.EpochClock;

/**
 * Serves requests in its duty cycle: polls the request streams, applies commands to the store,
 * which it owns, and answers. Reads go through a {@link StoreReader} on the same directory, so that
 * they can move to an agent of their own. One thread; allocates nothing for a request.
 */
final class ServerAgent implements Agent, RequestAdapter.Handler {
    static final String ROLE_NAME = "stoat-server";
    static final int TRANSPORT_IPC = 0;
    static final int TRANSPORT_UDP = 1;

    private static final int FRAGMENT_LIMIT = 32;

    /** Expired entries are looked for in slices of some microseconds, so that no request waits. */
    private static final int SWEEP_SLOTS = 256;

    private static final long SWEEP_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int READ_ATTEMPTS = 1_000;
    private static final int MAX_CHANNEL_LENGTH = 256;
    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final int RESPONSE_TERM_LENGTH_MIN = 1024 * 1024;

    private final Aeron aeron;
    private final AgentInvoker driverInvoker;
    private final AgentInvoker aeronInvoker;
    private final AutoCloseable driver;
    private final Store store;
    private final StoreReader reader;
    private final EpochClock clock;
    private final ServerCounters counters;
    private final int maxSessions;
    private final int termLength;
    private final ResponsePublisher publisher;
    private final EntryView view = new EntryView();
    private final Long2ObjectHashMap<Session> sessions = new Long2ObjectHashMap<>();
    private final List<Session> pending = new ArrayList<>();
    private final List<Session> departed = new ArrayList<>();
    private long nextSweepNs = System.nanoTime();
    private Subscription[] subscriptions = new Subscription[0];
    private FragmentAssembler[] assemblers = new FragmentAssembler[0];

    ServerAgent(
            final ServerContext context,
            final Aeron aeron,
            final AgentInvoker driverInvoker,
            final AutoCloseable driver,
            final ServerCounters counters) {
        this.aeron = aeron;
        this.driverInvoker = driverInvoker;
        this.driver = driver;
        this.counters = counters;
        aeronInvoker = aeron.conductorAgentInvoker();
        store = context.store();
        clock = store.context().epochClock();
        reader =
                StoreReader.attach(
                        new io.stoat.store.ReaderContext()
                                .dataDir(store.context().dataDir())
                                .epochClock(clock));
        maxSessions = context.maxSessions();
        termLength = termLength(reader.stat().maxValueLength());
        publisher = new ResponsePublisher(driverInvoker);
    }

    /** Aeron carries messages of up to an eighth of a term. */
    static int termLength(final int maxValueLength) {
        final long wanted = 8L * (maxValueLength + 4096L);
        return (int)
                Math.min(
                        1 << 30,
                        Math.max(RESPONSE_TERM_LENGTH_MIN, Long.highestOneBit(wanted - 1) << 1));
    }

    void subscriptions(final Subscription ipc, final Subscription udp) {
        subscriptions = udp == null ? new Subscription[] {ipc} : new Subscription[] {ipc, udp};
        assemblers = new FragmentAssembler[subscriptions.length];
        for (int i = 0; i < assemblers.length; i++) {
            assemblers[i] = new FragmentAssembler(new RequestAdapter(i, this));
        }
    }

    @Override
    public String roleName() {
        return ROLE_NAME;
    }

    @Override
    public int doWork() {
        int work = driverInvoker == null ? 0 : driverInvoker.invoke();
        work += aeronInvoker.invoke();
        if (!departed.isEmpty()) {
            departed.forEach(this::end);
            departed.clear();
        }
        for (int i = 0; i < subscriptions.length; i++) {
            work += subscriptions[i].poll(assemblers[i], FRAGMENT_LIMIT);
        }
        if (!pending.isEmpty()) {
            work += openPending();
        }
        final long nowNs = System.nanoTime();
        if (nowNs - nextSweepNs >= 0) {
            nextSweepNs = nowNs + SWEEP_INTERVAL_NS;
            work += store.sweep(SWEEP_SLOTS);
        }
        return work;
    }

    private int openPending() {
        int work = 0;
        final long nowNs = System.nanoTime();
        for (int i = pending.size() - 1; i >= 0; i--) {
            final Session session = pending.get(i);
            if (session.isOverdue(nowNs)) {
                pending.remove(i);
                end(session);
            } else if (session.isConnected(aeron)
                    && publisher.sendConnectAck(
                            session.publication(),
                            session.connectCorrelationId(),
                            Status.OK,
                            store.shardMap().shardCount(),
                            reader.stat().maxValueLength(),
                            store.shardMap().generation())) {
                session.markOpen();
                pending.remove(i);
                work++;
            }
        }
        return work;
    }

    private void end(final Session session) {
        if (sessions.remove(session.key()) != null) {
            counters.sessions().setRelease(sessions.size());
        }
        session.close();
    }

    /**
     * A client that left is known by its answers' stream at once, by its requests' only after a
     * time-out.
     */
    private void endAbandoned() {
        final List<Session> abandoned = new ArrayList<>();
        for (final Session session : sessions.values()) {
            if (session.isOpen() && !session.publication().isConnected()) {
                abandoned.add(session);
            }
        }
        abandoned.forEach(this::end);
    }

    /**
     * Called by the Aeron client's conductor, which this thread drives. The conductor refuses calls
     * from its own callbacks, so the publication is closed after it.
     */
    void onUnavailableImage(final int transport, final Image image) {
        final Session session = sessions.get(Session.key(transport, image.sessionId()));
        if (session != null) {
            pending.remove(session);
            departed.add(session);
        }
    }

    @Override
    public void onConnect(
            final long sessionKey,
            final long correlationId,
            final int protocolVersion,
            final int streamId,
            final DirectBuffer buffer,
            final int channelOffset,
            final int channelLength) {
        if (sessions.containsKey(sessionKey)) {
            // a repeated Connect: the first one is being answered
            return;
        }
        if (sessions.size() >= maxSessions) {
            endAbandoned();
        }
        final String channel =
                channelLength > MAX_CHANNEL_LENGTH
                        ? null
                        : responseChannel(buffer, channelOffset, channelLength);
        if (channel == null
                || protocolVersion != StoreClient.PROTOCOL_VERSION
                || sessions.size() >= maxSessions) {
            counters.refusedSessions().incrementRelease();
            return;
        }
        final long registrationId = aeron.asyncAddExclusivePublication(channel, streamId);
        final Session session =
                new Session(
                        sessionKey,
                        correlationId,
                        registrationId,
                        System.nanoTime() + CONNECT_TIMEOUT_NS);
        sessions.put(sessionKey, session);
        pending.add(session);
        counters.sessions().setRelease(sessions.size());
    }

    /**
     * The channel to answer on, rebuilt from the only parts that a client may choose; null when it
     * may not.
     */
    private String responseChannel(final DirectBuffer buffer, final int offset, final int length) {
        try {
            final String text = buffer.getStringWithoutLengthAscii(offset, length);
            final ChannelUri uri = ChannelUri.parse(text);
            if (uri.isIpc()) {
                return "aeron:ipc?term-length=" + termLength;
            }
            return Endpoint.parse(uri.get("endpoint")).requireLoopback().channel()
                    + "|term-length="
                    + termLength;
        } catch (final IllegalArgumentException | TransportException ex) {
            return null;
        }
    }

    private Session session(final long sessionKey) {
        final Session session = sessions.get(sessionKey);
        if (session == null || !session.isOpen()) {
            counters.malformed().incrementRelease();
            return null;
        }
        counters.requests().incrementRelease();
        return session;
    }

    @Override
    public void onGet(
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        final Session session = session(sessionKey);
        if (session == null) {
            return;
        }
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            final int length = reader.find(buffer, keyOffset, keyLength, view);
            if (length < 0) {
                respond(session, correlationId, length, 0);
                return;
            }
            final int result =
                    publisher.sendValue(session.publication(), correlationId, view, length);
            if (result != ResponsePublisher.CHANGED) {
                if (result == ResponsePublisher.DROPPED) {
                    counters.droppedResponses().incrementRelease();
                }
                return;
            }
        }
        respond(session, correlationId, Status.OWNER_GONE, 0);
    }

    @Override
    public void onPut(
            final long sessionKey,
            final long correlationId,
            final int mode,
            final long ttlMs,
            final long expectedVersion,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength,
            final int valueOffset,
            final int valueLength) {
        final Session session = session(sessionKey);
        if (session == null) {
            return;
        }
        if (ttlMs < 0) {
            onMalformed(sessionKey, correlationId);
            return;
        }
        final long expiresAtMs = expiresAtMs(ttlMs);
        final int status;
        switch (mode) {
            case PutMode.ALWAYS:
                status =
                        store.put(
                                buffer,
                                keyOffset,
                                keyLength,
                                buffer,
                                valueOffset,
                                valueLength,
                                expiresAtMs);
                break;
            case PutMode.IF_ABSENT:
                status =
                        store.putIfAbsent(
                                buffer,
                                keyOffset,
                                keyLength,
                                buffer,
                                valueOffset,
                                valueLength,
                                expiresAtMs);
                break;
            case PutMode.IF_VERSION:
                status =
                        store.putIfVersion(
                                buffer,
                                keyOffset,
                                keyLength,
                                buffer,
                                valueOffset,
                                valueLength,
                                expiresAtMs,
                                expectedVersion);
                break;
            default:
                onMalformed(sessionKey, correlationId);
                return;
        }
        respond(session, correlationId, status, store.version());
    }

    @Override
    public void onRemove(
            final long sessionKey,
            final long correlationId,
            final int mode,
            final long expectedVersion,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        final Session session = session(sessionKey);
        if (session == null) {
            return;
        }
        final int status;
        switch (mode) {
            case PutMode.ALWAYS:
                status = store.remove(buffer, keyOffset, keyLength);
                break;
            case PutMode.IF_VERSION:
                status = store.removeIfVersion(buffer, keyOffset, keyLength, expectedVersion);
                break;
            default:
                onMalformed(sessionKey, correlationId);
                return;
        }
        respond(session, correlationId, status, store.version());
    }

    @Override
    public void onAdd(
            final long sessionKey,
            final long correlationId,
            final long delta,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        final Session session = session(sessionKey);
        if (session == null) {
            return;
        }
        final int status = store.add(buffer, keyOffset, keyLength, delta);
        if (status != Status.OK) {
            respond(session, correlationId, status, store.version());
        } else if (!publisher.sendCounter(
                session.publication(), correlationId, store.version(), store.counter())) {
            counters.droppedResponses().incrementRelease();
        }
    }

    @Override
    public void onTouch(
            final long sessionKey,
            final long correlationId,
            final long ttlMs,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength) {
        final Session session = session(sessionKey);
        if (session == null) {
            return;
        }
        if (ttlMs < 0) {
            onMalformed(sessionKey, correlationId);
            return;
        }
        final int status = store.touch(buffer, keyOffset, keyLength, expiresAtMs(ttlMs));
        respond(session, correlationId, status, store.version());
    }

    private long expiresAtMs(final long ttlMs) {
        if (ttlMs == 0) {
            return 0;
        }
        final long nowMs = clock.time();
        return ttlMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + ttlMs;
    }

    @Override
    public void onMalformed(final long sessionKey, final long correlationId) {
        counters.malformed().incrementRelease();
        final Session session = sessions.get(sessionKey);
        if (session != null && session.isOpen() && correlationId != 0) {
            respond(session, correlationId, TransportStatus.MALFORMED, 0);
        }
    }

    private void respond(
            final Session session, final long correlationId, final int status, final long version) {
        if (!publisher.sendStatus(session.publication(), correlationId, status, version)) {
            counters.droppedResponses().incrementRelease();
        }
    }

    @Override
    public void onClose() {
        sessions.clear();
        pending.clear();
        CloseHelper.quietCloseAll(reader, aeron, driver);
    }
}
