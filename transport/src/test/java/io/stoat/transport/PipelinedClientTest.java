package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PipelinedClientTest {
    @TempDir Path dir;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[16]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[64 * 1024]);

    /** Counts completions and checks that each is the answer of its own request. */
    private static final class Checker implements CompletionHandler {
        private final Map<Long, Long> expected = new ConcurrentHashMap<>();
        private final List<String> wrong = new ArrayList<>();
        private int completions;
        private int hits;

        @Override
        public void onCompletion(
                final long correlationId,
                final int status,
                final long version,
                final long operand,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            completions++;
            final Long want = expected.remove(correlationId);
            if (want == null) {
                wrong.add("id " + correlationId + " was not awaited");
            } else if (status != Status.OK) {
                wrong.add("status " + TransportStatus.nameOf(status));
            } else if (length > 0) {
                hits++;
                final long got = buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
                if (got != want) {
                    wrong.add("got " + got + ", wanted " + want);
                }
            }
        }
    }

    private static ServerFixture fixture(
            final Path dir, final int maxValueLength, final int readers, final int writers)
            throws IOException {
        return new ServerFixture(
                dir, maxValueLength, context -> context.readAgents(readers).writeAgents(writers));
    }

    private static PipelinedClient connect(
            final ServerFixture fixture, final boolean udp, final int batch) {
        final ClientContext context =
                udp ? fixture.udp().driverOnCallerThread(true) : fixture.ipc();
        return PipelinedClient.connect(context.batchCommands(batch));
    }

    private void awaitAll(final PipelinedClient client, final CompletionHandler handler) {
        while (client.inFlight() > 0) {
            if (client.poll(handler) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false,1,1", "false,16,2", "true,1,2", "true,16,1"})
    void shouldMatchEveryAnswerToItsRequest(final boolean udp, final int batch, final int agents)
            throws IOException {
        final Checker checker = new Checker();
        try (ServerFixture fixture = fixture(dir, 200, agents, agents);
                PipelinedClient client = connect(fixture, udp, batch)) {
            for (int i = 0; i < 5_000; i++) {
                key.putLong(0, i % 500);
                value.putLong(0, i % 500, ByteOrder.LITTLE_ENDIAN);
                long id;
                while ((id = client.offerPut(PutMode.ALWAYS, key, 0, 16, value, 0, 100, 0, 0))
                        == TransportStatus.BACK_PRESSURED) {
                    client.poll(checker);
                }
                assertTrue(id > 0, () -> "refused");
                checker.expected.put(id, (long) i % 500);
            }
            awaitAll(client, checker);
            for (int i = 0; i < 20_000; i++) {
                key.putLong(0, i % 500);
                long id;
                while ((id = client.offerGet(key, 0, 16)) == TransportStatus.BACK_PRESSURED) {
                    client.poll(checker);
                }
                checker.expected.put(id, (long) i % 500);
            }
            awaitAll(client, checker);
            assertEquals(List.of(), checker.wrong);
            assertEquals(25_000, checker.completions);
            assertEquals(20_000, checker.hits);
            assertEquals(0, fixture.server.counters().malformed());
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldSayWhenAsManyAreInFlightAsMayBe() throws IOException {
        try (ServerFixture fixture = fixture(dir, 100, 1, 1);
                PipelinedClient client =
                        PipelinedClient.connect(fixture.ipc().maxInFlight(8).batchCommands(100))) {
            for (int i = 0; i < 8; i++) {
                assertTrue(client.offerGet(key, 0, 16) > 0);
            }
            assertEquals(TransportStatus.BACK_PRESSURED, client.offerGet(key, 0, 16));
            assertEquals(8, client.inFlight());
            final int[] missed = {0};
            awaitAll(
                    client,
                    (id, status, version, operand, buffer, offset, length) ->
                            missed[0] += status == Status.NOT_FOUND ? 1 : 0);
            assertEquals(8, missed[0]);
            assertTrue(client.offerGet(key, 0, 16) > 0);
            assertEquals(Status.KEY_LENGTH_INVALID, client.offerGet(key, 0, 0));
            assertEquals(
                    Status.VALUE_TOO_LONG,
                    client.offerPut(PutMode.ALWAYS, key, 0, 16, value, 0, 101, 0, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryMessagesBeyondTheMtuInBothDirections(final boolean udp) throws IOException {
        final int length = 20_000;
        final Checker checker = new Checker();
        try (ServerFixture fixture = fixture(dir, 64 * 1024, 1, 1);
                PipelinedClient client = connect(fixture, udp, 32)) {
            for (int i = 0; i < 300; i++) {
                key.putLong(0, i % 10);
                value.putLong(0, i % 10, ByteOrder.LITTLE_ENDIAN);
                long id;
                while ((id =
                                i < 100
                                        ? client.offerPut(
                                                PutMode.ALWAYS, key, 0, 16, value, 0, length, 0, 0)
                                        : client.offerGet(key, 0, 16))
                        == TransportStatus.BACK_PRESSURED) {
                    client.poll(checker);
                }
                assertTrue(id > 0);
                checker.expected.put(id, (long) i % 10);
                if (i == 99) {
                    awaitAll(client, checker);
                }
            }
            awaitAll(client, checker);
            assertEquals(List.of(), checker.wrong);
            assertEquals(200, checker.hits);
        }
    }

    @Test
    void shouldSendABatchAtomically() throws IOException {
        try (ServerFixture fixture = fixture(dir, 100, 1, 1);
                StoreClient sync = fixture.connect(false)) {
            final UnsafeBuffer batch = new UnsafeBuffer(new byte[1024]);
            final CommandEncoder encoder = new CommandEncoder().wrap(batch, 0, 1024);
            // one key: surely one shard
            encoder.beginBatch();
            encoder.put(PutMode.ALWAYS, key, 0, 16, value, 0, 10, 0, false, 0);
            encoder.put(PutMode.IF_ABSENT, key, 0, 16, value, 0, 20, 0, false, 0);
            final int length = encoder.endBatch();
            assertEquals(Status.ALREADY_EXISTS, sync.apply(batch, 0, length));
            assertEquals(Status.NOT_FOUND, sync.get(key, 0, 16, value, 0, 100));

            encoder.wrap(batch, 0, 1024);
            encoder.beginBatch();
            encoder.put(PutMode.IF_ABSENT, key, 0, 16, value, 0, 10, 0, false, 0);
            encoder.put(PutMode.ALWAYS, key, 0, 16, value, 0, 20, 0, false, 0);
            assertEquals(Status.OK, sync.apply(batch, 0, encoder.endBatch()));
            assertEquals(20, sync.get(key, 0, 16, value, 0, 100));
            assertEquals(Status.MALFORMED, sync.apply(batch, 0, 17));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReadManyKeysAtOnce(final boolean udp) throws IOException {
        try (ServerFixture fixture = fixture(dir, 100, 2, 2);
                StoreClient client = fixture.connect(udp)) {
            for (int i = 0; i < 100; i++) {
                key.putLong(0, i);
                value.putLong(0, i);
                if (i % 3 != 0) {
                    assertEquals(Status.OK, client.put(key, 0, 16, value, 0, 8, 0));
                }
            }
            final MultiGet read = client.newMultiGet(100, 100 * 8);
            for (int round = 0; round < 3; round++) {
                read.clear();
                for (int i = 0; i < 100; i++) {
                    key.putLong(0, i);
                    assertEquals(i, read.addKey(key, 0, 16));
                }
                assertEquals(Status.BUFFER_TOO_SMALL, read.addKey(key, 0, 16));
                assertEquals(Status.OK, read.read());
                for (int i = 0; i < 100; i++) {
                    assertEquals(i % 3 == 0 ? Status.NOT_FOUND : 8, read.result(i));
                    if (i % 3 != 0) {
                        assertEquals(i, read.values().getLong(read.valueOffset(i)));
                        assertTrue(read.version(i) > 0);
                    }
                }
            }
        }
    }

    /** Every role on a thread of its own: what the agents allocate is theirs alone. */
    @Test
    void shouldAllocateNothingForARequestInAnyAgentOrClient() throws IOException {
        final Map<String, Thread> threads = new ConcurrentHashMap<>();
        final int count = 30_000;
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                200,
                                context -> context.agentThreads(onThreadsOfTheirOwn(threads)));
                PipelinedClient client = connect(fixture, false, 8)) {
            final List<Thread> judged =
                    List.of(Thread.currentThread(), threads.get("read-0"), threads.get("write-0"));
            final long[] best = new long[judged.size()];
            Arrays.fill(best, Long.MAX_VALUE);
            final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final int[] answered = {0};
            final CompletionHandler handler =
                    (id, status, version, operand, buffer, offset, length) -> answered[0]++;
            // until the optimizing compiler is through a request may allocate: the best round
            // counts
            for (int round = 0;
                    round < 30 && Arrays.stream(best).max().getAsLong() > count;
                    round++) {
                final long[] before =
                        judged.stream()
                                .mapToLong(t -> bean.getThreadAllocatedBytes(t.getId()))
                                .toArray();
                exchange(client, handler, count);
                for (int i = 0; i < best.length; i++) {
                    final long now = bean.getThreadAllocatedBytes(judged.get(i).getId());
                    best[i] = Math.min(best[i], now - before[i]);
                }
            }
            for (int i = 0; i < best.length; i++) {
                assertTrue(
                        best[i] <= count,
                        judged.get(i).getName() + ": " + best[i] + " B for " + count + " requests");
            }
            assertTrue(answered[0] >= count);
        }
    }

    @Test
    void shouldAllocateNothingForAReadOfSeveralKeys() throws IOException {
        final Map<String, Thread> threads = new ConcurrentHashMap<>();
        final int count = 3_000;
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                200,
                                context -> context.agentThreads(onThreadsOfTheirOwn(threads)));
                StoreClient client = fixture.connect(false)) {
            assertEquals(Status.OK, client.put(key, 0, 16, value, 0, 100, 0));
            final MultiGet read = client.newMultiGet(10, 2_000);
            for (int i = 0; i < 10; i++) {
                read.addKey(key, 0, 16);
            }
            final long[] judged = {Thread.currentThread().getId(), threads.get("read-0").getId()};
            final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 30 && best > count; round++) {
                final long before =
                        bean.getThreadAllocatedBytes(judged[0])
                                + bean.getThreadAllocatedBytes(judged[1]);
                for (int i = 0; i < count; i++) {
                    assertEquals(Status.OK, read.read());
                }
                best =
                        Math.min(
                                best,
                                bean.getThreadAllocatedBytes(judged[0])
                                        + bean.getThreadAllocatedBytes(judged[1])
                                        - before);
            }
            assertTrue(best <= count, best + " B for " + count + " reads");
        }
    }

    private static AgentThreads onThreadsOfTheirOwn(final Map<String, Thread> threads) {
        return roles ->
                roles.stream()
                        .map(
                                role ->
                                        new AgentThread(
                                                List.of(role),
                                                task -> {
                                                    final Thread thread = new Thread(task);
                                                    threads.put(role, thread);
                                                    return thread;
                                                },
                                                new YieldingIdleStrategy()))
                        .toList();
    }

    private void exchange(
            final PipelinedClient client, final CompletionHandler handler, final int count) {
        for (int i = 0; i < count; i++) {
            key.putLong(0, i % 100);
            while ((i % 3 == 0
                            ? client.offerPut(PutMode.ALWAYS, key, 0, 16, value, 0, 128, 0, 0)
                            : client.offerGet(key, 0, 16))
                    == TransportStatus.BACK_PRESSURED) {
                if (client.poll(handler) == 0) {
                    Thread.yield();
                }
            }
        }
        while (client.inFlight() > 0) {
            if (client.poll(handler) == 0) {
                Thread.yield();
            }
        }
    }

    @Test
    void shouldEndEverythingInFlightWhenTheNodeIsGoneAndReconnect() throws IOException {
        final Random random = new Random(3);
        final ServerFixture first = fixture(dir, 100, 1, 1);
        final String endpoint = first.server.endpoint();
        final int[] statuses = new int[200];
        final CompletionHandler handler =
                (id, status, version, operand, buffer, offset, length) -> statuses[-status]++;
        try (PipelinedClient client =
                PipelinedClient.connect(
                        first.udp()
                                .driverOnCallerThread(true)
                                .batchCommands(4)
                                .requestTimeoutNs(TimeUnit.SECONDS.toNanos(30)))) {
            int offered = 0;
            for (int i = 0; i < 100; i++) {
                key.putLong(0, random.nextInt(50));
                offered +=
                        client.offerPut(PutMode.ALWAYS, key, 0, 16, value, 0, 100, 0, 0) > 0
                                ? 1
                                : 0;
            }
            assertEquals(100, offered);
            first.close();
            awaitAll(client, handler);
            // nobody polled: what the node applied before it closed cannot be known
            assertEquals(
                    100,
                    statuses[0]
                            + statuses[-TransportStatus.OUTCOME_UNKNOWN]
                            + statuses[-TransportStatus.NOT_CONNECTED]);
            assertEquals(TransportStatus.NOT_CONNECTED, client.offerGet(key, 0, 16));
            try (ServerFixture second =
                    new ServerFixture(dir, 100, context -> context.endpoint(endpoint))) {
                final BackoffIdleStrategy idle = new BackoffIdleStrategy();
                while (!client.isConnected()) {
                    idle.idle(client.poll(handler));
                }
                assertTrue(client.offerGet(key, 0, 16) > 0);
                awaitAll(client, handler);
                assertNull(second.error.get());
            }
        }
    }

    @Test
    void shouldHandTheHandlersFailureToWhoPolls() throws IOException {
        try (ServerFixture fixture = fixture(dir, 100, 1, 1);
                PipelinedClient client = connect(fixture, false, 1)) {
            assertTrue(client.offerGet(key, 0, 16) > 0);
            final IllegalArgumentException failure =
                    assertThrows(
                            IllegalArgumentException.class,
                            () ->
                                    awaitAll(
                                            client,
                                            (id, status, version, operand, buffer, o, l) -> {
                                                throw new IllegalArgumentException("mine");
                                            }));
            assertEquals("mine", failure.getMessage());
            assertEquals(0, client.inFlight());
        }
    }
}
