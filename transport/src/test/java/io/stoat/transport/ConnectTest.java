package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.stoat.transport.codec.ConnectEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connect messages as a stranger would write them. */
@Timeout(120)
class ConnectTest {
    private static final int RESPONSE_STREAM = 4711;

    @TempDir Path dir;

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[1024]);

    private static Aeron aeron(final ServerFixture fixture) {
        return Aeron.connect(
                new Aeron.Context().aeronDirectoryName(fixture.server.aeronDirectory().toString()));
    }

    private static void await(final BooleanSupplier condition) {
        while (!condition.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            Thread.yield();
        }
    }

    private static ExclusivePublication publication(final Aeron aeron, final String channel) {
        final ExclusivePublication publication =
                aeron.addExclusivePublication(channel, ServerContext.DEFAULT_REQUEST_STREAM_ID);
        await(publication::isConnected);
        return publication;
    }

    private void send(
            final ExclusivePublication publication, final String channel, final byte[] token) {
        final int length =
                new ConnectEncoder()
                        .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
                        .correlationId(1)
                        .protocolVersion(StoreClient.PROTOCOL_VERSION)
                        .responseStreamId(RESPONSE_STREAM)
                        .responseChannel(channel)
                        .putCredentials(token, 0, token.length)
                        .limit();
        await(() -> publication.offer(message, 0, length) > 0);
    }

    @Test
    void shouldAnswerToAddressesOnlyAndLookUpNoNames() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                Aeron aeron = aeron(fixture)) {
            final int port = ServerFixture.freePort();
            final ServerCounters counters = fixture.server.counters();
            // this name leads to the address below, but a stranger has chosen it
            send(publication(aeron, "aeron:ipc"), "aeron:udp?endpoint=localhost:" + port, NONE);
            await(() -> counters.refusedSessions() + counters.sessions() > 0);
            assertEquals(0, counters.sessions());
            final String channel = "aeron:udp?endpoint=127.0.0.1:" + port;
            try (Subscription answers = aeron.addSubscription(channel, RESPONSE_STREAM)) {
                send(publication(aeron, "aeron:ipc"), channel, NONE);
                await(() -> answers.imageCount() == 1);
            }
            assertEquals(1, counters.refusedSessions());
            assertNull(fixture.error.get());
        }
    }

    private static final byte[] NONE = {};
}
