package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that the node ends because nobody uses them. */
@Timeout(120)
class IdleSessionTest {
    private enum Way {
        IPC,
        UDP,
        UDP_DRIVEN_BY_THE_CALLER
    }

    @TempDir Path dir;

    private final UnsafeBuffer key = ServerFixture.bytes("key");
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[8]);

    private ServerFixture impatient() throws IOException {
        return new ServerFixture(
                dir,
                100,
                context -> context.sessionIdleTimeoutNs(TimeUnit.MILLISECONDS.toNanos(300)));
    }

    private static ClientContext context(final ServerFixture fixture, final Way way) {
        return way == Way.IPC
                ? fixture.ipc()
                : fixture.udp().driverOnCallerThread(way == Way.UDP_DRIVEN_BY_THE_CALLER);
    }

    private static void await(final BooleanSupplier condition) {
        while (!condition.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            Thread.yield();
        }
    }

    private static void awaitEnd(final ServerFixture fixture) {
        await(() -> fixture.server.counters().sessions() == 0);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldAnswerTheFirstCallAfterTheEndAsAnyOther(final Way way) throws IOException {
        try (ServerFixture fixture = impatient();
                StoreClient client = StoreClient.connect(context(fixture, way))) {
            assertEquals(2, fixture.server.counters().sessions());
            assertEquals(Status.OK, client.put(key, 0, 3, value, 0, 8, 0));
            awaitEnd(fixture);
            assertEquals(2, fixture.server.counters().endedSessions());
            assertEquals(8, client.get(key, 0, 3, value, 0, 8));
            awaitEnd(fixture);
            assertEquals(Status.OK, client.put(key, 0, 3, value, 0, 8, 0));
            assertEquals(2, client.version());
            awaitEnd(fixture);
            assertEquals(Status.OK, client.add(ServerFixture.bytes("n"), 0, 1, 5));
            assertEquals(5, client.counter());
            awaitEnd(fixture);
            final MultiGet keys = client.newMultiGet(3, 100);
            for (int i = 0; i < 3; i++) {
                keys.addKey(key, 0, 3);
            }
            assertEquals(Status.OK, keys.read());
            for (int i = 0; i < 3; i++) {
                assertEquals(8, keys.result(i));
                assertEquals(2, keys.version(i));
            }
            assertNull(fixture.error.get());
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void shouldSayOfPipelinedRequestsThatTheyWereNotApplied(final Way way) throws IOException {
        try (ServerFixture fixture = impatient();
                PipelinedClient client = PipelinedClient.connect(context(fixture, way))) {
            awaitEnd(fixture);
            final Map<Integer, Integer> ends = new HashMap<>();
            final CompletionHandler handler =
                    (id, status, version, operand, buffer, offset, length) ->
                            ends.merge(status, 1, Integer::sum);
            int refused = 0;
            int offered = 0;
            // until one got through: each is refused, or not applied, or applied
            while (!ends.containsKey(Status.OK) && !Thread.currentThread().isInterrupted()) {
                final long id = client.offerAdd(key, 0, 3, 1);
                if (id > 0) {
                    offered++;
                } else if (id == TransportStatus.NOT_CONNECTED) {
                    refused++;
                } else {
                    assertEquals(TransportStatus.BACK_PRESSURED, id);
                }
                client.poll(handler);
            }
            while (client.inFlight() > 0) {
                client.poll(handler);
            }
            final int applied = ends.remove(Status.OK);
            final int notApplied = ends.getOrDefault(TransportStatus.NOT_CONNECTED, 0);
            ends.remove(TransportStatus.NOT_CONNECTED);
            assertEquals(Map.of(), ends);
            assertEquals(offered, applied + notApplied);
            assertTrue(refused > 0);
            try (StoreReader reader = StoreReader.attach(dir)) {
                assertEquals(8, reader.get(key, 0, 3, value, 0, 8));
                assertEquals(applied, value.getLong(0, ByteOrder.LITTLE_ENDIAN));
            }
            assertNull(fixture.error.get());
        }
    }

    /** The other session goes on; nothing in flight on it is lost. */
    @Test
    void shouldKeepTheUsedSessionWhenTheUnusedOneEnds() throws IOException {
        try (ServerFixture fixture = impatient();
                PipelinedClient client = PipelinedClient.connect(fixture.ipc())) {
            final Map<Integer, Integer> ends = new HashMap<>();
            final CompletionHandler handler =
                    (id, status, version, operand, buffer, offset, length) ->
                            ends.merge(status, 1, Integer::sum);
            int offered = 0;
            for (int after = 0; after < 1_000 && !Thread.currentThread().isInterrupted(); ) {
                if (fixture.server.counters().endedSessions() == 1) {
                    after++;
                }
                if (client.offerPut(PutMode.ALWAYS, key, 0, 3, value, 0, 8, 0, 0) > 0) {
                    offered++;
                }
                client.poll(handler);
            }
            assertTrue(client.isConnected());
            // the first get opens a session again, without harm to what is in flight
            final int puts = offered;
            assertEquals(TransportStatus.NOT_CONNECTED, client.offerGet(key, 0, 3));
            while (!client.isConnected() && !Thread.currentThread().isInterrupted()) {
                client.poll(handler);
            }
            assertEquals(Map.of(Status.OK, puts), ends);
            assertTrue(client.offerGet(key, 0, 3) > 0);
            while (client.inFlight() > 0) {
                client.poll(handler);
            }
            assertEquals(Map.of(Status.OK, puts + 1), ends);
            assertNull(fixture.error.get());
        }
    }
}
