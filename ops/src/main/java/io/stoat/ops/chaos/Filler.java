package io.stoat.ops.chaos;

import io.stoat.ops.cluster.ClusterProcesses;
import io.stoat.replication.ReplicatedClient;
import io.stoat.replication.ReplicatedClientContext;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import org.agrona.concurrent.UnsafeBuffer;

/** Entries that make snapshots, replays and seeding last long enough to be cut off. */
final class Filler {
    private static final int BATCH = 100;

    private final ClusterProcesses cluster;

    Filler(final ClusterProcesses cluster) {
        this.cluster = cluster;
    }

    /**
     * Writes entries and waits for their outcomes.
     *
     * @param count of entries, always the same ones.
     */
    void fill(final int count) {
        try (ReplicatedClient client =
                ReplicatedClient.connect(
                        new ReplicatedClientContext()
                                .config(cluster.config())
                                .egressHost(cluster.clientHost()))) {
            final UnsafeBuffer key = new UnsafeBuffer(new byte[Long.BYTES]);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[cluster.config().valueSize()]);
            for (int i = 0; i < count; ) {
                final CommandEncoder commands = client.commands();
                for (int j = 0; commands != null && j < BATCH; j++, i++) {
                    key.putLong(0, i);
                    commands.put(
                            PutMode.ALWAYS,
                            key,
                            0,
                            key.capacity(),
                            value,
                            0,
                            value.capacity(),
                            0,
                            false,
                            0);
                }
                client.send();
                client.poll();
            }
            client.drain();
        }
    }
}
