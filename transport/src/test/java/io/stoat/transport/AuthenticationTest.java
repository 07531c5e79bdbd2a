package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class AuthenticationTest {
    private static final String SECRET = "correct horse battery staple";

    @TempDir Path dir;

    private Path tokenFile(final String name, final String token, final String mode)
            throws IOException {
        final Path file = dir.resolve(name);
        Files.writeString(file, token + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file;
    }

    private static ClientContext client(final ServerFixture fixture, final boolean udp) {
        return udp ? fixture.udp().driverOnCallerThread(true) : fixture.ipc();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAdmitOnlyWhoBringsTheToken(final boolean udp) throws IOException {
        final Path right = tokenFile("right", SECRET, "rw-------");
        final Path wrong = tokenFile("wrong", SECRET + "!", "rw-------");
        try (ServerFixture fixture =
                new ServerFixture(dir.resolve("data"), 100, context -> context.tokenFile(right))) {
            final UnsafeBuffer key = ServerFixture.bytes("k");
            try (StoreClient client = StoreClient.connect(client(fixture, udp).tokenFile(right))) {
                assertEquals(Status.OK, client.put(key, 0, 1, key, 0, 1, 0));
            }
            for (final Path file : new Path[] {wrong, null}) {
                final long startNs = System.nanoTime();
                final TransportException refusal =
                        assertThrows(
                                TransportException.class,
                                () -> StoreClient.connect(client(fixture, udp).tokenFile(file)));
                assertEquals(TransportStatus.NOT_AUTHENTICATED, refusal.status());
                assertTrue(refusal.getMessage().contains("token"), refusal.getMessage());
                assertFalse(refusal.getMessage().contains(SECRET), refusal.getMessage());
                // guessing is slow: a refusal is not given at once
                assertTrue(System.nanoTime() - startNs >= Admission.REFUSAL_DELAY_NS);
            }
            assertEquals(2, fixture.server.counters().refusedSessions());
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldRefuseATokenFileThatOthersCanReadOrThatHoldsNoToken() throws IOException {
        for (final String mode : new String[] {"rw-r-----", "rw----r--", "rwx------"}) {
            final Path file = tokenFile("t", SECRET, mode);
            final TransportException refusal =
                    assertThrows(TransportException.class, () -> Token.read(file));
            assertTrue(refusal.getMessage().contains("chmod 600"), refusal.getMessage());
        }
        for (final String token : new String[] {"", "short", SECRET + "\n" + SECRET}) {
            final Path file = tokenFile("t", token, "rw-------");
            assertThrows(TransportException.class, () -> Token.read(file), token);
        }
        final TransportException missing =
                assertThrows(TransportException.class, () -> Token.read(dir.resolve("missing")));
        assertTrue(missing.getMessage().contains("does not exist"), missing.getMessage());
    }

    @Test
    void shouldDemandATokenBeyondLoopback() throws IOException {
        final Path file = tokenFile("t", SECRET, "rw-------");
        try (ServerFixture fixture = new ServerFixture(dir.resolve("data"), 100)) {
            for (final String endpoint : new String[] {"0.0.0.0:7480", "192.0.2.1:7480"}) {
                final ServerContext open =
                        new ServerContext().store(fixture.store).endpoint(endpoint);
                final TransportException refusal =
                        assertThrows(TransportException.class, open::conclude);
                assertTrue(refusal.getMessage().contains("token"), refusal.getMessage());
                new ServerContext()
                        .store(fixture.store)
                        .endpoint(endpoint)
                        .tokenFile(file)
                        .conclude();
                assertThrows(
                        TransportException.class,
                        () -> new ClientContext().endpoint(endpoint).conclude());
            }
        }
    }

    @Test
    void shouldKeepServingWhileSomebodyGuesses() throws Exception {
        final Path right = tokenFile("right", SECRET, "rw-------");
        final Path wrong = tokenFile("wrong", "0123456789abcdef", "rw-------");
        try (ServerFixture fixture =
                new ServerFixture(dir.resolve("data"), 100, context -> context.tokenFile(right))) {
            final AtomicInteger refusals = new AtomicInteger();
            final AtomicLong lastRefusalNs = new AtomicLong();
            final Thread[] guessers = new Thread[24];
            final long startNs = System.nanoTime();
            for (int i = 0; i < guessers.length; i++) {
                guessers[i] =
                        new Thread(
                                () -> {
                                    if (guess(client(fixture, false).tokenFile(wrong))
                                            == TransportStatus.NOT_AUTHENTICATED) {
                                        refusals.incrementAndGet();
                                        lastRefusalNs.accumulateAndGet(
                                                System.nanoTime() - startNs, Math::max);
                                    }
                                });
                guessers[i].start();
            }
            try (StoreClient client =
                    StoreClient.connect(client(fixture, false).tokenFile(right))) {
                final UnsafeBuffer key = ServerFixture.bytes("k");
                assertEquals(Status.OK, client.put(key, 0, 1, key, 0, 1, 0));
            }
            for (final Thread guesser : guessers) {
                guesser.join();
            }
            // on a busy host not one of them may have come to be heard in its time
            while (fixture.server.counters().refusedSessions() == 0
                    && !Thread.currentThread().isInterrupted()) {
                guess(client(fixture, false).tokenFile(wrong));
            }
            // so many wait for their refusal at a time, and each waits that long
            final long rounds = lastRefusalNs.get() / Admission.REFUSAL_DELAY_NS;
            final int atATime = SessionHost.MAX_WAITING_REFUSALS;
            assertTrue(
                    refusals.get() <= rounds * atATime,
                    refusals + " refusals within " + lastRefusalNs + " ns");
            assertNull(fixture.error.get());
        }
    }

    /** Why a client with a wrong token was not let in. */
    private static int guess(final ClientContext context) {
        return assertThrows(
                        TransportException.class,
                        () ->
                                StoreClient.connect(
                                        context.connectTimeoutNs(TimeUnit.SECONDS.toNanos(2))))
                .status();
    }
}
