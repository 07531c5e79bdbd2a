package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When requests and answers share a message. */
@Timeout(120)
class GatheringTest {
    @TempDir Path dir;

    private final UnsafeBuffer key = ServerFixture.bytes("k");
    private int answers;
    private int messages;
    private int nextOffset;
    private DirectBuffer last;

    /** Results that lie one behind the other came in one message. */
    private void onAnswer(
            final long id,
            final int status,
            final long version,
            final long operand,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        answers++;
        if (buffer != last || offset - ResultLayout.HEADER_LENGTH != nextOffset) {
            messages++;
        }
        last = buffer;
        nextOffset = offset - ResultLayout.HEADER_LENGTH + ResultLayout.encodedLength(length);
    }

    @Test
    void shouldKeepALoneRequestForTheLingerTimeUnlessItIsFlushed() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient other = fixture.connect(false);
                PipelinedClient client =
                        PipelinedClient.connect(
                                fixture.ipc()
                                        .batchLingerNs(TimeUnit.HOURS.toNanos(1))
                                        .batchCommands(100))) {
            assertTrue(client.offerGet(key, 0, 1) > 0);
            for (int i = 0; i < 1_000; i++) {
                client.poll(this::onAnswer);
            }
            // whatever was sent before this put would have come before it
            assertEquals(Status.OK, other.put(key, 0, 1, key, 0, 1, 0));
            assertEquals(1, fixture.server.counters().requests());
            assertEquals(1, client.inFlight());
            assertEquals(Status.OK, client.flush());
            while (client.inFlight() > 0) {
                client.poll(this::onAnswer);
            }
            assertEquals(1, answers);
        }
    }

    @Test
    void shouldSendALoneRequestWhenItsLingerTimeIsOverAndASynchronousOneAtOnce()
            throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient synchronous =
                        StoreClient.connect(
                                fixture.ipc()
                                        .batchLingerNs(TimeUnit.HOURS.toNanos(1))
                                        .batchCommands(100));
                PipelinedClient client =
                        PipelinedClient.connect(
                                fixture.ipc()
                                        .batchLingerNs(TimeUnit.MILLISECONDS.toNanos(1))
                                        .batchCommands(100))) {
            assertEquals(Status.OK, synchronous.put(key, 0, 1, key, 0, 1, 0));
            assertTrue(client.offerGet(key, 0, 1) > 0);
            while (client.inFlight() > 0) {
                client.poll(this::onAnswer);
            }
            assertEquals(1, answers);
        }
    }

    @Test
    void shouldAnswerABurstInOneMessage() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                PipelinedClient client = PipelinedClient.connect(fixture.ipc().batchCommands(64))) {
            for (int i = 0; i < 64; i++) {
                assertTrue(client.offerGet(key, 0, 1) > 0);
            }
            while (client.inFlight() > 0) {
                client.poll(this::onAnswer);
            }
            assertEquals(64, answers);
            assertEquals(1, messages);
        }
    }
}
