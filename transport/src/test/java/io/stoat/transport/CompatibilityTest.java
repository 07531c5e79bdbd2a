package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.stoat.store.Status;
import io.stoat.transport.codec.ConnectAckDecoder;
import io.stoat.transport.codec.ConnectEncoder;
import io.stoat.transport.codec.GetsEncoder;
import io.stoat.transport.codec.MessageHeaderDecoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers of other versions, as they would be on the wire. */
@Timeout(60)
class CompatibilityTest {
    private static final int RESPONSE_STREAM = 4711;
    private static final int NO_STATUS = 1;

    @TempDir Path dir;

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[512]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();

    private int connect(final int protocolVersion) {
        return new ConnectEncoder()
                .wrapAndApplyHeader(message, 0, header)
                .correlationId(7)
                .protocolVersion(protocolVersion)
                .responseStreamId(RESPONSE_STREAM)
                .responseChannel("aeron:ipc")
                .putCredentials(new byte[0], 0, 0)
                .limit();
    }

    /** Sends a Connect and returns the status of the answer. */
    private static int ask(
            final ExclusivePublication publication,
            final Subscription responses,
            final UnsafeBuffer message,
            final int length) {
        while (publication.offer(message, 0, length) < 0) {
            Thread.onSpinWait();
        }
        final AtomicInteger status = new AtomicInteger(NO_STATUS);
        while (status.get() == NO_STATUS) {
            responses.poll(
                    (buffer, offset, size, aeronHeader) -> {
                        final MessageHeaderDecoder decoder = new MessageHeaderDecoder();
                        decoder.wrap(buffer, offset);
                        assertEquals(ConnectAckDecoder.TEMPLATE_ID, decoder.templateId());
                        // the fields that a client of version 1 knows, where it looks for them
                        final int body = offset + MessageHeaderDecoder.ENCODED_LENGTH;
                        assertEquals(7, buffer.getLong(body, ByteOrder.LITTLE_ENDIAN));
                        assertEquals(
                                StoreClient.PROTOCOL_VERSION,
                                buffer.getInt(body + 12, ByteOrder.LITTLE_ENDIAN));
                        status.set(buffer.getInt(body + 8, ByteOrder.LITTLE_ENDIAN));
                    },
                    1);
        }
        return status.get();
    }

    @Test
    void shouldTellAClientOfAnotherProtocolVersionClearly() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(
                                                fixture.server.aeronDirectory().toString()))) {
            for (final int version : new int[] {1, 3, 0, -1}) {
                try (Subscription responses = aeron.addSubscription("aeron:ipc", RESPONSE_STREAM);
                        ExclusivePublication publication =
                                aeron.addExclusivePublication(
                                        "aeron:ipc", ServerContext.DEFAULT_REQUEST_STREAM_ID)) {
                    assertEquals(
                            TransportStatus.INCOMPATIBLE,
                            ask(publication, responses, message, connect(version)));
                }
            }
            assertEquals(4, fixture.server.counters().refusedSessions());
            assertEquals(0, fixture.server.counters().malformed());
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldServeAClientWhoseMessagesHaveFieldsThatTheNodeDoesNotKnow() throws IOException {
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient client = fixture.connect(false);
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(
                                                fixture.server.aeronDirectory().toString()));
                Subscription responses = aeron.addSubscription("aeron:ipc", RESPONSE_STREAM);
                ExclusivePublication publication =
                        aeron.addExclusivePublication(
                                "aeron:ipc", ServerContext.DEFAULT_REQUEST_STREAM_ID)) {
            final UnsafeBuffer key = ServerFixture.bytes("key");
            assertEquals(Status.OK, client.put(key, 0, 3, key, 0, 3, 0));
            assertEquals(
                    Status.OK,
                    ask(publication, responses, message, connect(StoreClient.PROTOCOL_VERSION)));

            // version 9 of Gets: 8 more bytes in the block, and more data behind the keys
            final int more = 8;
            final GetsEncoder gets = new GetsEncoder().wrapAndApplyHeader(message, 0, header);
            gets.correlationId(42).flags(0);
            header.wrap(message, 0).version(9).blockLength(GetsEncoder.BLOCK_LENGTH + more);
            int at = MessageHeaderEncoder.ENCODED_LENGTH + GetsEncoder.BLOCK_LENGTH + more;
            message.putInt(at, 5, ByteOrder.LITTLE_ENDIAN);
            message.putShort(at + 4, (short) 3, ByteOrder.LITTLE_ENDIAN);
            message.putBytes(at + 6, key, 0, 3);
            at += 9;
            message.putInt(at, 4, ByteOrder.LITTLE_ENDIAN);
            at += 8;
            while (publication.offer(message, 0, at) < 0) {
                Thread.onSpinWait();
            }
            final AtomicInteger length = new AtomicInteger(-1);
            final ResponseAdapter adapter =
                    new ResponseAdapter(
                            new ResponseAdapter.Handler() {
                                @Override
                                public void onConnectAck(
                                        final long correlationId,
                                        final int status,
                                        final int protocolVersion,
                                        final NodeMap nodeMap) {}

                                @Override
                                public void onResult(
                                        final long correlationId,
                                        final int status,
                                        final long version,
                                        final long operand,
                                        final org.agrona.DirectBuffer buffer,
                                        final int offset,
                                        final int size) {
                                    assertEquals(42, correlationId);
                                    assertEquals(Status.OK, status);
                                    length.set(size);
                                }

                                @Override
                                public void onChanges(
                                        final org.agrona.DirectBuffer buffer,
                                        final int offset,
                                        final int size) {}
                            });
            while (length.get() < 0) {
                responses.poll(adapter, 1);
            }
            assertEquals(3, length.get());
            assertEquals(0, fixture.server.counters().malformed());
        }
    }

    @Test
    void shouldSayWhyWhenThereAreAsManySessionsAsMayBe() throws IOException {
        try (ServerFixture fixture =
                        new ServerFixture(dir, 100, context -> context.maxSessions(1));
                StoreClient first = StoreClient.connect(fixture.ipc())) {
            final TransportException refusal =
                    assertThrows(
                            TransportException.class, () -> StoreClient.connect(fixture.ipc()));
            assertEquals(TransportStatus.SESSION_REFUSED, refusal.status());
            assertTrue(refusal.getMessage().contains("maxSessions"), refusal.getMessage());
            assertEquals(
                    Status.NOT_FOUND, first.get(ServerFixture.bytes("k"), 0, 1, message, 0, 1));
        }
    }
}
