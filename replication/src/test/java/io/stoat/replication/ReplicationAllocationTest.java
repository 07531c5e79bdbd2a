package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.stoat.store.CommandEncoder;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the two threads that belong to Stoat allocate for a command: the client's, from encoding to
 * the listener, and the service's, which applies and answers. A log of one member: the same code,
 * and no elections in between.
 */
class ReplicationAllocationTest {
    private static final int MESSAGES = 2_000;
    private static final int COMMANDS = 16;
    private static final int KEYS = 500;
    private static final int ROUNDS = 12;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path dir;
    private final UnsafeBuffer key = new UnsafeBuffer(new byte[16]);
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[32]);
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[64]);
    private long answered;
    private long failed;
    private int nextKey;

    @Test
    void shouldAllocateNothingForACommandOnTheClientsAndTheServicesThread() {
        try (TestCluster cluster = new TestCluster(dir, 1, "shards=1").startAll();
                ReplicatedClient client =
                        ReplicatedClient.connect(
                                new ReplicatedClientContext()
                                        .config(cluster.config())
                                        .timeoutNs(TimeUnit.SECONDS.toNanos(60))
                                        // each message once, however long a loaded host takes
                                        .resendNs(TimeUnit.SECONDS.toNanos(60))
                                        .resultListener(this::onResult))) {
            cluster.awaitLeader();
            final long serviceThread = threadNamed("clustered-service");
            final long ownThread = Thread.currentThread().getId();
            long leastService = Integer.MAX_VALUE;
            long leastClient = Integer.MAX_VALUE;
            // the first rounds compile; housekeeping by the clock may fall into any
            for (int round = 0;
                    round < ROUNDS && perCommand(leastService + leastClient) > 0;
                    round++) {
                final long service = THREADS.getThreadAllocatedBytes(serviceThread);
                final long own = THREADS.getThreadAllocatedBytes(ownThread);
                work(client);
                leastClient =
                        Math.min(leastClient, THREADS.getThreadAllocatedBytes(ownThread) - own);
                leastService =
                        Math.min(
                                leastService,
                                THREADS.getThreadAllocatedBytes(serviceThread) - service);
            }
            assertEquals(0, failed);
            assertTrue(answered >= (long) MESSAGES * COMMANDS);
            assertEquals(0, perCommand(leastService), "bytes a command, service");
            assertEquals(0, perCommand(leastClient), "bytes a command, client");
        }
    }

    /** What is allocated by the clock (keep-alives, ticks) is far below a byte a command. */
    private static long perCommand(final long bytes) {
        return bytes / ((long) MESSAGES * COMMANDS);
    }

    private static long threadNamed(final String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .mapToLong(Thread::getId)
                .findFirst()
                .orElseThrow(
                        () ->
                                new AssertionError(
                                        "no thread "
                                                + prefix
                                                + " among "
                                                + Arrays.toString(
                                                        Thread.getAllStackTraces()
                                                                .keySet()
                                                                .toArray())));
    }

    private void onResult(
            final long message,
            final int index,
            final int status,
            final long version,
            final long counter,
            final long position) {
        answered++;
        failed += status == Status.OK || status == Status.NOT_FOUND ? 0 : 1;
    }

    private void work(final ReplicatedClient client) {
        for (int message = 0; message < MESSAGES; message++) {
            CommandEncoder commands = client.commands();
            while (commands == null) {
                client.poll();
                commands = client.commands();
            }
            for (int i = 0; i < COMMANDS; i++) {
                encode(commands, i);
            }
            client.send();
            client.poll();
        }
        client.drain();
        key.putLong(0, 0);
        failed += client.get(key, 0, 16, copy, 0, 64) == 32 ? 0 : 1;
    }

    private void encode(final CommandEncoder commands, final int i) {
        key.putLong(0, nextKey++ % KEYS);
        switch (i % 4) {
            case 0, 1 -> commands.put(PutMode.ALWAYS, key, 0, 16, value, 0, 32, 0, false, 0);
            case 2 -> {
                key.putLong(0, KEYS + nextKey % KEYS);
                commands.add(key, 0, 16, 1);
            }
            default -> {
                key.putLong(0, 2 * KEYS + nextKey % KEYS);
                commands.remove(key, 0, 16);
            }
        }
    }
}
