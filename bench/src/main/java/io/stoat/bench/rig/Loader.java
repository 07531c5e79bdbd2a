package io.stoat.bench.rig;

import io.stoat.bench.target.InFlight;
import io.stoat.bench.target.Session;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.OperationSource;
import io.stoat.bench.workload.Workload;
import java.util.concurrent.TimeUnit;

/** Writes every key of a workload once. One thread. */
final class Loader {
    private static final int WINDOW = 64;

    /** A store that answers nothing for so long does not answer any more. */
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(60);

    /** A load of few keys may take so long, too: the host may do something else. */
    private static final long LEAST_LIMIT_MS = TimeUnit.MINUTES.toMillis(30);

    /** How many times as long as on a quiet host it may take. */
    private static final long SLOWEST = 10;

    private final Session session;
    private final InFlight inFlight;
    private final Workload workload;
    private long answeredNs;

    Loader(final Session session, final InFlight inFlight, final Workload workload) {
        this.session = session;
        this.inFlight = inFlight;
        this.workload = workload;
    }

    /**
     * @param keys to load.
     * @param nsPerKey about what one takes, ns.
     * @return after which time a load counts as hung, ms.
     */
    static long limitMs(final long keys, final long nsPerKey) {
        return Math.max(LEAST_LIMIT_MS, SLOWEST * keys * nsPerKey / 1_000_000);
    }

    void run() {
        answeredNs = System.nanoTime();
        final Operation operation = new Operation(workload.keyLength(), workload.valueLength());
        for (long index = 0; index < workload.keys(); index++) {
            OperationSource.load(operation, index);
            while (inFlight.size() >= WINDOW) {
                poll();
            }
            final int slot = inFlight.add(operation, System.nanoTime());
            while (!session.offer(operation, slot)) {
                poll();
            }
        }
        while (inFlight.size() > 0) {
            poll();
        }
        final String problem = inFlight.tally().problem();
        if (problem != null) {
            throw new IllegalStateException("the keys could not be loaded: " + problem);
        }
        inFlight.tally().clear();
        for (final var recorder : inFlight.recorders()) {
            recorder.reset();
        }
    }

    private void poll() {
        final int before = inFlight.size();
        session.poll();
        final long nowNs = System.nanoTime();
        if (inFlight.size() < before) {
            answeredNs = nowNs;
        } else if (nowNs - answeredNs > SILENCE_NS) {
            throw new IllegalStateException(
                    "the keys could not be loaded: no answer in 60 s, " + before + " awaited");
        }
    }
}
