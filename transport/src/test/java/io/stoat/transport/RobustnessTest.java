package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients and nodes that die, stop, or come in numbers. */
@Timeout(120)
class RobustnessTest {
    private static final int MOST_KILLS = 10;

    @TempDir Path dir;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[1_000]);

    @Test
    void shouldNotNoticeClientsThatAreKilledInMidRequest() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient client = fixture.connect(false)) {
            final long before = fixture.server.counters().sessions();
            try (ChildJvm ipc = ChildJvm.start(LoadMain.class, "ipc", dir);
                    ChildJvm udp =
                            ChildJvm.start(LoadMain.class, "udp", fixture.server.endpoint())) {
                ipc.awaitLine("running");
                udp.awaitLine("running");
                assertEquals(before + 4, fixture.server.counters().sessions());
                ipc.kill();
                udp.kill();
                AeronDirectories.removeAbandoned();
            }
            for (int i = 0; i < 1_000; i++) {
                key.putLong(0, i);
                assertEquals(Status.OK, client.put(key, 0, 8, value, 0, 64, 0));
                assertEquals(64, client.get(key, 0, 8, value, 0, 100));
            }
            // nothing is left of them but what Aeron's time-outs allow
            final BackoffIdleStrategy idle = new BackoffIdleStrategy();
            while (fixture.server.counters().sessions() > before && !Thread.interrupted()) {
                idle.idle();
            }
            assertEquals(Status.OK, client.put(key, 0, 8, value, 0, 64, 0));
            assertEquals(0, fixture.server.counters().malformed());
            assertNull(fixture.error.get());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldServeOthersWhileAClientTakesNoAnswers(final boolean udp) throws IOException {
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                1_000,
                                context -> context.stalledTimeoutNs(TimeUnit.SECONDS.toNanos(1)));
                StoreClient other = fixture.connect(false);
                PipelinedClient stuck =
                        PipelinedClient.connect(
                                (udp ? fixture.udp() : fixture.ipc())
                                        .maxInFlight(16_384)
                                        .batchCommands(8))) {
            assertEquals(Status.OK, other.put(key, 0, 8, value, 0, 1_000, 0));
            int offered = 0;
            while (offered < 16_384 && stuck.offerGet(key, 0, 8) > 0) {
                offered++;
            }
            // 16 MB of answers at most, and nobody takes them
            int others = 0;
            while (fixture.server.counters().endedSessions() == 0 && !Thread.interrupted()) {
                assertEquals(1_000, other.get(key, 0, 8, value, 0, 1_000));
                others++;
            }
            assertTrue(others > 0);
            assertTrue(fixture.server.counters().backPressured() > 0);
            // the stuck one wakes up: what it had asked for ends one way or the other
            final int[] ended = {0};
            while (stuck.inFlight() > 0) {
                stuck.poll((id, status, version, operand, buffer, offset, length) -> ended[0]++);
            }
            assertEquals(offered, ended[0]);
            assertNull(fixture.error.get());
        }
    }

    /** A process that stops in the middle of it, as in a debugger or a long pause, and goes on. */
    @Test
    void shouldServeOthersWhileAProcessIsStoppedAndServeItAgainLater() throws Exception {
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                100,
                                context -> context.stalledTimeoutNs(TimeUnit.SECONDS.toNanos(1)));
                StoreClient other = fixture.connect(false);
                ChildJvm process = ChildJvm.start(LoadMain.class, "ipc", dir)) {
            process.awaitLine("running");
            process.stop();
            try {
                assertEquals(Status.OK, other.put(key, 0, 8, value, 0, 64, 0));
                int others = 0;
                // its sessions end; the one of the other client does not
                while (fixture.server.counters().sessions() > 2 && !Thread.interrupted()) {
                    assertEquals(64, other.get(key, 0, 8, value, 0, 1_000));
                    others++;
                }
                assertTrue(others > 0);
            } finally {
                process.goOn();
            }
            process.awaitLine("running");
            assertEquals(Status.OK, other.put(key, 0, 8, value, 0, 64, 0));
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldServeSixtyFourClientsOfFourProcessesAtOnce() throws IOException {
        final int processes = 4;
        final int each = 16;
        final List<ChildJvm> children = new ArrayList<>();
        try (ServerFixture fixture =
                new ServerFixture(dir, 100, context -> context.maxSessions(processes * each))) {
            for (int i = 0; i < processes; i++) {
                children.add(
                        ChildJvm.start(
                                ClientsMain.class, dir, fixture.server.endpoint(), i * each, each));
            }
            for (final ChildJvm child : children) {
                child.awaitLine("connected");
            }
            // a session for reads and one for writes
            assertEquals(2 * processes * each, fixture.server.counters().sessions());
            for (final ChildJvm child : children) {
                child.say("go");
            }
            for (final ChildJvm child : children) {
                assertEquals("done", child.nextLine());
            }
            assertNull(fixture.error.get());
        } finally {
            children.forEach(ChildJvm::close);
            AeronDirectories.removeAbandoned();
        }
    }

    /** Counts up; kills the node in the middle of it; counts on. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKnowWhatIsAppliedWhenTheNodeIsKilledUnderLoad(final boolean udp) throws IOException {
        final Path data = dir.resolve("data");
        final String endpoint = "127.0.0.1:" + ServerFixture.freePort();
        final int counters = 16;
        final long[] applied = new long[counters];
        final long[] unknown = new long[counters];
        final java.util.Map<Long, Integer> pending = new java.util.HashMap<>();
        final int[] answered = {0};
        final List<String> wrong = new ArrayList<>();
        final CompletionHandler handler =
                (id, status, version, operand, buffer, offset, length) -> {
                    final int counter = pending.remove(id);
                    if (status == Status.OK) {
                        applied[counter]++;
                        answered[0]++;
                    } else if (status == TransportStatus.OUTCOME_UNKNOWN
                            || status == TransportStatus.TIMED_OUT) {
                        unknown[counter]++;
                    } else if (status != TransportStatus.NOT_CONNECTED) {
                        wrong.add(TransportStatus.nameOf(status));
                    }
                };
        ChildJvm node = ChildJvm.start(NodeMain.class, data, endpoint);
        try {
            node.awaitLine("serving");
            try (PipelinedClient client =
                    PipelinedClient.connect(
                            (udp
                                            ? new ClientContext().endpoint(endpoint)
                                            : new ClientContext().dataDir(data))
                                    .batchCommands(4)
                                    .maxInFlight(64)
                                    .connectTimeoutNs(TimeUnit.SECONDS.toNanos(3))
                                    .requestTimeoutNs(TimeUnit.SECONDS.toNanos(1)))) {
                for (int kills = 0; ; kills++) {
                    final int goal = answered[0] + 3_000;
                    for (int i = 0; answered[0] < goal && !Thread.interrupted(); i++) {
                        key.putLong(0, i % counters);
                        final long id = client.offerAdd(key, 0, 8, 1);
                        if (id > 0) {
                            pending.put(id, i % counters);
                        }
                        client.poll(handler);
                    }
                    // until a kill has left something of which nobody knows
                    if (LongStream.of(unknown).sum() > 0 || kills == MOST_KILLS) {
                        break;
                    }
                    node.kill();
                    node.close();
                    node = ChildJvm.start(NodeMain.class, data, endpoint);
                    node.awaitLine("serving");
                }
                while (client.inFlight() > 0) {
                    client.poll(handler);
                }
            }
            assertEquals(List.of(), wrong);
            assertTrue(LongStream.of(unknown).sum() > 0);
            try (StoreReader reader = StoreReader.attach(data)) {
                for (int i = 0; i < counters; i++) {
                    key.putLong(0, i);
                    assertEquals(8, reader.get(key, 0, 8, value, 0, 8));
                    final long sum = value.getLong(0, ByteOrder.LITTLE_ENDIAN);
                    final String told = "applied " + applied[i] + ", unknown " + unknown[i];
                    assertTrue(sum >= applied[i], told + ", there " + sum);
                    assertTrue(sum <= applied[i] + unknown[i], told + ", there " + sum);
                }
            }
        } finally {
            node.close();
            // what a killed node's media driver leaves for the next node of the directory
            IoUtil.delete(AeronDirectories.forDataDir(data).toFile(), true);
        }
    }
}
