package io.stoat.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.CommandEncoder;
import io.stoat.store.EntryView;
import io.stoat.store.PutMode;
import io.stoat.store.SnapshotRead;
import io.stoat.store.Status;
import io.stoat.store.Store;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import io.stoat.store.StoreWriter;
import io.stoat.transport.ClientContext;
import io.stoat.transport.PipelinedClient;
import io.stoat.transport.ServerContext;
import io.stoat.transport.StoreClient;
import io.stoat.transport.StoreServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's embedding code, run. Each of its blocks stands here word by word, but for comments,
 * white space and assertions.
 */
class TutorialTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path SOURCE = Path.of("src/test/java/io/stoat/ops/TutorialTest.java");
    private static final int BLOCKS = 5;

    @TempDir Path dir;
    private final UnsafeBuffer key = new UnsafeBuffer("AMZN".getBytes(UTF_8));
    private final UnsafeBuffer other = new UnsafeBuffer("MSFT".getBytes(UTF_8));
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[64]);

    @BeforeEach
    void runTheOwner() {
        try (Store store =
                Store.open(new StoreContext().dataDir(dir).entries(100_000).maxValueLength(64))) {
            UnsafeBuffer key = new UnsafeBuffer("AMZN".getBytes(UTF_8));
            UnsafeBuffer value = new UnsafeBuffer(new byte[16]);
            value.putLong(0, 223_8200);
            value.putLong(8, 100);
            int status = store.put(key, 0, 4, value, 0, 16, 0);
            assertEquals(Status.OK, status);
        }
    }

    @Test
    void shouldRunTheReader() {
        try (StoreReader reader = StoreReader.attach(dir)) {
            int length = reader.get(key, 0, 4, copy, 0, 64);
            assertEquals(16, length);

            EntryView view = new EntryView();
            long price;
            do {
                length = reader.find(key, 0, 4, view);
                price = length < 0 ? 0 : view.getLong(0);
            } while (length >= 0 && !view.isValid());
            assertEquals(223_8200, price);

            SnapshotRead legs = reader.newSnapshotRead(2, 128);
            legs.addKey(key, 0, 4);
            legs.addKey(other, 0, 4);
            legs.read();
            assertEquals(16, legs.valueLength(0));
            assertEquals(Status.NOT_FOUND, legs.valueLength(1));
        }
    }

    @Test
    void shouldRunTheBatch() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1_024]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[16]);
        final EpochClock clock = SystemEpochClock.INSTANCE;
        try (Store store = Store.open(new StoreContext().dataDir(dir))) {
            final UnsafeBuffer counterKey = inTheShardOf(key, store);
            assertEquals(16, store.get(key, 0, 4, copy, 0, 64));
            final long seenVersion = store.version();
            CommandEncoder batch = new CommandEncoder().wrap(buffer, 0, buffer.capacity());
            batch.beginBatch();
            batch.put(PutMode.IF_VERSION, key, 0, 4, value, 0, 16, 0, false, seenVersion);
            batch.add(counterKey, 0, 5, 1);
            int status =
                    store.apply(
                            buffer, 0, batch.endBatch(), StoreWriter.NEXT_POSITION, clock.time());
            assertEquals(Status.OK, status, Status.nameOf(status));
            assertEquals(16, store.get(key, 0, 4, copy, 0, 64));
            assertEquals(0, copy.getLong(0));
            assertEquals(8, store.get(counterKey, 0, 5, copy, 0, 64));
            assertEquals(1, copy.getLong(0));
        }
    }

    /** A key of 5 bytes that a batch may change together with another one. */
    private static UnsafeBuffer inTheShardOf(final UnsafeBuffer key, final Store store) {
        final int shard = store.shardMap().shardOf(key, 0, 4);
        int number = 1_000;
        UnsafeBuffer found;
        do {
            found = new UnsafeBuffer(("n" + number++).getBytes(UTF_8));
        } while (store.shardMap().shardOf(found, 0, 5) != shard);
        return found;
    }

    @Test
    void shouldRunTheClients() throws IOException {
        final UnsafeBuffer value = new UnsafeBuffer(new byte[16]);
        try (Store store = Store.open(new StoreContext().dataDir(dir));
                StoreServer server =
                        StoreServer.launch(
                                new ServerContext()
                                        .store(store)
                                        .endpoint(CommandTest.freeEndpoint()))) {
            final String endpoint = server.endpoint();
            try (StoreClient client = StoreClient.connect(new ClientContext().endpoint(endpoint))) {
                client.put(key, 0, 4, value, 0, 16, 5_000);
                assertEquals(16, client.get(key, 0, 4, copy, 0, 64));
            }
            runThePipelinedClient(endpoint);
        }
    }

    private void runThePipelinedClient(final String endpoint) {
        final long[] lengths = {0, 0};
        try (PipelinedClient client =
                PipelinedClient.connect(new ClientContext().endpoint(endpoint))) {
            long id = client.offerGet(key, 0, 4);
            assertTrue(id > 0, Status.nameOf((int) id));
            while (client.inFlight() > 0) {
                client.poll(
                        (correlationId, status, version, operand, buffer, offset, length) -> {
                            assertEquals(id, correlationId);
                            assertEquals(1, ++lengths[0]);
                            assertEquals(16, lengths[1] = length);
                        });
            }
        }
        assertEquals(16, lengths[1]);
    }

    @Test
    void shouldHaveTheReadmesCode() throws IOException {
        final String source =
                withoutSpace(Files.readString(SOURCE).replaceAll("assert\\w+\\([^;]*;", ""));
        final Matcher block =
                Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(README));
        int blocks = 0;
        while (block.find()) {
            assertTrue(source.contains(withoutSpace(block.group(1))), block.group(1));
            blocks++;
        }
        assertEquals(BLOCKS, blocks, "blocks of code in " + README);
    }

    private static String withoutSpace(final String code) {
        return code.replaceAll("//[^\n]*", "").replaceAll("\\s", "");
    }
}
