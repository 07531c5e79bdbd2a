package io.stoat.transport;

import io.stoat.store.StoreReader;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.broadcast.BroadcastReceiver;

/**
 * Tells subscribers what the write agents changed. A ring that has overtaken it, and a subscriber
 * that does not keep up, cost that subscriber a gap, and nobody else anything. First read agent's
 * thread.
 */
final class FeedPublisher {
    /** Changes a duty cycle, so that reads do not wait long. */
    private static final int CHANGE_LIMIT = 32;

    private final ChangeLog changes;
    private final NodeMap nodeMap;
    private final StoreReader reader;
    private final AgentCounters counters;
    private final BroadcastReceiver[] receivers;
    private final long[] lapped;
    private final UnsafeBuffer change;
    private final List<Subscriber> subscribers = new ArrayList<>();

    FeedPublisher(
            final ChangeLog changes,
            final NodeMap nodeMap,
            final StoreReader reader,
            final AgentCounters counters) {
        this.changes = changes;
        this.nodeMap = nodeMap;
        this.reader = reader;
        this.counters = counters;
        receivers = new BroadcastReceiver[changes.ringCount()];
        lapped = new long[receivers.length];
        change = new UnsafeBuffer(new byte[changes.ring(0).maxChangeLength()]);
    }

    /** False when the session subscribes already. */
    boolean subscribe(
            final Session session, final DirectBuffer buffer, final int offset, final int length) {
        for (final Subscriber subscriber : subscribers) {
            if (subscriber.session() == session) {
                return false;
            }
        }
        final byte[] prefix = new byte[length];
        buffer.getBytes(offset, prefix);
        if (subscribers.isEmpty()) {
            for (int i = 0; i < receivers.length; i++) {
                receivers[i] = changes.ring(i).newReceiver();
                lapped[i] = 0;
            }
        }
        session.markSubscriber();
        final Subscriber subscriber =
                new Subscriber(session, prefix, nodeMap.shardCount(), change.capacity());
        subscribers.add(subscriber);
        subscriber.awaitEpoch(changes.subscribers(subscribers.size()));
        return true;
    }

    int poll(final long nowNs) {
        if (subscribers.isEmpty()) {
            return 0;
        }
        int work = 0;
        for (int i = 0; i < receivers.length; i++) {
            work += poll(i);
        }
        for (int i = subscribers.size() - 1; i >= 0; i--) {
            final Subscriber subscriber = subscribers.get(i);
            if (subscriber.session().isClosed()) {
                subscribers.remove(i);
                changes.subscribers(subscribers.size());
            } else if (!subscriber.isStarted()) {
                work += start(subscriber);
            } else {
                work += subscriber.flush(nowNs);
            }
        }
        return work;
    }

    private int start(final Subscriber subscriber) {
        if (!changes.isAcknowledged(subscriber.epoch())) {
            return 0;
        }
        for (int shard = 0; shard < nodeMap.shardCount(); shard++) {
            subscriber.start(shard, reader.appliedPosition(shard));
        }
        return 1;
    }

    private int poll(final int ring) {
        final BroadcastReceiver receiver = receivers[ring];
        int work = 0;
        while (work < CHANGE_LIMIT && receiver.receiveNext()) {
            work++;
            // a writer that laps the reader tears the length, too: it may be negative
            final int length = Math.max(0, Math.min(receiver.length(), change.capacity()));
            change.putBytes(0, receiver.buffer(), receiver.offset(), length);
            final boolean sound = receiver.validate() && receiver.lappedCount() == lapped[ring];
            if (!sound) {
                lapped[ring] = receiver.lappedCount();
                onLapped(ring);
                continue;
            }
            onChange(length);
        }
        return work;
    }

    private void onChange(final int length) {
        final int shard = change.getInt(ChangeLayout.SHARD_OFFSET, ChangeLayout.ORDER);
        final long version = change.getLong(ChangeLayout.VERSION_OFFSET, ChangeLayout.ORDER);
        final int keyLength =
                change.getShort(ChangeLayout.KEY_LENGTH_OFFSET, ChangeLayout.ORDER) & 0xFFFF;
        for (int i = 0; i < subscribers.size(); i++) {
            final Subscriber subscriber = subscribers.get(i);
            if (subscriber.isStarted()
                    && !subscriber.offer(change, length, shard, version, keyLength)) {
                counters.droppedResponses.incrementRelease();
            }
        }
    }

    /** What the ring lost is somewhere up to what its shards have applied by now. */
    private void onLapped(final int ring) {
        for (int shard = 0; shard < nodeMap.shardCount(); shard++) {
            if (nodeMap.ownerOf(shard) == ring) {
                final long applied = reader.appliedPosition(shard);
                for (int i = 0; i < subscribers.size(); i++) {
                    if (subscribers.get(i).isStarted()) {
                        subscribers.get(i).miss(shard, applied);
                    }
                }
            }
        }
    }
}
