package io.stoat.ops;

import io.stoat.replication.ClusterConfig;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.replication.ReplicationStatus;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.ShardMap;
import io.stoat.store.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** A cluster: every call goes through the log of its key's group, reads too. */
final class ClusterTarget implements CommandTarget {
    private static final long POLL_NS = TimeUnit.MICROSECONDS.toNanos(20);

    private final ClusterConfig config;
    private final long timeoutNs;
    private final ReplicatedClient client;
    private final RowsInFlight rows = new RowsInFlight();

    /**
     * @param config of the cluster.
     * @param timeoutNs most time to find a leader, and for each answer, ns.
     */
    ClusterTarget(final ClusterConfig config, final long timeoutNs) {
        this.config = config;
        this.timeoutNs = timeoutNs;
        client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext().config(config).resultListener(rows));
    }

    /** Says at once, and with certainty, that nothing was sent. */
    private void awaitLeader(final DirectBuffer key) {
        final int group = config.shardMap().groupOf(key, 0, key.capacity());
        final long deadlineNs = System.nanoTime() + timeoutNs;
        while (client.shardMap().leader(group) == ShardMap.NO_LEADER) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw CommandFailure.failed(
                        "no leader answers within "
                                + TimeUnit.NANOSECONDS.toMillis(timeoutNs)
                                + " ms"
                                + (config.groups() == 1 ? "" : " for group " + group)
                                + ", nothing was sent: are "
                                + config.quorum()
                                + " of the "
                                + config.members()
                                + " members running? See stoat cluster status");
            }
            if (client.poll() == 0) {
                LockSupport.parkNanos(100_000);
            }
        }
    }

    @Override
    public int put(
            final int mode,
            final DirectBuffer key,
            final DirectBuffer value,
            final long ttlMs,
            final long expectedVersion) {
        awaitLeader(key);
        return client.put(
                mode, key, 0, key.capacity(), value, 0, value.capacity(), ttlMs, expectedVersion);
    }

    @Override
    public void putRow(
            final long row,
            final DirectBuffer key,
            final DirectBuffer value,
            final long ttlMs,
            final RowListener listener) {
        if (rows.isEmpty()) {
            awaitLeader(key);
        }
        int length = encode(key, value, ttlMs);
        if (length == Status.BUFFER_TOO_SMALL) {
            client.send();
            length = encode(key, value, ttlMs);
        }
        if (length < 0) {
            listener.onOutcome(row, key, length);
            return;
        }
        rows.add(
                client.nextMessage(key, 0, key.capacity()),
                new RowsInFlight.Row(row, key, listener));
        if (encoder(key).encodedLength() >= config.datagramCommandsLength()) {
            client.send();
            client.poll();
        }
    }

    private int encode(final DirectBuffer key, final DirectBuffer value, final long ttlMs) {
        final CommandEncoder encoder = encoder(key);
        if (encoder.encodedLength() == 0) {
            // a client that gave up drops what it had encoded, and gives its number again
            rows.abandon(client.nextMessage(key, 0, key.capacity()));
        }
        return encoder.put(
                PutMode.ALWAYS,
                key,
                0,
                key.capacity(),
                value,
                0,
                value.capacity(),
                ttlMs,
                ttlMs != 0,
                0);
    }

    /** Waits while as many messages as allowed are in flight to the key's group. */
    private CommandEncoder encoder(final DirectBuffer key) {
        CommandEncoder encoder = client.commands(key, 0, key.capacity());
        while (encoder == null) {
            if (client.poll() == 0) {
                LockSupport.parkNanos(POLL_NS);
            }
            encoder = client.commands(key, 0, key.capacity());
        }
        return encoder;
    }

    @Override
    public void drain() {
        client.send();
        client.drain();
        rows.abandonAll();
    }

    @Override
    public int get(final DirectBuffer key, final MutableDirectBuffer dst, final int maxLength) {
        awaitLeader(key);
        return client.get(key, 0, key.capacity(), dst, 0, maxLength);
    }

    @Override
    public int remove(final int mode, final DirectBuffer key, final long expectedVersion) {
        awaitLeader(key);
        return mode == PutMode.IF_VERSION
                ? client.removeIfVersion(key, 0, key.capacity(), expectedVersion)
                : client.remove(key, 0, key.capacity());
    }

    @Override
    public int add(final DirectBuffer key, final long delta) {
        awaitLeader(key);
        return client.add(key, 0, key.capacity(), delta);
    }

    @Override
    public int touch(final DirectBuffer key, final long ttlMs) {
        awaitLeader(key);
        return client.touch(key, 0, key.capacity(), ttlMs);
    }

    @Override
    public CommandFailure failure(final int status, final String key) {
        return switch (status) {
            case ReplicationStatus.OUTCOME_UNKNOWN ->
                    CommandFailure.failed(
                            "no answer in time: whether key '"
                                    + key
                                    + "' was changed is unknown; read it, then decide");
            case ReplicationStatus.CLIENTS_FULL ->
                    CommandFailure.failed(
                            "the cluster remembers as many clients as it may; nothing was changed:"
                                    + " try again in a few minutes");
            default -> StoreOptions.failure(status, key, client.version());
        };
    }

    @Override
    public boolean isUnknown(final int status) {
        return status == ReplicationStatus.OUTCOME_UNKNOWN;
    }

    @Override
    public long version() {
        return client.version();
    }

    /** Answers through the log have a version, but no expiry. */
    @Override
    public long expiresAtMs() {
        return NOT_TOLD;
    }

    @Override
    public long counter() {
        return client.counter();
    }

    @Override
    public void close() {
        client.close();
    }
}
