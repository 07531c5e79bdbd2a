package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stoat.store.Status;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ClientServerTest {
    private static final int MAX_VALUE_LENGTH = 64 * 1024;

    @TempDir Path dir;

    private final UnsafeBuffer dst = new UnsafeBuffer(new byte[MAX_VALUE_LENGTH]);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldServeEveryCommand(final boolean udp) throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, MAX_VALUE_LENGTH);
                StoreClient client = fixture.connect(udp)) {
            final UnsafeBuffer key = ServerFixture.bytes("key");
            final UnsafeBuffer value = ServerFixture.bytes("value");
            assertEquals(Status.NOT_FOUND, client.get(key, 0, 3, dst, 0, 100));
            assertEquals(Status.OK, client.putIfAbsent(key, 0, 3, value, 0, 5, 0));
            final long version = client.version();
            assertTrue(version > 0);
            assertEquals(Status.ALREADY_EXISTS, client.putIfAbsent(key, 0, 3, value, 0, 4, 0));
            assertEquals(version, client.version());
            assertEquals(5, client.get(key, 0, 3, dst, 0, 100));
            assertEquals("value", dst.getStringWithoutLengthUtf8(0, 5));
            assertEquals(version, client.version());
            assertEquals(0, client.expiresAtMs());
            assertEquals(Status.BUFFER_TOO_SMALL, client.get(key, 0, 3, dst, 0, 4));
            assertEquals(
                    Status.VERSION_MISMATCH,
                    client.putIfVersion(key, 0, 3, value, 0, 1, 0, version + 100));
            assertEquals(version, client.version());
            assertEquals(Status.OK, client.putIfVersion(key, 0, 3, value, 0, 0, 0, version));
            assertEquals(0, client.get(key, 0, 3, dst, 0, 0));
            final long newer = client.version();
            assertTrue(newer > version);
            assertEquals(Status.VERSION_MISMATCH, client.removeIfVersion(key, 0, 3, version));
            assertEquals(Status.OK, client.removeIfVersion(key, 0, 3, newer));
            assertEquals(Status.NOT_FOUND, client.remove(key, 0, 3));
            assertEquals(Status.OK, client.put(key, 0, 3, value, 0, 5, 3_600_000));
            final long before = System.currentTimeMillis();
            assertEquals(5, client.get(key, 0, 3, dst, 0, 100));
            assertTrue(client.expiresAtMs() > before);
            assertEquals(Status.OK, client.remove(key, 0, 3));
            assertNull(fixture.error.get());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryValuesBeyondTheMtu(final boolean udp) throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, MAX_VALUE_LENGTH);
                StoreClient client = fixture.connect(udp)) {
            final byte[] bytes = new byte[MAX_VALUE_LENGTH];
            new Random(1).nextBytes(bytes);
            final UnsafeBuffer value = new UnsafeBuffer(bytes);
            final UnsafeBuffer key = new UnsafeBuffer(Arrays.copyOf(bytes, 1024));
            for (final int length : new int[] {0, 1, 1_300, 1_408, 5_000, MAX_VALUE_LENGTH}) {
                assertEquals(Status.OK, client.put(key, 0, 1024, value, 0, length, 0));
                dst.setMemory(0, dst.capacity(), (byte) 0);
                assertEquals(length, client.get(key, 0, 1024, dst, 0, MAX_VALUE_LENGTH));
                assertArrayEquals(
                        Arrays.copyOf(bytes, length), Arrays.copyOf(dst.byteArray(), length));
            }
            assertEquals(
                    Status.VALUE_TOO_LONG,
                    client.put(
                            key,
                            0,
                            3,
                            new UnsafeBuffer(new byte[MAX_VALUE_LENGTH + 1]),
                            0,
                            MAX_VALUE_LENGTH + 1,
                            0));
            assertEquals(Status.KEY_LENGTH_INVALID, client.get(key, 0, 0, dst, 0, 1));
            assertEquals(
                    Status.KEY_LENGTH_INVALID,
                    client.remove(new UnsafeBuffer(new byte[1025]), 0, 1025));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAgreeWithAHashMap(final boolean udp) throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Map<String, byte[]> model = new HashMap<>();
        try (ServerFixture fixture = new ServerFixture(dir, 500);
                StoreClient client = fixture.connect(udp)) {
            for (int i = 0; i < 10_000; i++) {
                final String name = "key-" + random.nextInt(300);
                final UnsafeBuffer key = ServerFixture.bytes(name);
                final int length = random.nextInt(501);
                final byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                final UnsafeBuffer value = new UnsafeBuffer(bytes);
                final String message = "seed " + seed + " step " + i;
                switch (random.nextInt(4)) {
                    case 0 -> {
                        final int status = client.remove(key, 0, key.capacity());
                        final boolean was = model.remove(name) != null;
                        assertEquals(was ? Status.OK : Status.NOT_FOUND, status, message);
                    }
                    case 1 -> {
                        assertEquals(
                                Status.OK,
                                client.put(key, 0, key.capacity(), value, 0, length, 0),
                                message);
                        model.put(name, bytes);
                    }
                    case 2 -> {
                        final int status =
                                client.putIfAbsent(key, 0, key.capacity(), value, 0, length, 0);
                        final boolean was = model.putIfAbsent(name, bytes) != null;
                        assertEquals(was ? Status.ALREADY_EXISTS : Status.OK, status, message);
                    }
                    default -> {
                        final int result = client.get(key, 0, key.capacity(), dst, 0, 500);
                        final byte[] expected = model.get(name);
                        assertEquals(
                                expected == null ? Status.NOT_FOUND : expected.length,
                                result,
                                message);
                        if (expected != null) {
                            assertArrayEquals(
                                    expected, Arrays.copyOf(dst.byteArray(), result), message);
                        }
                    }
                }
            }
        }
    }

    @Test
    void shouldServeSeveralClientsApart() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient ipc1 = fixture.connect(false);
                StoreClient ipc2 = fixture.connect(false);
                StoreClient udp1 = fixture.connect(true);
                StoreClient udp2 = fixture.connect(true)) {
            final StoreClient[] clients = {ipc1, ipc2, udp1, udp2};
            for (int i = 0; i < 100; i++) {
                for (int c = 0; c < clients.length; c++) {
                    final UnsafeBuffer key = ServerFixture.bytes("k" + c);
                    final UnsafeBuffer value = ServerFixture.bytes(c + ":" + i);
                    assertEquals(
                            Status.OK, clients[c].put(key, 0, 2, value, 0, value.capacity(), 0));
                    final StoreClient other = clients[(c + 1) % clients.length];
                    assertEquals(value.capacity(), other.get(key, 0, 2, dst, 0, 100));
                    assertEquals(c + ":" + i, dst.getStringWithoutLengthUtf8(0, value.capacity()));
                }
            }
        }
    }

    @Test
    void shouldAllocateNothingForARequest() throws IOException {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ServerFixture fixture = new ServerFixture(dir, 200);
                StoreClient client = fixture.connect(false)) {
            final UnsafeBuffer key = ServerFixture.bytes("0123456789abcdef");
            final UnsafeBuffer value = new UnsafeBuffer(new byte[128]);
            exchange(client, key, value, 30_000);
            final long server = fixture.serverThread.get().getId();
            final long self = Thread.currentThread().getId();
            threads.getThreadAllocatedBytes(self);
            final int count = 30_000;
            // until the optimizing compiler is through, which takes a while beside two spinning
            // threads, a request may allocate: the best round counts
            long selfBytes = Long.MAX_VALUE;
            long serverBytes = Long.MAX_VALUE;
            for (int round = 0;
                    round < 20 && Math.max(selfBytes, serverBytes) >= 4 * count;
                    round++) {
                final long serverBefore = threads.getThreadAllocatedBytes(server);
                final long selfBefore = threads.getThreadAllocatedBytes(self);
                exchange(client, key, value, count);
                selfBytes = Math.min(selfBytes, threads.getThreadAllocatedBytes(self) - selfBefore);
                serverBytes =
                        Math.min(
                                serverBytes,
                                threads.getThreadAllocatedBytes(server) - serverBefore);
            }
            // measuring itself and the driver's once-a-second upkeep allocate a little; a request
            // would show 16 B or more
            assertTrue(
                    selfBytes < 4 * count,
                    "client: " + selfBytes + " B for " + count + " requests");
            assertTrue(
                    serverBytes < 4 * count,
                    "server: " + serverBytes + " B for " + count + " requests");
        }
    }

    private void exchange(
            final StoreClient client,
            final UnsafeBuffer key,
            final UnsafeBuffer value,
            final int count) {
        int wrong = 0;
        for (int i = 0; i < count / 3; i++) {
            wrong += client.put(key, 0, 16, value, 0, 128, 0) == Status.OK ? 0 : 1;
            wrong += client.get(key, 0, 16, dst, 0, 128) == 128 ? 0 : 1;
            wrong += client.get(key, 0, 15, dst, 0, 128) == Status.NOT_FOUND ? 0 : 1;
        }
        assertEquals(0, wrong);
    }

    @Test
    void shouldSayThatNobodyAnswers() throws IOException {
        final String endpoint = "127.0.0.1:" + ServerFixture.freePort();
        final TransportException udp =
                assertThrows(
                        TransportException.class,
                        () ->
                                StoreClient.connect(
                                        new ClientContext()
                                                .endpoint(endpoint)
                                                .connectTimeoutNs(
                                                        TimeUnit.MILLISECONDS.toNanos(300))));
        assertTrue(udp.getMessage().contains(endpoint), udp.getMessage());
        final TransportException ipc =
                assertThrows(
                        TransportException.class,
                        () ->
                                StoreClient.connect(
                                        new ClientContext()
                                                .dataDir(dir)
                                                .connectTimeoutNs(
                                                        TimeUnit.MILLISECONDS.toNanos(300))));
        assertTrue(ipc.getMessage().contains(dir.toString()), ipc.getMessage());
    }

    @Test
    void shouldReportUnknownOutcomeWhenTheServerIsGone() throws IOException {
        final ServerFixture fixture = new ServerFixture(dir, 100);
        try (StoreClient client =
                StoreClient.connect(
                        fixture.udp()
                                .driverOnCallerThread(true)
                                .requestTimeoutNs(TimeUnit.MILLISECONDS.toNanos(200)))) {
            final UnsafeBuffer key = ServerFixture.bytes("k");
            assertEquals(Status.OK, client.put(key, 0, 1, key, 0, 1, 0));
            fixture.close();
            final int status = client.put(key, 0, 1, key, 0, 1, 0);
            assertTrue(
                    status == TransportStatus.TIMED_OUT || status == TransportStatus.NOT_CONNECTED,
                    "status " + status);
        }
    }

    /** The driver goes on, the agents stand still: a request is sent and never answered. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTimeOutNotBeforeTheTimeWhenTheServerStandsStill(final boolean udp)
            throws IOException {
        final AtomicBoolean still = new AtomicBoolean();
        final UnsafeBuffer key = ServerFixture.bytes("k");
        try (ServerFixture fixture =
                new ServerFixture(
                        dir,
                        100,
                        context -> context.agentThreads(roles -> threads(roles, still)))) {
            assertTimesOut(fixture, udp, still, client -> client.get(key, 0, 1, dst, 0, 1));
            still.set(false);
            assertTimesOut(fixture, udp, still, client -> client.put(key, 0, 1, key, 0, 1, 0));
        }
    }

    /** The first request that gets no answer: after it the client takes the connection for lost. */
    private static void assertTimesOut(
            final ServerFixture fixture,
            final boolean udp,
            final AtomicBoolean still,
            final ToIntFunction<StoreClient> request) {
        final long timeoutNs = TimeUnit.MILLISECONDS.toNanos(200);
        try (StoreClient client =
                StoreClient.connect(
                        (udp ? fixture.udp().driverOnCallerThread(true) : fixture.ipc())
                                .requestTimeoutNs(timeoutNs))) {
            still.set(true);
            final long startNs = System.nanoTime();
            assertEquals(TransportStatus.TIMED_OUT, request.applyAsInt(client));
            final long elapsedNs = System.nanoTime() - startNs;
            assertTrue(elapsedNs >= timeoutNs, "after " + elapsedNs + " ns");
        }
    }

    /** The driver on a thread of its own, all agents on one that can be told to stand still. */
    private static List<AgentThread> threads(final List<String> roles, final AtomicBoolean still) {
        final List<String> agents = new ArrayList<>(roles);
        assertTrue(agents.remove(AgentThreads.DRIVER));
        return List.of(
                new AgentThread(
                        List.of(AgentThreads.DRIVER), Thread::new, new BackoffIdleStrategy()),
                new AgentThread(
                        agents,
                        Thread::new,
                        new BackoffIdleStrategy(),
                        agent -> new StillAgent(agent, still)));
    }

    private record StillAgent(Agent agent, AtomicBoolean still) implements Agent {
        @Override
        public void onStart() {
            agent.onStart();
        }

        @Override
        public int doWork() throws Exception {
            return still.get() ? 0 : agent.doWork();
        }

        @Override
        public void onClose() {
            agent.onClose();
        }

        @Override
        public String roleName() {
            return agent.roleName();
        }
    }

    @Test
    void shouldRefuseASecondThread() throws Exception {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient client = fixture.connect(false)) {
            final UnsafeBuffer key = ServerFixture.bytes("k");
            assertEquals(Status.NOT_FOUND, client.get(key, 0, 1, dst, 0, 1));
            final AtomicReference<Throwable> thrown = new AtomicReference<>();
            final Thread other =
                    new Thread(() -> client.get(key, 0, 1, new UnsafeBuffer(new byte[1]), 0, 1));
            other.setUncaughtExceptionHandler((thread, failure) -> thrown.set(failure));
            other.start();
            other.join();
            assertTrue(thrown.get() instanceof IllegalStateException, "thrown " + thrown.get());
            assertTrue(thrown.get().getMessage().contains("one thread"));
        }
    }

    @Test
    void shouldNameAPortInUse() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir.resolve("a"), 100)) {
            try (io.stoat.store.Store store =
                    io.stoat.store.Store.open(
                            new io.stoat.store.StoreContext()
                                    .dataDir(dir.resolve("b"))
                                    .entries(100))) {
                final TransportException failure =
                        assertThrows(
                                TransportException.class,
                                () ->
                                        StoreServer.launch(
                                                new ServerContext()
                                                        .store(store)
                                                        .endpoint(fixture.server.endpoint())));
                assertTrue(
                        failure.getMessage().contains(fixture.server.endpoint()),
                        failure.getMessage());
            }
        }
    }

    @Test
    void shouldRefuseWhatIsNotLoopbackOrNotAnEndpoint() {
        for (final String endpoint : new String[] {"0.0.0.0:7480", "192.0.2.1:7480"}) {
            final TransportException failure =
                    assertThrows(
                            TransportException.class,
                            () -> new ClientContext().endpoint(endpoint).conclude());
            assertTrue(failure.getMessage().contains("loopback"), failure.getMessage());
        }
        for (final String endpoint :
                new String[] {"nonsense", "127.0.0.1:", "127.0.0.1:99999", ":1"}) {
            assertThrows(
                    TransportException.class,
                    () -> new ClientContext().endpoint(endpoint).conclude(),
                    endpoint);
        }
    }

    @Test
    void shouldLeaveNoFileBehind() throws IOException {
        final Path server;
        final Path clientParent;
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient client = fixture.connect(true)) {
            server = fixture.server.aeronDirectory();
            clientParent = server.getParent();
            assertTrue(Files.exists(server));
            assertEquals(Status.NOT_FOUND, client.get(ServerFixture.bytes("k"), 0, 1, dst, 0, 1));
        }
        assertFalse(Files.exists(server), server.toString());
        try (var left = Files.list(clientParent)) {
            assertEquals(
                    0,
                    left.filter(
                                    path ->
                                            path.getFileName()
                                                    .toString()
                                                    .startsWith(
                                                            "stoat-client-"
                                                                    + ProcessHandle.current().pid()
                                                                    + "-"))
                            .count());
        }
    }

    @Test
    void shouldForgetAClientThatLeaves() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100)) {
            for (int i = 0; i < 20; i++) {
                // more in turn than the session limit allows at once
                try (StoreClient client = fixture.connect(false)) {
                    assertEquals(
                            Status.NOT_FOUND,
                            client.get(ServerFixture.bytes("k"), 0, 1, dst, 0, 1));
                }
            }
            assertNull(fixture.error.get());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountAndTouch(final boolean udp) throws java.io.IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 200);
                StoreClient client = fixture.connect(udp)) {
            final org.agrona.concurrent.UnsafeBuffer key = ServerFixture.bytes("hits");
            final org.agrona.concurrent.UnsafeBuffer copy =
                    new org.agrona.concurrent.UnsafeBuffer(new byte[8]);
            assertEquals(Status.OK, client.add(key, 0, 4, 5));
            assertEquals(5, client.counter());
            assertEquals(Status.OK, client.add(key, 0, 4, -7));
            assertEquals(-2, client.counter());
            assertEquals(2, client.version());
            assertEquals(Status.OVERFLOW, client.add(key, 0, 4, Long.MIN_VALUE));
            assertEquals(8, client.get(key, 0, 4, copy, 0, 8));
            assertEquals(-2, copy.getLong(0));
            assertEquals(Status.OK, client.touch(key, 0, 4, 3_600_000));
            assertEquals(8, client.get(key, 0, 4, copy, 0, 8));
            org.junit.jupiter.api.Assertions.assertTrue(
                    client.expiresAtMs() > System.currentTimeMillis());
            assertEquals(Status.OK, client.touch(key, 0, 4, 0));
            assertEquals(8, client.get(key, 0, 4, copy, 0, 8));
            assertEquals(0, client.expiresAtMs());
            assertEquals(Status.OK, client.put(key, 0, 4, key, 0, 4, 0));
            assertEquals(Status.NOT_A_COUNTER, client.add(key, 0, 4, 1));
            assertEquals(Status.NOT_FOUND, client.touch(key, 0, 3, 5));
        }
    }
}
