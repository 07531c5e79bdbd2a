package io.stoat.replication;

import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More clients one after the other than the cluster remembers. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ManyClientsTest {
    private static final int CLIENTS = ClientTable.MAX_CLIENTS + 44;

    @TempDir Path dir;

    @Test
    void shouldServeClientsThatComeAndGo() {
        try (TestCluster cluster = new TestCluster(dir, 1).startAll()) {
            cluster.awaitLeader();
            for (int i = 0; i < CLIENTS; i++) {
                try (ReplicatedClient client = client(cluster)) {
                    put(client, "key-" + i, "value-" + i);
                }
            }
            try (ReplicatedClient client = client(cluster)) {
                assertEquals("value-0", get(client, "key-0"));
                client.contentChecksum();
                assertEquals(CLIENTS, client.entries());
            }
        }
    }

    /** With the member's media driver: one of its own would take longer than the rest. */
    private static ReplicatedClient client(final TestCluster cluster) {
        return ReplicatedClient.connect(
                new ReplicatedClientContext()
                        .config(cluster.config())
                        .aeronDirectory(cluster.member(0).aeronDirectory())
                        .timeoutNs(TimeUnit.SECONDS.toNanos(60)));
    }
}
