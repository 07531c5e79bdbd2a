package io.stoat.bench.cluster;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.CommandEncoder;
import io.stoat.store.Status;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;

/** Puts through Stoat's client. */
final class StoatLoad implements Load {
    private static final int WINDOW = 64;

    private final PutMessage message;
    private final ReplicatedClient client;
    private long answered;

    StoatLoad(final ClusterConfig config, final PutMessage message, final IdleStrategy idle) {
        this.message = message;
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
        final CommandEncoder commands = client.commands();
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
        return WINDOW;
    }

    @Override
    public long answeredPuts() {
        return answered;
    }

    @Override
    public boolean isConnected() {
        return client.leader() >= 0;
    }

    @Override
    public void close() {
        client.close();
    }
}
