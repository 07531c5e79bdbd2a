package io.stoat.bench.rig;

import io.stoat.bench.target.InFlight;
import io.stoat.bench.target.Session;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.OperationSource;
import io.stoat.bench.workload.Workload;

/** Writes every key of a workload once. One thread. */
final class Loader {
    private static final int WINDOW = 64;

    private final Session session;
    private final InFlight inFlight;
    private final Workload workload;

    Loader(final Session session, final InFlight inFlight, final Workload workload) {
        this.session = session;
        this.inFlight = inFlight;
        this.workload = workload;
    }

    void run() {
        final Operation operation = new Operation(workload.keyLength(), workload.valueLength());
        for (long index = 0; index < workload.keys(); index++) {
            OperationSource.load(operation, index);
            while (inFlight.size() >= WINDOW) {
                session.poll();
            }
            final int slot = inFlight.add(operation, System.nanoTime());
            while (!session.offer(operation, slot)) {
                session.poll();
            }
        }
        while (inFlight.size() > 0) {
            session.poll();
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
}
