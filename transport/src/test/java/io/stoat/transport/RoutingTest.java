package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class RoutingTest {
    private static final int KEYS = 400;

    @TempDir Path dir;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[8]);

    private ServerFixture twoWriters() throws IOException {
        return new ServerFixture(dir, 100, context -> context.writeAgents(2).readAgents(2));
    }

    private void putAll(final StoreClient client) {
        for (int i = 0; i < KEYS; i++) {
            key.putLong(0, i);
            assertEquals(Status.OK, client.put(key, 0, 8, key, 0, 8, 0));
            assertTrue(client.version() > 0);
        }
    }

    private void checkAll(final StoreClient client) {
        for (int i = 0; i < KEYS; i++) {
            key.putLong(0, i);
            assertEquals(8, client.get(key, 0, 8, value, 0, 8));
            assertEquals(i, value.getLong(0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendEachCommandToTheAgentThatOwnsItsShard(final boolean udp) throws IOException {
        try (ServerFixture fixture = twoWriters();
                StoreClient client = fixture.connect(udp)) {
            putAll(client);
            checkAll(client);
            assertEquals(0, fixture.server.counters().moved());
            assertEquals(0, fixture.server.counters().forwarded());
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldFollowOneMovedAnswerWithTheNewerMap() throws IOException {
        try (ServerFixture fixture = twoWriters();
                StoreClient client = fixture.connect(false)) {
            final NodeMap right = client.connection().nodeMap();
            client.connection().nodeMap(swapped(right));
            putAll(client);
            assertEquals(1, fixture.server.counters().moved());
            for (int shard = 0; shard < right.shardCount(); shard++) {
                assertEquals(right.ownerOf(shard), client.connection().nodeMap().ownerOf(shard));
            }
            checkAll(client);
        }
    }

    /** A map that is wrong for every shard, as one before the owners were changed would be. */
    private static NodeMap swapped(final NodeMap map) {
        final short[] owners = new short[map.shardCount()];
        for (int i = 0; i < owners.length; i++) {
            owners[i] = (short) (1 - map.ownerOf(i));
        }
        return new NodeMap(
                map.generation(),
                map.maxValueLength(),
                map.firstReadStreamId(),
                map.readStreamCount(),
                map.firstWriteStreamId(),
                map.writeStreamCount(),
                owners);
    }

    @Test
    void shouldHandOnWhatComesToTheWrongAgentWhenAskedTo() throws IOException {
        try (ServerFixture fixture = twoWriters();
                StoreClient client = StoreClient.connect(fixture.ipc().routing(false))) {
            putAll(client);
            checkAll(client);
            final ServerCounters counters = fixture.server.counters();
            assertEquals(0, counters.moved());
            assertTrue(counters.forwarded() > KEYS / 4, "forwarded " + counters.forwarded());
            assertTrue(counters.forwarded() < KEYS, "forwarded " + counters.forwarded());
        }
    }

    @Test
    void shouldHandOnManyAtOnce() throws IOException {
        try (ServerFixture fixture = twoWriters();
                PipelinedClient client =
                        PipelinedClient.connect(
                                fixture.ipc().routing(false).batchCommands(64).maxInFlight(4096))) {
            final int[] answers = {0, 0};
            final CompletionHandler handler =
                    (id, status, version, operand, buffer, offset, length) ->
                            answers[status == Status.OK ? 0 : 1]++;
            for (int i = 0; i < 50_000; i++) {
                key.putLong(0, i % KEYS);
                while (client.offerPut(PutMode.ALWAYS, key, 0, 8, key, 0, 8, 0, 0)
                        == TransportStatus.BACK_PRESSURED) {
                    client.poll(handler);
                }
            }
            while (client.inFlight() > 0) {
                client.poll(handler);
            }
            assertEquals(0, answers[1]);
            assertEquals(50_000, answers[0]);
            assertNotEquals(0, fixture.server.counters().forwarded());
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldSerializeThreadsThatShareAClient() throws Exception {
        try (ServerFixture fixture = twoWriters();
                SharedClient shared = SharedClient.connect(fixture.ipc())) {
            final List<Thread> threads = new ArrayList<>();
            final List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int t = 0; t < 4; t++) {
                final Thread thread =
                        new Thread(
                                () -> {
                                    final SharedClient.Outcome outcome = new SharedClient.Outcome();
                                    final UnsafeBuffer counter = ServerFixture.bytes("counter");
                                    for (int i = 0; i < 250; i++) {
                                        final int status = shared.add(counter, 0, 7, 1, outcome);
                                        if (status != Status.OK) {
                                            wrong.add("status " + status);
                                        }
                                    }
                                });
                thread.start();
                threads.add(thread);
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), wrong);
            final SharedClient.Outcome outcome = new SharedClient.Outcome();
            assertEquals(Status.OK, shared.add(ServerFixture.bytes("counter"), 0, 7, 0, outcome));
            assertEquals(1_000, outcome.counter());
        }
    }
}
