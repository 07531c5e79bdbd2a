package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.logbuffer.FragmentHandler;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.transport.codec.CommandsEncoder;
import io.stoat.transport.codec.ConnectEncoder;
import io.stoat.transport.codec.GetsEncoder;
import io.stoat.transport.codec.MessageHeaderEncoder;
import io.stoat.transport.codec.SubscribeEncoder;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MalformedMessageTest {
    private static final int MESSAGES = 1_000_000;
    private static final int SESSION_MESSAGES = 200_000;
    private static final long MOST_GROWTH = 1024 * 1024;

    @TempDir Path dir;

    private static ServerFixture fixture(final Path dir) throws IOException {
        return new ServerFixture(dir, 200, context -> context.readAgents(2).writeAgents(2));
    }

    private static Aeron aeron(final ServerFixture fixture) {
        return Aeron.connect(
                new Aeron.Context().aeronDirectoryName(fixture.server.aeronDirectory().toString()));
    }

    private static List<ExclusivePublication> toEveryStream(
            final String endpoint, final Aeron aeron) {
        final StreamIds streams = new StreamIds(ServerContext.DEFAULT_REQUEST_STREAM_ID);
        final List<ExclusivePublication> publications = new ArrayList<>();
        for (final String channel :
                new String[] {"aeron:ipc", Endpoint.parse(endpoint).channel()}) {
            for (int agent = 0; agent < 2; agent++) {
                publications.add(aeron.addExclusivePublication(channel, streams.read(agent)));
                publications.add(aeron.addExclusivePublication(channel, streams.write(agent)));
            }
        }
        for (final ExclusivePublication publication : publications) {
            while (!publication.isConnected() && !Thread.interrupted()) {
                Thread.onSpinWait();
            }
        }
        return publications;
    }

    /** A node in a JVM of its own: its memory is nobody else's. */
    @Test
    void shouldSurviveAndCountWhateverIsSentToAnyStreamAndHoldNoMoreMemory() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final String endpoint = "127.0.0.1:" + ServerFixture.freePort();
        final Path directory = AeronDirectories.forDataDir(dir);
        try (ChildJvm node = ChildJvm.start(NodeMain.class, dir, endpoint, 2)) {
            node.awaitLine("serving");
            try (Aeron aeron =
                    Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()))) {
                final List<ExclusivePublication> publications = toEveryStream(endpoint, aeron);
                final UnsafeBuffer message = new UnsafeBuffer(new byte[4096]);
                NodeMain.State warm = null;
                ExclusivePublication publication = null;
                int length = 0;
                for (int i = 0; i < MESSAGES; i++) {
                    if (i == MESSAGES / 5) {
                        warm = counted(node, i, seed);
                    }
                    // some of it comes twice
                    if (i == 0 || random.nextInt(10) != 0) {
                        length = mutate(message, random);
                        publication = publications.get(i % publications.size());
                    }
                    send(publication, message, length);
                }
                final NodeMain.State end = counted(node, MESSAGES, seed);
                assertEquals(0, end.errors(), "seed " + seed);
                assertEquals(0, end.sessions(), "seed " + seed);
                final String both = "seed " + seed + ", " + warm + " then " + end;
                assertTrue(end.heapBytes() - warm.heapBytes() < MOST_GROWTH, both);
                assertTrue(end.bufferBytes() - warm.bufferBytes() < MOST_GROWTH, both);
                assertTrue(end.threads() <= warm.threads(), both);
            }
            try (StoreClient client = StoreClient.connect(new ClientContext().endpoint(endpoint))) {
                final UnsafeBuffer key = ServerFixture.bytes("healthy");
                assertEquals(Status.OK, client.put(key, 0, 7, key, 0, 7, 0), "seed " + seed);
            }
        } finally {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    /** Waits until the node has counted so many messages, all of them. */
    private static NodeMain.State counted(final ChildJvm node, final long messages, final long seed)
            throws IOException {
        NodeMain.State state;
        do {
            state = NodeMain.State.parse(node.ask("", NodeMain.STATE));
        } while (state.counted() < messages && !Thread.interrupted());
        assertEquals(messages, state.counted(), "seed " + seed);
        return state;
    }

    private static void send(
            final ExclusivePublication publication, final UnsafeBuffer message, final int length) {
        while (publication.offer(message, 0, length) < 0 && !Thread.interrupted()) {
            Thread.yield();
        }
    }

    /** The same from somebody who has a session, and sends some of it twice. */
    @Test
    void shouldSurviveWhateverComesFromAnOpenSession() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int responseStream = 4711;
        try (ServerFixture fixture = fixture(dir);
                Aeron aeron = aeron(fixture);
                Subscription responses = aeron.addSubscription("aeron:ipc", responseStream)) {
            final List<ExclusivePublication> publications =
                    toEveryStream(fixture.server.endpoint(), aeron);
            final UnsafeBuffer message = new UnsafeBuffer(new byte[4096]);
            final int connect =
                    new ConnectEncoder()
                            .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
                            .correlationId(1)
                            .protocolVersion(StoreClient.PROTOCOL_VERSION)
                            .responseStreamId(responseStream)
                            .responseChannel("aeron:ipc")
                            .putCredentials(new byte[0], 0, 0)
                            .limit();
            // the IPC ones; answers go to this host's other transport too
            final List<ExclusivePublication> mine = publications.subList(0, 4);
            for (final ExclusivePublication publication : mine) {
                send(publication, message, connect);
            }
            while (responses.imageCount() < mine.size() && !Thread.interrupted()) {
                Thread.onSpinWait();
            }
            final FragmentHandler ignore = (buffer, offset, length, header) -> {};
            for (int i = 0; i < SESSION_MESSAGES; i++) {
                final ExclusivePublication publication = mine.get(random.nextInt(mine.size()));
                final int length = mutate(message, random);
                for (int times = random.nextInt(10) == 0 ? 2 : 1; times > 0; times--) {
                    while (publication.offer(message, 0, length) < 0 && !Thread.interrupted()) {
                        responses.poll(ignore, 100);
                    }
                }
                responses.poll(ignore, 10);
            }
            requireHealthy(fixture, seed);
            assertTrue(fixture.server.counters().malformed() > SESSION_MESSAGES / 10);
            assertEquals(mine.size(), responses.imageCount(), "seed " + seed);
        }
    }

    /**
     * A message of the protocol with one thing wrong, or plain noise; none of it comes from an open
     * session.
     */
    private static int mutate(final UnsafeBuffer message, final Random random) {
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final UnsafeBuffer key = new UnsafeBuffer(new byte[1 + random.nextInt(40)]);
        final int end;
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                final GetsEncoder gets = new GetsEncoder().wrapAndApplyHeader(message, 0, header);
                final byte[] keys = new byte[1 + random.nextInt(100)];
                random.nextBytes(keys);
                end = gets.correlationId(random.nextLong()).putKeys(keys, 0, keys.length).limit();
            }
            case 2, 3 -> {
                final CommandsEncoder commands =
                        new CommandsEncoder().wrapAndApplyHeader(message, 0, header);
                commands.correlationId(random.nextLong()).flags(random.nextInt());
                final UnsafeBuffer encoded = new UnsafeBuffer(new byte[200]);
                final int length =
                        new CommandEncoder()
                                .wrap(encoded, 0, 200)
                                .put(
                                        PutMode.ALWAYS,
                                        key,
                                        0,
                                        key.capacity(),
                                        key,
                                        0,
                                        key.capacity(),
                                        random.nextLong(),
                                        random.nextBoolean(),
                                        0);
                end = commands.putCommands(encoded, 0, length).limit();
            }
            case 4 -> {
                final SubscribeEncoder subscribe =
                        new SubscribeEncoder().wrapAndApplyHeader(message, 0, header);
                subscribe.correlationId(random.nextLong()).flags(random.nextInt());
                end = subscribe.putPrefix(key, 0, key.capacity()).limit();
            }
            default -> {
                final ConnectEncoder connect =
                        new ConnectEncoder().wrapAndApplyHeader(message, 0, header);
                connect.correlationId(random.nextLong()).protocolVersion(random.nextInt());
                connect.responseStreamId(random.nextInt()).responseChannel("aeron:nonsense");
                end = connect.putCredentials(key, 0, key.capacity()).limit();
            }
        }
        switch (random.nextInt(4)) {
            case 0:
                return 1 + random.nextInt(end);
            case 1:
                message.putByte(random.nextInt(end), (byte) random.nextInt());
                return end;
            case 2:
                message.putShort(random.nextInt(end - 1), (short) 0xFFFF, ByteOrder.LITTLE_ENDIAN);
                return end;
            default:
                final byte[] noise = new byte[1 + random.nextInt(200)];
                random.nextBytes(noise);
                message.putBytes(0, noise);
                return noise.length;
        }
    }

    /** As long as Aeron carries them, of which most is assembled from packets. */
    @Test
    void shouldSurviveAndCountMessagesOfTheGreatestLength() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int messages = 400;
        try (ServerFixture fixture = fixture(dir);
                Aeron aeron = aeron(fixture)) {
            final List<ExclusivePublication> publications =
                    toEveryStream(fixture.server.endpoint(), aeron);
            for (int i = 0; i < messages; i++) {
                final ExclusivePublication publication = publications.get(i % publications.size());
                final UnsafeBuffer message =
                        new UnsafeBuffer(new byte[publication.maxMessageLength()]);
                fill(message, random);
                send(publication, message, message.capacity());
            }
            final ServerCounters counters = fixture.server.counters();
            while (counters.malformed() + counters.refusedSessions() < messages
                    && !Thread.currentThread().isInterrupted()) {
                Thread.yield();
            }
            requireHealthy(fixture, seed);
            assertEquals(messages, counters.malformed() + counters.refusedSessions());
            assertEquals(0, counters.errors(), "seed " + seed);
        }
    }

    /** Noise, or a request of one part that reaches to the message's end. */
    private static void fill(final UnsafeBuffer message, final Random random) {
        final MessageHeaderEncoder header = new MessageHeaderEncoder();
        final int blockLength;
        switch (random.nextInt(4)) {
            case 0 -> {
                random.nextBytes(message.byteArray());
                return;
            }
            case 1 -> {
                new GetsEncoder().wrapAndApplyHeader(message, 0, header).flags(0);
                blockLength = GetsEncoder.BLOCK_LENGTH;
            }
            case 2 -> {
                new SubscribeEncoder().wrapAndApplyHeader(message, 0, header).flags(0);
                blockLength = SubscribeEncoder.BLOCK_LENGTH;
            }
            default -> {
                new CommandsEncoder()
                        .wrapAndApplyHeader(message, 0, header)
                        .generation(0)
                        .flags(Connection.FORWARD);
                blockLength = CommandsEncoder.BLOCK_LENGTH;
            }
        }
        final int at = MessageHeaderEncoder.ENCODED_LENGTH + blockLength;
        message.putInt(at, message.capacity() - at - Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void shouldNotBeDisturbedByDatagramsThatAreNotAeron() throws IOException {
        final Random random = new Random(7);
        try (ServerFixture fixture = new ServerFixture(dir, 200);
                StoreClient client = fixture.connect(true);
                DatagramSocket socket = new DatagramSocket()) {
            final Endpoint endpoint = Endpoint.parse(fixture.server.endpoint());
            final InetAddress address = InetAddress.getByName(endpoint.host());
            final UnsafeBuffer key = ServerFixture.bytes("k");
            for (int i = 0; i < 5_000; i++) {
                final byte[] noise = new byte[random.nextInt(1_400)];
                random.nextBytes(noise);
                socket.send(new DatagramPacket(noise, noise.length, address, endpoint.port()));
                if (i % 500 == 0) {
                    assertEquals(Status.OK, client.put(key, 0, 1, key, 0, 1, 0));
                }
            }
            requireHealthy(fixture, 7);
        }
    }

    private static void requireHealthy(final ServerFixture fixture, final long seed) {
        try (StoreClient client = fixture.connect(true)) {
            final UnsafeBuffer key = ServerFixture.bytes("healthy");
            final UnsafeBuffer dst = new UnsafeBuffer(new byte[10]);
            assertEquals(Status.OK, client.put(key, 0, 7, key, 0, 7, 0), "seed " + seed);
            assertEquals(7, client.get(key, 0, 7, dst, 0, 10), "seed " + seed);
        }
        assertTrue(fixture.serverThread.get().isAlive(), "seed " + seed);
        assertNull(fixture.error.get(), "seed " + seed);
    }
}
