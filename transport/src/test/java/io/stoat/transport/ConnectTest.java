package io.stoat.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.security.Authenticator;
import io.aeron.security.SessionProxy;
import io.stoat.transport.codec.ConnectEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connect messages as a stranger would write them. */
@Timeout(120)
class ConnectTest {
    private static final int RESPONSE_STREAM = 4711;
    private static final byte[] NONE = {};

    @TempDir Path dir;

    private int stream = RESPONSE_STREAM;
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
                        .responseStreamId(stream)
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

    @Test
    void shouldExamineOnlySoManyTokensOfOneSourceASecond() throws IOException {
        final AtomicInteger examined = new AtomicInteger();
        final int guesses = 2_000;
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                100,
                                context ->
                                        context.authenticatorSupplier(
                                                () -> counting(examined, "the right one")));
                Aeron aeron = aeron(fixture)) {
            final ExclusivePublication publication =
                    publication(aeron, Endpoint.parse(fixture.server.endpoint()).channel());
            final long startNs = System.nanoTime();
            for (int i = 0; i < guesses; i++) {
                send(publication, "aeron:ipc", ("guess " + i).getBytes(UTF_8));
            }
            await(() -> fixture.server.counters().refusedSessions() == guesses);
            final long intervals = 1 + (System.nanoTime() - startNs) / GuessLimit.INTERVAL_NS;
            assertTrue(
                    examined.get() <= intervals * GuessLimit.PER_SOURCE,
                    examined + " examined in " + intervals + " intervals");
            assertTrue(examined.get() >= GuessLimit.PER_SOURCE);
            // somebody who comes another way is let in meanwhile
            try (Subscription answers = aeron.addSubscription("aeron:ipc", RESPONSE_STREAM + 1)) {
                stream = RESPONSE_STREAM + 1;
                send(publication(aeron, "aeron:ipc"), "aeron:ipc", "the right one".getBytes(UTF_8));
                await(() -> fixture.server.counters().sessions() == 1);
                await(() -> answers.imageCount() == 1);
            }
            assertNull(fixture.error.get());
        }
    }

    private static Authenticator counting(final AtomicInteger examined, final String token) {
        final TokenAuthenticator authenticator = new TokenAuthenticator(token.getBytes(UTF_8));
        return new Authenticator() {
            @Override
            public void onConnectRequest(final long id, final byte[] token, final long nowMs) {
                examined.incrementAndGet();
                authenticator.onConnectRequest(id, token, nowMs);
            }

            @Override
            public void onChallengeResponse(final long id, final byte[] token, final long nowMs) {
                authenticator.onChallengeResponse(id, token, nowMs);
            }

            @Override
            public void onConnectedSession(final SessionProxy proxy, final long nowMs) {
                authenticator.onConnectedSession(proxy, nowMs);
            }

            @Override
            public void onChallengedSession(final SessionProxy proxy, final long nowMs) {
                authenticator.onChallengedSession(proxy, nowMs);
            }
        };
    }
}
