package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import java.util.function.Function;

/** Carries out each operation at once, one call after another. */
final class BlockingSession implements Session {
    private final BlockingStore store;
    private final InFlight inFlight;

    BlockingSession(final BlockingStore store, final InFlight inFlight) {
        this.store = store;
        this.inFlight = inFlight;
    }

    /**
     * A session whose operations take longer by a part of their time, to try the gate; with a part
     * of 0 it looks at the clock as often. Null for a plain one.
     */
    static Session slowed(
            final BlockingStore store, final InFlight inFlight, final String percent) {
        return percent == null
                ? new BlockingSession(store, inFlight)
                : new Slowed(store, inFlight, Double.parseDouble(percent) / 100);
    }

    static Function<InFlight, Session> of(final BlockingStore store) {
        return inFlight -> new BlockingSession(store, inFlight);
    }

    @Override
    public boolean offer(final Operation operation, final int slot) {
        inFlight.complete(slot, call(operation));
        return true;
    }

    private int call(final Operation operation) {
        return switch (operation.kind()) {
            case READ -> store.get(operation);
            case UPDATE, INSERT -> store.put(operation);
            case SCAN -> scan(operation);
            case READ_MODIFY_WRITE -> {
                final int read = store.get(operation);
                yield read == Outcome.OK || read == Outcome.MISS ? store.put(operation) : read;
            }
        };
    }

    private int scan(final Operation operation) {
        final long first = operation.index();
        for (int i = 0; i < operation.span(); i++) {
            operation.select(Math.max(0, first - i));
            final int outcome = store.get(operation);
            if (outcome != Outcome.OK) {
                return outcome;
            }
        }
        return Outcome.OK;
    }

    @Override
    public int poll() {
        return 0;
    }

    @Override
    public void close() {
        store.close();
    }

    private record Slowed(BlockingSession session, InFlight inFlight, double part)
            implements Session {
        Slowed(final BlockingStore store, final InFlight inFlight, final double part) {
            this(new BlockingSession(store, inFlight), inFlight, part);
        }

        @Override
        public boolean offer(final Operation operation, final int slot) {
            final long startNs = System.nanoTime();
            final int outcome = session.call(operation);
            final long nowNs = System.nanoTime();
            final long endNs = nowNs + (long) ((nowNs - startNs) * part);
            while (System.nanoTime() - endNs < 0) {
                Thread.onSpinWait();
            }
            inFlight.complete(slot, outcome);
            return true;
        }

        @Override
        public int poll() {
            return 0;
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
