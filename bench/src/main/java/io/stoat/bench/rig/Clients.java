package io.stoat.bench.rig;

import io.stoat.bench.target.InFlight;
import io.stoat.bench.target.Session;
import io.stoat.bench.target.Target;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.OperationSource;
import io.stoat.bench.workload.TradeTape;
import io.stoat.bench.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The clients of a run, each with its session on a thread of its own. */
final class Clients implements AutoCloseable {
    private static final long SEED = 20120621;
    private static final long START_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long GRACE_MS = 60_000;

    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<LoadLoop> loops = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();

    Clients(
            final RunSpec spec,
            final Target.Connector connector,
            final TradeTape tape,
            final boolean spinning,
            final long drainTimeoutNs,
            final ThreadFactory threadFactory) {
        final Workload workload = spec.workload();
        for (int i = 0; i < spec.clients(); i++) {
            final int client = i;
            final ExecutorService thread = Executors.newSingleThreadExecutor(threadFactory);
            threads.add(thread);
            final InFlight inFlight =
                    new InFlight(
                            Phase.MAX_WINDOW, workload.valueLength(), workload.ttlPercent() > 0);
            final Session session =
                    await(thread.submit(() -> connector.connect(client).apply(inFlight)), GRACE_MS);
            sessions.add(session);
            loops.add(
                    new LoadLoop(
                            session,
                            inFlight,
                            new OperationSource(workload, tape, client, spec.clients(), SEED),
                            new Operation(workload.keyLength(), workload.valueLength()),
                            tape,
                            client,
                            spec.clients(),
                            spinning,
                            drainTimeoutNs));
        }
    }

    List<LoadLoop> loops() {
        return loops;
    }

    /** Starts a phase on all clients at once. */
    PhaseRun start(final Phase phase, final double rate) {
        final CountDownLatch ended = new CountDownLatch(loops.size());
        final long startNs = System.nanoTime() + START_DELAY_NS;
        final List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            final LoadLoop loop = loops.get(i);
            futures.add(
                    threads.get(i)
                            .submit(
                                    () -> {
                                        try {
                                            loop.run(phase, rate, startNs);
                                        } finally {
                                            ended.countDown();
                                        }
                                    }));
        }
        return new PhaseRun(startNs, ended, futures);
    }

    /** A phase under way. */
    record PhaseRun(long startNs, CountDownLatch ended, List<Future<?>> futures) {
        /** Waits for a time, or for the end. */
        boolean awaitEnd(final long timeoutMs) {
            try {
                return ended.await(timeoutMs, TimeUnit.MILLISECONDS);
            } catch (final InterruptedException ex) {
                throw new IllegalStateException("interrupted", ex);
            }
        }

        /** Throws what a client threw. */
        void check() {
            futures.forEach(future -> await(future, GRACE_MS));
        }
    }

    private static <T> T await(final Future<T> future, final long timeoutMs) {
        return await("a client did not answer", future, timeoutMs);
    }

    private static <T> T await(
            final String lateness, final Future<T> future, final long timeoutMs) {
        try {
            return future.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (final InterruptedException ex) {
            throw new IllegalStateException("interrupted", ex);
        } catch (final ExecutionException ex) {
            throw new IllegalStateException("a client failed: " + ex.getCause(), ex.getCause());
        } catch (final TimeoutException ex) {
            throw new IllegalStateException(lateness + " within " + timeoutMs + " ms");
        }
    }

    /** Writes every key once, before the run; one takes about so long, ns. */
    void load(final Workload workload, final long nsPerKey) {
        final long limitMs = Loader.limitMs(workload.keys(), nsPerKey);
        await(
                "the load of " + workload.keys() + " keys did not end",
                threads.get(0)
                        .submit(
                                () ->
                                        new Loader(
                                                        sessions.get(0),
                                                        loops.get(0).inFlight(),
                                                        workload)
                                                .run()),
                limitMs);
    }

    @Override
    public void close() {
        for (int i = 0; i < threads.size(); i++) {
            if (i < sessions.size()) {
                final Session session = sessions.get(i);
                await(threads.get(i).submit(session::close), GRACE_MS);
            }
            threads.get(i).shutdown();
        }
    }
}
