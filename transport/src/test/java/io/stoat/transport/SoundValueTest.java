package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Remote reads of a value that is overwritten at full speed, by agents on threads of their own. */
@Timeout(120)
class SoundValueTest {
    private static final int LENGTH = 8_000;
    private static final int READS = 4_000;
    private static final CompletionHandler NOTHING =
            (id, status, version, operand, buffer, offset, length) -> {};

    @TempDir Path dir;

    private final UnsafeBuffer key = ServerFixture.bytes("key");
    private final AtomicBoolean isStopped = new AtomicBoolean();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNeverReadAMixtureOfTwoValues(final boolean udp) throws Exception {
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                LENGTH,
                                context -> context.agentThreads(ServerFixture.threadEach()));
                StoreClient client = fixture.connect(udp)) {
            final UnsafeBuffer value = new UnsafeBuffer(new byte[LENGTH]);
            assertEquals(Status.OK, client.put(key, 0, 3, value, 0, LENGTH, 0));
            final MultiGet keys = client.newMultiGet(2, 2 * LENGTH);
            keys.addKey(key, 0, 3);
            keys.addKey(key, 0, 3);
            final Thread writer = new Thread(() -> overwrite(fixture));
            writer.start();
            try {
                final long first = client.version();
                for (int i = 0; i < READS || client.version() < first + READS; i++) {
                    assertEquals(LENGTH, client.get(key, 0, 3, value, 0, LENGTH));
                    requireWhole(value, 0);
                    assertEquals(Status.OK, keys.read());
                    requireWhole(keys.values(), keys.valueOffset(0));
                    requireWhole(keys.values(), keys.valueOffset(1));
                    assertTrue(keys.version(0) <= keys.version(1));
                    client.get(key, 0, 3, value, 0, LENGTH);
                }
            } finally {
                isStopped.set(true);
                writer.join();
            }
            assertNull(fixture.error.get());
        }
    }

    private static void requireWhole(final DirectBuffer buffer, final int offset) {
        final long want = buffer.getLong(offset);
        for (int at = Long.BYTES; at < LENGTH; at += Long.BYTES) {
            assertEquals(want, buffer.getLong(offset + at));
        }
    }

    private void overwrite(final ServerFixture fixture) {
        try (PipelinedClient client = PipelinedClient.connect(fixture.ipc())) {
            final UnsafeBuffer value = new UnsafeBuffer(new byte[LENGTH]);
            for (long i = 1; !isStopped.get(); i++) {
                for (int at = 0; at < LENGTH; at += Long.BYTES) {
                    value.putLong(at, i);
                }
                while (client.offerPut(PutMode.ALWAYS, key, 0, 3, value, 0, LENGTH, 0, 0) < 0
                        && !isStopped.get()) {
                    client.poll(NOTHING);
                }
                client.poll(NOTHING);
            }
            while (client.inFlight() > 0) {
                client.poll(NOTHING);
            }
        }
    }
}
