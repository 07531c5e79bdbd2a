package io.stoat.bench.rig;

import io.stoat.bench.target.InFlight;
import io.stoat.bench.target.Latency;
import io.stoat.bench.target.Session;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.OperationSource;
import io.stoat.bench.workload.TradeTape;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * One client's loop: sends operations when the phase says so and takes in answers. Allocates
 * nothing while it runs. One thread, but {@link #stop()} and {@link #delays()}.
 */
final class LoadLoop {
    private static final int CLOCK_INTERVAL = 16;

    private final Session session;
    private final InFlight inFlight;
    private final OperationSource source;
    private final Operation operation;
    private final TradeTape tape;
    private final int client;
    private final int clients;
    private final boolean spinning;
    private final long drainTimeoutNs;
    private final SingleWriterRecorder delays =
            new SingleWriterRecorder(Latency.HIGHEST_NS, Latency.DIGITS);
    private volatile boolean stopped;
    private long unsent;
    private long endedNs;

    LoadLoop(
            final Session session,
            final InFlight inFlight,
            final OperationSource source,
            final Operation operation,
            final TradeTape tape,
            final int client,
            final int clients,
            final boolean spinning,
            final long drainTimeoutNs) {
        this.session = session;
        this.inFlight = inFlight;
        this.source = source;
        this.operation = operation;
        this.tape = tape;
        this.client = client;
        this.clients = clients;
        this.spinning = spinning;
        this.drainTimeoutNs = drainTimeoutNs;
    }

    /** Ends the phase soon; any thread. */
    void stop() {
        stopped = true;
    }

    /** Runs a phase from a time on, until all answers are in or it is too late for them. */
    void run(final Phase phase, final double rate, final long startNs) {
        unsent = 0;
        final long endNs = startNs + TimeUnit.MILLISECONDS.toNanos(phase.durationMs());
        switch (phase.loop()) {
            case OPEN -> open(phase, rate, startNs, endNs);
            case REPLAY -> replay(phase, startNs, endNs);
            default -> closed(phase.window(), startNs, endNs);
        }
        drain();
        endedNs = System.nanoTime();
    }

    private void closed(final int window, final long startNs, final long endNs) {
        awaitStart(startNs);
        for (long sent = 0; !stopped; sent++) {
            source.next(operation);
            if (inFlight.size() >= window && !awaitRoom(window)) {
                return;
            }
            final long nowNs = System.nanoTime();
            // a few operations are sent however late it is
            if (sent > 0 && sent % CLOCK_INTERVAL == 0 && nowNs - endNs > 0) {
                return;
            }
            send(nowNs);
        }
    }

    private boolean awaitRoom(final int window) {
        final long deadlineNs = System.nanoTime() + drainTimeoutNs;
        while (inFlight.size() >= window) {
            idleUnless(session.poll());
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
        }
        return true;
    }

    private void open(final Phase phase, final double rate, final long startNs, final long endNs) {
        final double intervalNs = 1e9 / rate;
        for (long i = client; !stopped; i += clients) {
            final long intendedNs = startNs + (long) (i * intervalNs);
            if (intendedNs - endNs >= 0) {
                return;
            }
            source.next(operation);
            if (!sendAt(intendedNs, endNs, phase.window())) {
                unsent = (long) Math.ceil((endNs - intendedNs) / (intervalNs * clients));
                return;
            }
        }
    }

    private void replay(final Phase phase, final long startNs, final long endNs) {
        final long lengthNs = tape.offsetNs(tape.length() - 1) + TimeUnit.SECONDS.toNanos(1);
        for (long i = client; !stopped; i += clients) {
            final long turn = i / tape.length();
            final long intendedNs = startNs + offsetNs(i, turn, lengthNs, phase.pace());
            if (intendedNs - endNs >= 0) {
                return;
            }
            source.next(operation);
            if (!sendAt(intendedNs, endNs, phase.window())) {
                for (long rest = i; ; rest += clients) {
                    final long late =
                            startNs + offsetNs(rest, rest / tape.length(), lengthNs, phase.pace());
                    if (late - endNs >= 0) {
                        return;
                    }
                    unsent++;
                }
            }
        }
    }

    private long offsetNs(final long i, final long turn, final long lengthNs, final double pace) {
        return (long) ((tape.offsetNs((int) (i % tape.length())) + turn * lengthNs) / pace);
    }

    /**
     * Sends the operation at its time, or as soon after it as the window has room.
     *
     * @return false when the phase ended before.
     */
    private boolean sendAt(final long intendedNs, final long endNs, final int window) {
        awaitStart(intendedNs);
        while (inFlight.size() >= window) {
            idleUnless(session.poll());
            if (System.nanoTime() - endNs > 0) {
                return false;
            }
        }
        final long nowNs = System.nanoTime();
        if (nowNs - endNs > 0) {
            return false;
        }
        delays.recordValue(Math.min(Latency.HIGHEST_NS, nowNs - intendedNs));
        send(intendedNs);
        return true;
    }

    private void awaitStart(final long timeNs) {
        while (System.nanoTime() - timeNs < 0) {
            idleUnless(session.poll());
        }
    }

    private void send(final long intendedNs) {
        final int slot = inFlight.add(operation, intendedNs);
        long deadlineNs = 0;
        while (!session.offer(operation, slot)) {
            idleUnless(session.poll());
            final long nowNs = System.nanoTime();
            if (deadlineNs == 0) {
                deadlineNs = nowNs + drainTimeoutNs;
            } else if (nowNs - deadlineNs > 0) {
                // never taken: it stays in flight, and the run fails for it
                stopped = true;
                return;
            }
        }
    }

    private void drain() {
        final long deadlineNs = System.nanoTime() + drainTimeoutNs;
        while (inFlight.size() > 0 && System.nanoTime() - deadlineNs < 0) {
            idleUnless(session.poll());
        }
    }

    private void idleUnless(final int work) {
        if (work == 0) {
            if (spinning) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** Operations whose time came before the phase's end, and that the loop was too late for. */
    long unsent() {
        return unsent;
    }

    long endedNs() {
        return endedNs;
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** How much later than intended operations were sent, ns; any thread. */
    SingleWriterRecorder delays() {
        return delays;
    }
}
