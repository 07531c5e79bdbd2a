package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.aeron.status.ChannelEndpointStatus;
import io.stoat.store.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.AgentInvoker;

/**
 * What read and write agents have in common: an Aeron client, the request stream over IPC and UDP,
 * and the sessions on it. Agent's thread only, but for the constructor.
 */
final class SessionHost implements AutoCloseable {
    static final int TRANSPORT_IPC = 0;
    static final int TRANSPORT_UDP = 1;

    private static final String AERON_IPC = "aeron:ipc";
    private static final int FRAGMENT_LIMIT = 64;
    private static final int MAX_CHANNEL_LENGTH = 256;

    /** So many clients with a wrong token are told so at a time; more are told nothing. */
    static final int MAX_WAITING_REFUSALS = 16;

    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long UPKEEP_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int UPKEEP_TURNS = 16;

    private final ServerContext context;
    private final Aeron aeron;
    private final AgentInvoker aeronInvoker;
    private final AgentCounters counters;
    private final NodeMap nodeMap;
    private final int termLength;
    private final boolean loopbackOnly;
    private final ConnectAckPublisher ackPublisher;
    private final Admission admission;
    private final GuessLimit guesses = new GuessLimit();
    private final Long2ObjectHashMap<Session> sessions = new Long2ObjectHashMap<>();
    private final List<Session> pending = new ArrayList<>();
    private final List<Session> departed = new ArrayList<>();
    private final List<Session> dirty = new ArrayList<>();
    private final Subscription[] subscriptions;
    private final ControlledFragmentAssembler[] assemblers;
    private int waitingRefusals;
    private long nextUpkeepNs;
    private long nowNs = System.nanoTime();
    private int turns;

    SessionHost(
            final ServerContext context,
            final Aeron aeron,
            final AgentCounters counters,
            final NodeMap nodeMap,
            final int streamId,
            final RequestAdapter.Handler handler) {
        this.context = context;
        this.aeron = aeron;
        this.counters = counters;
        this.nodeMap = nodeMap;
        aeronInvoker = aeron.conductorAgentInvoker();
        termLength = context.termLength();
        loopbackOnly =
                context.endpoint() == null || Endpoint.parse(context.endpoint()).isLoopback();
        admission =
                new Admission(
                        context.authenticatorSupplier().get(),
                        context.store().context().epochClock());
        ackPublisher = new ConnectAckPublisher(nodeMap);
        subscriptions = new Subscription[context.endpoint() == null ? 1 : 2];
        assemblers = new ControlledFragmentAssembler[subscriptions.length];
        for (int i = 0; i < subscriptions.length; i++) {
            final String channel =
                    i == TRANSPORT_IPC ? AERON_IPC : Endpoint.parse(context.endpoint()).channel();
            subscriptions[i] = subscribe(channel, streamId, i);
            assemblers[i] = new ControlledFragmentAssembler(new RequestAdapter(i, handler));
        }
    }

    private Subscription subscribe(final String channel, final int streamId, final int transport) {
        final Subscription subscription =
                aeron.addSubscription(
                        channel,
                        streamId,
                        image -> {},
                        image -> onUnavailableImage(transport, image));
        if (subscription.channelStatus() == ChannelEndpointStatus.ERRORED) {
            throw new TransportException(
                    "cannot listen on " + channel + ": the media driver reports an error");
        }
        return subscription;
    }

    /** Polls the request streams; requests go to the handler. */
    int poll() {
        int work = 0;
        // the clock and what the driver has to say cost as much as a poll: not at every turn
        if ((turns++ & UPKEEP_TURNS - 1) == 0 || !pending.isEmpty()) {
            nowNs = System.nanoTime();
            work = upkeep();
        }
        for (int i = 0; i < subscriptions.length; i++) {
            work += subscriptions[i].controlledPoll(assemblers[i], FRAGMENT_LIMIT);
        }
        return work;
    }

    /** The last look at the clock, some turns ago at most. */
    long nowNs() {
        return nowNs;
    }

    private int upkeep() {
        int work = aeronInvoker.invoke();
        if (!departed.isEmpty()) {
            departed.forEach(this::end);
            departed.clear();
        }
        if (!pending.isEmpty()) {
            work += openPending();
        }
        if (nowNs - nextUpkeepNs >= 0) {
            nextUpkeepNs = nowNs + UPKEEP_INTERVAL_NS;
            endLost();
        }
        return work;
    }

    /** Sends what the duty cycle has gathered; what a client does not take stays for the next. */
    int flush() {
        int work = 0;
        for (int i = dirty.size() - 1; i >= 0; i--) {
            final Session session = dirty.get(i);
            final boolean empty = session.responses().isEmpty();
            final int sent = session.responses().flush();
            if (sent == ResponseBatch.BACK_PRESSURED) {
                session.stalled(nowNs);
                continue;
            }
            if (sent == ResponseBatch.GONE) {
                counters.droppedResponses.incrementRelease();
            }
            session.markClean();
            removeAt(dirty, i);
            if (!empty) {
                session.flowing(nowNs);
                work++;
            }
        }
        return work;
    }

    private static void removeAt(final List<Session> list, final int index) {
        final int last = list.size() - 1;
        list.set(index, list.get(last));
        list.remove(last);
    }

    void markDirty(final Session session) {
        if (session.markDirty()) {
            dirty.add(session);
        }
    }

    /** A session whose client takes no answers: its request waits. */
    Action suspend(final Session session, final int offset, final int index) {
        counters.backPressured.incrementRelease();
        session.suspend(offset, index);
        session.stalled(nowNs);
        markDirty(session);
        return Action.ABORT;
    }

    /** The open session of a request, or null, which is counted. */
    Session session(final long sessionKey) {
        final Session session = sessions.get(sessionKey);
        if (session == null || !session.isOpen()) {
            counters.malformed.incrementRelease();
            return null;
        }
        return session;
    }

    /** An open session that may still be there, or null. */
    Session find(final long sessionKey) {
        final Session session = sessions.get(sessionKey);
        return session == null || !session.isOpen() ? null : session;
    }

    Action onMalformed(final long sessionKey, final long correlationId) {
        counters.malformed.incrementRelease();
        final Session session = find(sessionKey);
        if (session != null && correlationId != 0) {
            session.complete();
            // the peer is not one of ours: its answer may be lost, it never waits
            if (session.responses().ensureRoom(0) == ResponseBatch.SENT) {
                session.responses().append(correlationId, TransportStatus.MALFORMED, 0, 0);
                markDirty(session);
            }
        }
        return Action.CONTINUE;
    }

    void onConnect(
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
        if (sessions.containsKey(sessionKey)) {
            // replayed: the first one has been answered, or is being
            counters.malformed.incrementRelease();
            return;
        }
        final String source = source(header);
        if (!guesses.mayGuess(source, nowNs)) {
            counters.refusedSessions.incrementRelease();
            return;
        }
        if (sessions.size() >= context.maxSessions()) {
            endLost();
        }
        final int status =
                admit(sessionKey, protocolVersion, buffer, credentialsOffset, credentialsLength);
        final String channel =
                channelLength > MAX_CHANNEL_LENGTH
                        ? null
                        : responseChannel(buffer, channelOffset, channelLength, header);
        if (status == TransportStatus.NOT_AUTHENTICATED) {
            guesses.failed(source, nowNs);
        }
        if (status < Status.OK || channel == null) {
            counters.refusedSessions.incrementRelease();
            if (channel == null || waitingRefusals >= MAX_WAITING_REFUSALS) {
                return;
            }
            waitingRefusals++;
        }
        final Session session =
                new Session(
                        sessionKey,
                        source,
                        correlationId,
                        aeron.asyncAddExclusivePublication(channel, streamId),
                        System.nanoTime() + CONNECT_TIMEOUT_NS,
                        status);
        if (status >= Status.OK) {
            sessions.put(sessionKey, session);
            counters.sessions.setRelease(sessions.size());
        } else if (status == TransportStatus.NOT_AUTHENTICATED) {
            session.decide(status, System.nanoTime() + Admission.REFUSAL_DELAY_NS);
        }
        pending.add(session);
    }

    /** The address that a request comes from, without its port; of IPC {@link GuessLimit#IPC}. */
    private static String source(final Header header) {
        final String identity =
                header.context() instanceof Image image ? image.sourceIdentity() : "";
        final int port = identity.lastIndexOf(':');
        return port < 0 || identity.equals(AERON_IPC)
                ? GuessLimit.IPC
                : identity.substring(0, port);
    }

    /** Who has no token takes no session's place; an authenticator may decide later, though. */
    private int admit(
            final long sessionKey,
            final int protocolVersion,
            final DirectBuffer buffer,
            final int credentialsOffset,
            final int credentialsLength) {
        if (protocolVersion != StoreClient.PROTOCOL_VERSION) {
            return TransportStatus.INCOMPATIBLE;
        }
        if (!admission.request(sessionKey, buffer, credentialsOffset, credentialsLength)) {
            return TransportStatus.NOT_AUTHENTICATED;
        }
        final int decision = admission.decide(sessionKey);
        return decision >= Status.OK && sessions.size() >= context.maxSessions()
                ? TransportStatus.SESSION_REFUSED
                : decision;
    }

    /**
     * The channel to answer on, rebuilt from the only parts that a client may choose; null when it
     * may not, as for a name: neither this thread nor the driver's looks one up for a stranger.
     */
    private String responseChannel(
            final DirectBuffer buffer, final int offset, final int length, final Header header) {
        try {
            final String text = buffer.getStringWithoutLengthAscii(offset, length);
            final ChannelUri uri = ChannelUri.parse(text);
            if (uri.isIpc()) {
                return AERON_IPC + "?term-length=" + termLength;
            }
            final Endpoint endpoint = Endpoint.parse(uri.get("endpoint"));
            return endpoint.isLiteral() && mayAnswerTo(endpoint, header)
                    ? endpoint.channel() + "|term-length=" + termLength
                    : null;
        } catch (final IllegalArgumentException | IllegalStateException | TransportException ex) {
            return null;
        }
    }

    /**
     * On this host, or where the request came from: nobody can have answers sent to a third one.
     */
    private boolean mayAnswerTo(final Endpoint endpoint, final Header header) {
        if (loopbackOnly) {
            return endpoint.isLoopback();
        }
        return header.context() instanceof Image image
                && Endpoint.parse(image.sourceIdentity()).address().equals(endpoint.address());
    }

    private int openPending() {
        int work = 0;
        for (int i = pending.size() - 1; i >= 0; i--) {
            final Session session = pending.get(i);
            if (session.isOverdue(nowNs)) {
                pending.remove(i);
                end(session);
            } else if (session.isConnected(aeron)) {
                if (session.status() == Admission.UNDECIDED) {
                    decide(session);
                }
                if (session.status() != Admission.UNDECIDED
                        && session.isAnswerDue(nowNs)
                        && ackPublisher.send(
                                session.publication(),
                                session.connectCorrelationId(),
                                session.status())) {
                    pending.remove(i);
                    work++;
                    if (session.status() == Status.OK) {
                        session.open(context.responseBatchLength(), nowNs);
                    } else {
                        end(session);
                    }
                }
            }
        }
        return work;
    }

    private void decide(final Session session) {
        final int decision = admission.decide(session.key());
        if (decision == TransportStatus.NOT_AUTHENTICATED) {
            counters.refusedSessions.incrementRelease();
            guesses.failed(session.source(), nowNs);
            sessions.remove(session.key());
            counters.sessions.setRelease(sessions.size());
            waitingRefusals++;
            // more of them than may wait are told nothing at all
            session.decide(
                    decision,
                    nowNs
                            + (waitingRefusals > MAX_WAITING_REFUSALS
                                    ? 2 * CONNECT_TIMEOUT_NS
                                    : Admission.REFUSAL_DELAY_NS));
        } else {
            session.decide(decision, 0);
        }
    }

    private void end(final Session session) {
        if (session.status() < Status.OK) {
            waitingRefusals--;
        } else if (sessions.remove(session.key()) != null) {
            counters.sessions.setRelease(sessions.size());
        }
        dirty.remove(session);
        session.close();
    }

    /**
     * A client that left is known by its answers' stream at once, by its requests' only after a
     * time-out.
     */
    private void endLost() {
        final List<Session> lost = departed;
        for (final Session session : sessions.values()) {
            if (!session.isOpen()) {
                continue;
            }
            if (!session.publication().isConnected()) {
                lost.add(session);
            } else if (session.isStalledFor(context.stalledTimeoutNs(), nowNs)) {
                counters.endedSessions.incrementRelease();
                lost.add(session);
            } else if (session.isIdleFor(context.sessionIdleTimeoutNs(), nowNs)) {
                session.sayEnded();
                counters.endedSessions.incrementRelease();
                lost.add(session);
            }
        }
        lost.forEach(this::end);
        lost.clear();
    }

    /**
     * Called by the Aeron client's conductor, which this thread drives. The conductor refuses calls
     * from its own callbacks, so the publication is closed after it.
     */
    private void onUnavailableImage(final int transport, final Image image) {
        assemblers[transport].freeSessionBuffer(image.sessionId());
        final Session session = sessions.get(Session.key(transport, image.sessionId()));
        if (session != null) {
            pending.remove(session);
            departed.add(session);
        }
    }

    @Override
    public void close() {
        sessions.values().forEach(Session::revoke);
        sessions.clear();
        pending.clear();
        CloseHelper.quietClose(aeron);
    }
}
