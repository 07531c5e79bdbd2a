package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * A session with many operations in flight whose answers count later, by a part of the time that
 * each took from when it was sent, to try the gate; with a part of 0 it looks at the clock as
 * often. So one operation at a time takes longer by that part, and a full window lets through less.
 * Allocates nothing after it was made. One thread.
 */
final class DelayedSession implements Session {
    private final InFlight inFlight;
    private final double part;
    private final NanoClock clock;
    private final Session session;
    private final long[] sentNs;

    /** Answers that came and do not yet count, in no order. */
    private final int[] slots;

    private final int[] outcomes;
    private final long[] dueNs;
    private int waiting;
    private long earliestNs;
    private int counted;

    DelayedSession(
            final InFlight inFlight,
            final double part,
            final NanoClock clock,
            final Function<Completions, Session> session) {
        this.inFlight = inFlight;
        this.part = part;
        this.clock = clock;
        sentNs = new long[inFlight.window()];
        slots = new int[inFlight.window()];
        outcomes = new int[inFlight.window()];
        dueNs = new long[inFlight.window()];
        this.session = session.apply(this::onAnswer);
    }

    /**
     * Makes a session, slowed down where a run asks for it.
     *
     * @param percent by which operations take longer, or null for a plain session.
     * @param session makes it of what its answers are to be told to.
     */
    static Session slowed(
            final InFlight inFlight,
            final String percent,
            final Function<Completions, Session> session) {
        return percent == null
                ? session.apply(inFlight::complete)
                : new DelayedSession(
                        inFlight,
                        Double.parseDouble(percent) / 100,
                        SystemNanoClock.INSTANCE,
                        session);
    }

    @Override
    public boolean offer(final Operation operation, final int slot) {
        sentNs[slot] = clock.nanoTime();
        return session.offer(operation, slot);
    }

    private void onAnswer(final int slot, final int outcome) {
        final long nowNs = clock.nanoTime();
        final long due = nowNs + (long) ((nowNs - sentNs[slot]) * part);
        slots[waiting] = slot;
        outcomes[waiting] = outcome;
        dueNs[waiting] = due;
        earliestNs = waiting == 0 || due - earliestNs < 0 ? due : earliestNs;
        waiting++;
        countUntil(nowNs);
    }

    private void countUntil(final long nowNs) {
        if (waiting == 0 || nowNs - earliestNs < 0) {
            return;
        }
        int kept = 0;
        for (int i = 0; i < waiting; i++) {
            if (nowNs - dueNs[i] >= 0) {
                inFlight.complete(slots[i], outcomes[i]);
                counted++;
            } else {
                keep(i, kept++);
            }
        }
        waiting = kept;
    }

    private void keep(final int from, final int to) {
        slots[to] = slots[from];
        outcomes[to] = outcomes[from];
        dueNs[to] = dueNs[from];
        earliestNs = to == 0 || dueNs[to] - earliestNs < 0 ? dueNs[to] : earliestNs;
    }

    @Override
    public int poll() {
        counted = 0;
        session.poll();
        countUntil(clock.nanoTime());
        return counted;
    }

    @Override
    public void close() {
        session.close();
    }
}
