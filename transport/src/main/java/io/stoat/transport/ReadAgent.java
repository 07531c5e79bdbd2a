package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.stoat.store.EntryView;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import java.nio.ByteOrder;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;

/**
 * Serves reads in its duty cycle, through a {@link StoreReader} of its own: a lone value is copied
 * from the mapped map straight into the answer's term buffer, values of a burst are gathered. One
 * thread; allocates nothing for a request.
 */
final class ReadAgent implements Agent, RequestAdapter.Handler {
    private static final int READ_ATTEMPTS = 1_000;

    private final String roleName;
    private final StoreReader reader;
    private final AgentCounters counters;
    private final SessionHost host;
    private final FeedPublisher feed;
    private final EntryView view = new EntryView();

    ReadAgent(
            final int index,
            final ServerContext context,
            final Aeron aeron,
            final NodeMap nodeMap,
            final StoreReader reader,
            final ChangeLog changes) {
        roleName = AgentThreads.READ_PREFIX + index;
        this.reader = reader;
        counters = new AgentCounters(aeron, roleName);
        // the feed is the first one's: its stream is the one that every client knows
        feed = index == 0 ? new FeedPublisher(changes, nodeMap, reader, counters) : null;
        host =
                new SessionHost(
                        context,
                        aeron,
                        counters,
                        nodeMap,
                        nodeMap.firstReadStreamId() + index,
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
        final int work = host.poll() + host.flush();
        return feed == null ? work : work + feed.poll(host.nowNs());
    }

    @Override
    public Action onGets(
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int keysOffset,
            final int keysLength,
            final boolean more) {
        final Session session = host.session(sessionKey);
        if (session == null) {
            return Action.CONTINUE;
        }
        final int end = keysOffset + keysLength;
        int at = keysOffset + session.resumeOffset();
        int index = session.resumeIndex();
        while (at < end) {
            final int keyLength =
                    end - at < Short.BYTES
                            ? -1
                            : buffer.getShort(at, ByteOrder.LITTLE_ENDIAN) & 0xFFFF;
            final int keyOffset = at + Short.BYTES;
            if (keyLength < 0 || keyLength > end - keyOffset) {
                return host.onMalformed(sessionKey, correlationId + index);
            }
            final boolean alone = !more && index == 0 && keyOffset + keyLength == end;
            final int sent =
                    get(session, correlationId + index, buffer, keyOffset, keyLength, alone);
            if (sent == ResponseBatch.BACK_PRESSURED) {
                return host.suspend(session, at - keysOffset, index);
            }
            if (sent == ResponseBatch.GONE) {
                counters.droppedResponses.incrementRelease();
            }
            counters.requests.incrementRelease();
            at = keyOffset + keyLength;
            index++;
        }
        session.complete();
        session.flowing(host.nowNs());
        return Action.CONTINUE;
    }

    private int get(
            final Session session,
            final long correlationId,
            final DirectBuffer buffer,
            final int keyOffset,
            final int keyLength,
            final boolean alone) {
        final ResponseBatch responses = session.responses();
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            final int length = reader.find(buffer, keyOffset, keyLength, view);
            if (length < 0) {
                return status(session, correlationId, length, alone);
            }
            final int room = alone ? responses.flush() : responses.ensureRoom(length);
            if (room != ResponseBatch.SENT) {
                return room;
            }
            if (alone || !responses.fits(length)) {
                final int sent = responses.sendValue(correlationId, view, length);
                if (sent != ResponseBatch.CHANGED) {
                    return sent;
                }
            } else if (responses.append(correlationId, view, length)) {
                host.markDirty(session);
                return ResponseBatch.SENT;
            }
        }
        return status(session, correlationId, Status.OWNER_GONE, alone);
    }

    private int status(
            final Session session,
            final long correlationId,
            final int status,
            final boolean alone) {
        final ResponseBatch responses = session.responses();
        final int room = alone ? responses.flush() : responses.ensureRoom(0);
        if (room != ResponseBatch.SENT) {
            return room;
        }
        if (alone) {
            return responses.sendStatus(correlationId, status);
        }
        responses.append(correlationId, status, 0, 0);
        host.markDirty(session);
        return ResponseBatch.SENT;
    }

    @Override
    public Action onSubscribe(
            final long sessionKey,
            final long correlationId,
            final DirectBuffer buffer,
            final int prefixOffset,
            final int prefixLength) {
        final Session session = feed == null ? null : host.session(sessionKey);
        if (feed == null
                || session != null
                        && (prefixLength > StoreContext.MAX_KEY_LENGTH
                                || !feed.subscribe(session, buffer, prefixOffset, prefixLength))) {
            return host.onMalformed(sessionKey, correlationId);
        }
        return Action.CONTINUE;
    }

    /** Commands have streams of their own. */
    @Override
    public Action onCommands(
            final long sessionKey,
            final long correlationId,
            final int flags,
            final DirectBuffer buffer,
            final int commandsOffset,
            final int commandsLength) {
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
        CloseHelper.quietCloseAll(host, reader);
    }
}
