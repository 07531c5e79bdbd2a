package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.stoat.store.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SharedClientTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 300;

    @TempDir Path dir;

    /** Each thread has keys of its own: what another one asks for must not become its answer. */
    @Test
    void shouldGiveEachOfSeveralThreadsItsOwnAnswers() throws Exception {
        final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                SharedClient shared = SharedClient.connect(fixture.ipc())) {
            final List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                final int thread = t;
                threads.add(new Thread(() -> use(shared, thread, wrong)));
                threads.get(t).start();
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(wrong));
            assertNull(fixture.error.get());
        }
    }

    private static void use(
            final SharedClient shared, final int thread, final Queue<Throwable> wrong) {
        final SharedClient.Outcome outcome = new SharedClient.Outcome();
        final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[16]);
        try {
            for (int i = 0; i < ROUNDS; i++) {
                final int length = 8 + thread;
                key.putLong(0, thread);
                value.putLong(0, 1_000L * thread + i);
                assertEquals(Status.OK, shared.put(key, 0, 8, value, 0, length, 0, outcome));
                final long version = outcome.version();
                value.putLong(0, -1);
                assertEquals(length, shared.get(key, 0, 8, value, 0, 16, outcome));
                assertEquals(1_000L * thread + i, value.getLong(0));
                assertEquals(version, outcome.version());
                assertEquals(Status.OK, shared.remove(key, 0, 8, outcome));
                assertEquals(Status.NOT_FOUND, shared.get(key, 0, 8, value, 0, 16, outcome));
            }
        } catch (final Throwable ex) {
            wrong.add(ex);
        }
    }
}
