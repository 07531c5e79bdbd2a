package io.stoat.ops.tune;

import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.transport.ClientContext;
import io.stoat.transport.PipelinedClient;
import io.stoat.transport.StoreClient;
import io.stoat.transport.TransportStatus;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Asks a node as its clients do: first one request at a time, of ten eight gets over IPC, one over
 * UDP and one put; then with many in flight, of ten nine gets and one put.
 */
final class ClientLoad {
    private static final int IN_FLIGHT = 128;
    private static final int CYCLE = 10;

    private final UnsafeBuffer[] keys = LoadKeys.all();
    private final UnsafeBuffer value = new UnsafeBuffer(new byte[LoadKeys.VALUE_LENGTH]);
    private final UnsafeBuffer answer = new UnsafeBuffer(new byte[LoadKeys.VALUE_LENGTH]);
    private final Histogram ipc = newHistogram();
    private final Histogram udp = newHistogram();
    private final Histogram put = newHistogram();
    private final Path dataDir;
    private final String endpoint;
    private int next;
    private long completed;
    private long failed;
    private int lastFailure;

    ClientLoad(final Path dataDir, final String endpoint) {
        this.dataDir = dataDir;
        this.endpoint = endpoint;
    }

    private static Histogram newHistogram() {
        return new Histogram(1, TimeUnit.MINUTES.toNanos(1), 3);
    }

    LoadFigures run(final long warmUpMs, final long latencyMs, final long throughputMs) {
        try (StoreClient ipcClient = StoreClient.connect(new ClientContext().dataDir(dataDir));
                StoreClient udpClient =
                        StoreClient.connect(
                                new ClientContext()
                                        .endpoint(endpoint)
                                        .driverOnCallerThread(true))) {
            for (final UnsafeBuffer key : keys) {
                requireOk(ipcClient.put(key, 0, key.capacity(), value, 0, value.capacity(), 0));
            }
            roundTrips(ipcClient, udpClient, warmUpMs / 2);
            ipc.reset();
            udp.reset();
            put.reset();
            // the pipelined half of the warm-up comes first, so that all of the node is compiled
            throughput(warmUpMs - warmUpMs / 2);
            roundTrips(ipcClient, udpClient, latencyMs);
        }
        final double requestsPerSecond = throughput(throughputMs);
        return new LoadFigures(
                requestsPerSecond,
                ipc.getValueAtPercentile(50),
                ipc.getValueAtPercentile(99),
                udp.getValueAtPercentile(50),
                udp.getValueAtPercentile(99),
                put.getValueAtPercentile(50),
                put.getValueAtPercentile(99));
    }

    private UnsafeBuffer nextKey() {
        next = next + 1 == keys.length ? 0 : next + 1;
        return keys[next];
    }

    private void roundTrips(
            final StoreClient ipcClient, final StoreClient udpClient, final long durationMs) {
        long nowNs = System.nanoTime();
        final long deadlineNs = nowNs + TimeUnit.MILLISECONDS.toNanos(durationMs);
        for (int i = 0; nowNs - deadlineNs < 0; i = i + 1 == CYCLE ? 0 : i + 1) {
            final UnsafeBuffer key = nextKey();
            final Histogram histogram = i == 0 ? put : i == 1 ? udp : ipc;
            if (i == 0) {
                value.putLong(0, nowNs & Long.MAX_VALUE);
                requireOk(ipcClient.put(key, 0, key.capacity(), value, 0, value.capacity(), 0));
            } else {
                final StoreClient client = i == 1 ? udpClient : ipcClient;
                final int length = client.get(key, 0, key.capacity(), answer, 0, answer.capacity());
                requireOk(length < 0 ? length : Status.OK);
            }
            final long endNs = System.nanoTime();
            histogram.recordValue(Math.max(1, endNs - nowNs));
            nowNs = endNs;
        }
    }

    private static void requireOk(final int status) {
        if (status < 0) {
            throw new IllegalStateException("a request failed: " + TransportStatus.nameOf(status));
        }
    }

    private void onCompletion(final int status) {
        completed++;
        if (status < 0) {
            failed++;
            lastFailure = status;
        }
    }

    /** Requests a second. */
    private double throughput(final long durationMs) {
        final IdleStrategy idle = new BackoffIdleStrategy(200, 100, 1_000, 50_000);
        completed = 0;
        failed = 0;
        try (PipelinedClient client =
                PipelinedClient.connect(
                        new ClientContext().dataDir(dataDir).maxInFlight(IN_FLIGHT))) {
            final long startNs = System.nanoTime();
            final long deadlineNs = startNs + TimeUnit.MILLISECONDS.toNanos(durationMs);
            int i = 0;
            while (System.nanoTime() - deadlineNs < 0) {
                while (client.inFlight() < IN_FLIGHT) {
                    final UnsafeBuffer key = nextKey();
                    i = i + 1 == CYCLE ? 0 : i + 1;
                    final long id =
                            i == 0
                                    ? client.offerPut(
                                            PutMode.ALWAYS,
                                            key,
                                            0,
                                            key.capacity(),
                                            value,
                                            0,
                                            value.capacity(),
                                            0,
                                            0)
                                    : client.offerGet(key, 0, key.capacity());
                    if (id < 0) {
                        break;
                    }
                }
                idle.idle(
                        client.poll(
                                (correlationId, status, version, operand, buffer, offset, length) ->
                                        onCompletion(status)));
            }
            final double seconds = (System.nanoTime() - startNs) / 1e9;
            if (failed > 0) {
                requireOk(lastFailure);
            }
            return completed / seconds;
        }
    }
}
