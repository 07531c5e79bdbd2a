package io.stoat.bench.cluster;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.CommandEncoder;
import io.stoat.store.Status;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/** Puts through Stoat's client. */
final class StoatLoad implements Load {
    private static final int WINDOW = 64;

    private final PutMessage[] messages;
    private final UnsafeBuffer anyKey = new UnsafeBuffer(new byte[PutMessage.KEY_LENGTH]);
    private final ReplicatedClient client;
    private long answered;
    private int turn;

    StoatLoad(
            final ClusterConfig config,
            final int valueLength,
            final long keys,
            final IdleStrategy idle) {
        messages = PutMessage.ofGroups(valueLength, keys, config.shardMap());
        client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(config)
                                .timeoutNs(TimeUnit.SECONDS.toNanos(30))
                                .driverOnCallerThread(true)
                                .idleStrategy(idle)
                                .resultListener(this::onResult));
    }

    private void onResult(
            final long number,
            final int index,
            final int status,
            final long version,
            final long counter,
            final long position) {
        if (status != Status.OK) {
            throw new IllegalStateException("a put failed: " + ReplicationStatus.nameOf(status));
        }
        answered++;
    }

    @Override
    public boolean send(final int puts) {
        for (int i = 0; i < messages.length; i++) {
            turn = (turn + 1) % messages.length;
            if (send(messages[turn], puts)) {
                return true;
            }
        }
        return false;
    }

    /** A message to one group; false when as many as may be are in flight to it. */
    private boolean send(final PutMessage message, final int puts) {
        PutMessage.putKey(anyKey, message.firstId());
        final CommandEncoder commands = client.commands(anyKey, 0, PutMessage.KEY_LENGTH);
        if (commands == null) {
            return false;
        }
        for (int i = 0; i < puts; i++) {
            message.encode(commands);
        }
        return client.send() > 0;
    }

    @Override
    public int poll() {
        return client.poll();
    }

    @Override
    public int inFlight() {
        return client.inFlight();
    }

    @Override
    public int window() {
        return WINDOW * messages.length;
    }

    @Override
    public long answeredPuts() {
        return answered;
    }

    @Override
    public boolean isConnected() {
        for (int group = 0; group < messages.length; group++) {
            if (client.shardMap().leader(group) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        client.close();
    }
}
