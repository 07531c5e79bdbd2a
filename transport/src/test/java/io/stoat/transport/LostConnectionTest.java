package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests in flight: unknown is called so, and neither failed nor done. */
@Timeout(120)
class LostConnectionTest {
    @TempDir Path dir;

    private final UnsafeBuffer key = ServerFixture.bytes("key");

    @Test
    void shouldTellReadsAndWhatWasNotSentFromWhatMayHaveBeenApplied() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                PipelinedClient client =
                        PipelinedClient.connect(fixture.ipc().batchCommands(100))) {
            final long sentPut = put(client);
            final long sentRemove = client.offerRemove(PutMode.ALWAYS, key, 0, 3, 0);
            final long sentGet = client.offerGet(key, 0, 3);
            assertEquals(Status.OK, client.flush());
            final long unsentPut = put(client);
            final long unsentGet = client.offerGet(key, 0, 3);
            final Map<Long, Integer> ends = new HashMap<>();
            // answers are taken by polls alone
            client.connection()
                    .lose(
                            (id, status, version, operand, buffer, offset, length) ->
                                    ends.put(id, status));
            assertEquals(
                    Map.of(
                            sentPut, TransportStatus.OUTCOME_UNKNOWN,
                            sentRemove, TransportStatus.OUTCOME_UNKNOWN,
                            sentGet, TransportStatus.NOT_CONNECTED,
                            unsentPut, TransportStatus.NOT_CONNECTED,
                            unsentGet, TransportStatus.NOT_CONNECTED),
                    ends);
            assertEquals(0, client.inFlight());
        }
    }

    private long put(final PipelinedClient client) {
        final long id = client.offerPut(PutMode.ALWAYS, key, 0, 3, key, 0, 3, 0, 0);
        assertTrue(id > 0);
        return id;
    }

    /** What becomes of a client whose node stands still. */
    private interface Standstill {
        void of(ChildJvm node, StoreClient client) throws Exception;
    }

    private void stopNode(final long requestTimeoutNs, final Standstill standstill)
            throws Exception {
        final Path data = dir.resolve("data");
        try (ChildJvm node =
                ChildJvm.start(NodeMain.class, data, "127.0.0.1:" + ServerFixture.freePort())) {
            node.awaitLine("serving");
            try (StoreClient client =
                    StoreClient.connect(
                            new ClientContext().dataDir(data).requestTimeoutNs(requestTimeoutNs))) {
                node.stop();
                standstill.of(node, client);
            }
        } finally {
            IoUtil.delete(AeronDirectories.forDataDir(data).toFile(), true);
        }
    }

    @Test
    void shouldCallASynchronousPutUnknownWhenTheNodeIsKilledMeanwhile() throws Exception {
        stopNode(
                TimeUnit.MINUTES.toNanos(10),
                (node, client) -> {
                    final Connection connection = client.connection();
                    final CompletableFuture<Integer> status = new CompletableFuture<>();
                    final Thread caller =
                            new Thread(() -> status.complete(client.put(key, 0, 3, key, 0, 3, 0)));
                    caller.start();
                    while (connection.inFlight() == 0 && !Thread.currentThread().isInterrupted()) {
                        Thread.yield();
                    }
                    node.kill();
                    assertEquals(TransportStatus.OUTCOME_UNKNOWN, status.get());
                    caller.join();
                });
    }

    @Test
    void shouldEndACallInTimeWhenTheNodeStandsStillOrIsGone() throws Exception {
        stopNode(
                TimeUnit.MILLISECONDS.toNanos(200),
                (node, client) -> {
                    assertEquals(TransportStatus.TIMED_OUT, client.put(key, 0, 3, key, 0, 3, 0));
                    node.kill();
                    // answered by nobody, until the loss is known; from then on without being sent
                    int status;
                    do {
                        status = client.get(key, 0, 3, new UnsafeBuffer(new byte[3]), 0, 3);
                    } while (status == TransportStatus.TIMED_OUT
                            && !Thread.currentThread().isInterrupted());
                    assertEquals(TransportStatus.NOT_CONNECTED, status);
                    assertEquals(
                            TransportStatus.NOT_CONNECTED, client.put(key, 0, 3, key, 0, 3, 0));
                });
    }
}
