package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values and messages beyond a packet. */
@Timeout(120)
class LongValueTest {
    private static final int LONGEST = 1_000_000;
    private static final int MIB = 1 << 20;
    private static final CompletionHandler NOTHING =
            (id, status, version, operand, buffer, offset, length) -> {};

    @TempDir Path dir;

    private final UnsafeBuffer key = new UnsafeBuffer(new byte[16]);

    private ServerFixture fixture() throws IOException {
        return new ServerFixture(
                new StoreContext().dataDir(dir).shardCount(1).entries(20).maxValueLength(LONGEST),
                context -> context);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryValuesUpToTheStoresLongest(final boolean udp) throws IOException {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[LONGEST]);
        final UnsafeBuffer copy = new UnsafeBuffer(new byte[LONGEST]);
        try (ServerFixture fixture = fixture();
                StoreClient client = fixture.connect(udp)) {
            for (final int length : new int[] {100_000, 500_000, 600_000, LONGEST}) {
                value.setMemory(0, LONGEST, (byte) (length / 100_000));
                assertEquals(Status.OK, client.put(key, 0, 16, value, 0, length, 0));
                copy.setMemory(0, LONGEST, (byte) 0);
                assertEquals(length, client.get(key, 0, 16, copy, 0, LONGEST));
                for (int i = 0; i < length; i++) {
                    assertEquals(value.getByte(i), copy.getByte(i));
                }
            }
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldHoldNoMemoryOfConnectionsThatAreOver() throws IOException {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[LONGEST]);
        try (ServerFixture fixture = fixture();
                StoreClient client = fixture.connect(false)) {
            assertEquals(Status.OK, client.put(key, 0, 16, value, 0, LONGEST, 0));
            assertEquals(LONGEST, client.get(key, 0, 16, value, 0, LONGEST));
            final long before = usedHeap();
            for (int i = 0; i < 30; i++) {
                client.connection().lose(NOTHING);
                assertEquals(LONGEST, client.get(key, 0, 16, value, 0, LONGEST));
            }
            final long more = usedHeap() - before;
            assertTrue(more < 10L * LONGEST, more + " bytes more");
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGatherMessagesOfAMebibyteBothWays(final boolean udp) throws IOException {
        try (ServerFixture fixture =
                        new ServerFixture(dir, 200, context -> context.responseBatchLength(MIB));
                PipelinedClient client =
                        PipelinedClient.connect(
                                (udp ? fixture.udp() : fixture.ipc())
                                        .batchLength(MIB)
                                        .batchCommands(100_000)
                                        .requestTimeoutNs(TimeUnit.SECONDS.toNanos(60))
                                        .maxInFlight(16_384))) {
            final UnsafeBuffer value = new UnsafeBuffer(new byte[100]);
            final Map<String, Integer> ends = new HashMap<>();
            final CompletionHandler handler =
                    (id, status, version, operand, buffer, offset, length) ->
                            ends.merge(status + "/" + length, 1, Integer::sum);
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 3_000; i++) {
                    key.putLong(0, i % 1_000);
                    while ((round == 0
                                    ? client.offerPut(
                                            PutMode.ALWAYS, key, 0, 16, value, 0, 100, 0, 0)
                                    : client.offerGet(key, 0, 16))
                            < 0) {
                        client.poll(handler);
                    }
                }
                while (client.inFlight() > 0) {
                    client.poll(handler);
                }
            }
            assertEquals(Map.of("0/0", 3_000, "0/100", 3_000), ends);
            assertEquals(0, fixture.server.counters().malformed());
            assertNull(fixture.error.get());
        }
    }
}
