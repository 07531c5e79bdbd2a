package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.PutMode;
import io.stoat.store.StoreReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A feed whose ring is overtaken again and again, by agents on threads of their own. */
@Timeout(120)
class ChangeFeedGapTest {
    private static final int KEYS = 300;
    private static final int GAPS = 200;
    private static final int CHANGES = 20_000;
    private static final int VALUE_LENGTH = 200;
    private static final CompletionHandler NOTHING =
            (id, status, version, operand, buffer, offset, length) -> {};

    @TempDir Path dir;

    private final AtomicBoolean isStopped = new AtomicBoolean();

    @Test
    void shouldLeadToTheStoresContentInOrderAcrossGaps() throws Exception {
        try (ServerFixture fixture =
                        new ServerFixture(
                                dir,
                                1_000,
                                context ->
                                        context.feedLength(64 * 1024)
                                                .agentThreads(ServerFixture.threadEach()));
                StoreReader reader = StoreReader.attach(dir);
                ChangeFeed feed =
                        ChangeFeed.subscribe(fixture.ipc(), new UnsafeBuffer(new byte[0]), 0, 0)) {
            final FeedCopy copy = new FeedCopy(reader, () -> feed);
            while (!feed.isStarted()) {
                feed.poll(copy);
            }
            final Thread writer = new Thread(() -> write(fixture));
            writer.start();
            try {
                while (copy.gaps() < GAPS || copy.changes() < CHANGES) {
                    idle(feed.poll(copy));
                }
            } finally {
                isStopped.set(true);
                writer.join();
            }
            while (!copy.isUpToDate()) {
                idle(feed.poll(copy));
            }
            assertEquals(List.of(), copy.wrong());
            assertTrue(copy.caughtUp() > 0);
            assertEquals(FeedCopy.contentOf(reader), copy.content());
            assertNull(fixture.error.get());
        }
    }

    private static void idle(final int work) {
        if (work == 0) {
            Thread.yield();
        }
    }

    /** Puts and removes at full speed. */
    private void write(final ServerFixture fixture) {
        try (PipelinedClient client =
                PipelinedClient.connect(fixture.ipc().maxInFlight(4_096).batchCommands(16))) {
            final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[VALUE_LENGTH]);
            final Random random = new Random(1);
            for (long i = 0; !isStopped.get(); i++) {
                key.putLong(0, random.nextInt(KEYS));
                value.putLong(0, i);
                final boolean remove = random.nextInt(4) == 0;
                while (offer(client, remove, key, value) < 0 && !isStopped.get()) {
                    client.poll(NOTHING);
                }
            }
            while (client.inFlight() > 0) {
                client.poll(NOTHING);
            }
        }
    }

    private static long offer(
            final PipelinedClient client,
            final boolean remove,
            final UnsafeBuffer key,
            final UnsafeBuffer value) {
        return remove
                ? client.offerRemove(PutMode.ALWAYS, key, 0, 8, 0)
                : client.offerPut(PutMode.ALWAYS, key, 0, 8, value, 0, VALUE_LENGTH, 0, 0);
    }
}
