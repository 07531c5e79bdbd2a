package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.OperationKind;
import io.stoat.bench.workload.Payload;
import org.HdrHistogram.SingleWriterRecorder;
import org.agrona.DirectBuffer;

/**
 * One client's operations that were sent and are not yet answered: for each its intended send time,
 * kind and key. Measures each from the intended time, judges the answer and counts. Allocates
 * nothing after it was made. One thread; {@link #recorders} may be sampled by another.
 */
public final class InFlight {
    private final long[] intendedNs;
    private final byte[] kinds;
    private final boolean[] absent;
    private final long[] indexes;
    private final int[] free;
    private final int valueLength;
    private final boolean mayExpire;
    private final SingleWriterRecorder[] recorders;
    private final Tally tally = new Tally();
    private int freeCount;
    private volatile long awaitedFromNs;
    private volatile long firstWriteNs;

    /**
     * @param window most operations in flight.
     * @param valueLength of every value, bytes.
     * @param mayExpire whether a value that was written may be gone again.
     */
    public InFlight(final int window, final int valueLength, final boolean mayExpire) {
        this.valueLength = valueLength;
        this.mayExpire = mayExpire;
        intendedNs = new long[window];
        kinds = new byte[window];
        absent = new boolean[window];
        indexes = new long[window];
        free = new int[window];
        for (int i = 0; i < window; i++) {
            free[i] = window - 1 - i;
        }
        freeCount = window;
        recorders = new SingleWriterRecorder[OperationKind.count()];
        for (int i = 0; i < recorders.length; i++) {
            recorders[i] = new SingleWriterRecorder(Latency.HIGHEST_NS, Latency.DIGITS);
        }
    }

    /**
     * @return whether another operation may be sent.
     */
    public boolean hasRoom() {
        return freeCount > 0;
    }

    /**
     * Takes in an operation that is about to be sent.
     *
     * @param operation to be sent.
     * @param intended time at which it should be sent, {@link System#nanoTime()}.
     * @return its slot.
     */
    public int add(final Operation operation, final long intended) {
        final int slot = free[--freeCount];
        intendedNs[slot] = intended;
        kinds[slot] = (byte) operation.kind().ordinal();
        absent[slot] = operation.isAbsent();
        indexes[slot] = operation.index();
        tally.sent++;
        return slot;
    }

    /**
     * Judges a value that came for an operation which asked for one key.
     *
     * @param slot of the operation.
     * @param buffer that holds the value.
     * @param offset of the value.
     * @param length of the value, bytes.
     * @return an {@link Outcome}: OK or WRONG.
     */
    public int judge(
            final int slot, final DirectBuffer buffer, final int offset, final int length) {
        return length == valueLength && Payload.isWhole(buffer, offset, length, indexes[slot])
                ? Outcome.OK
                : Outcome.WRONG;
    }

    /**
     * Ends an operation.
     *
     * @param slot of the operation; free afterwards.
     * @param outcome an {@link Outcome}.
     */
    public void complete(final int slot, final int outcome) {
        final long nowNs = System.nanoTime();
        final long latencyNs = nowNs - intendedNs[slot];
        final long fromNs = awaitedFromNs;
        if (fromNs != 0 && outcome == Outcome.OK && isWriteSince(slot, fromNs)) {
            firstWriteNs = nowNs;
            awaitedFromNs = 0;
        }
        recorders[kinds[slot]].recordValue(Math.max(0, Math.min(Latency.HIGHEST_NS, latencyNs)));
        tally.received++;
        count(slot, outcome);
        free[freeCount++] = slot;
    }

    private boolean isWriteSince(final int slot, final long fromNs) {
        return OperationKind.of(kinds[slot]).isWrite() && intendedNs[slot] - fromNs >= 0;
    }

    /**
     * Asks for the first write that is due from a time on and acknowledged; any thread, one at a
     * time.
     *
     * @param fromNs {@link System#nanoTime()}.
     */
    public void awaitWriteFrom(final long fromNs) {
        firstWriteNs = 0;
        awaitedFromNs = fromNs == 0 ? 1 : fromNs;
    }

    /**
     * @return when that write was acknowledged, {@link System#nanoTime()}; 0 when it was not yet.
     */
    public long firstWriteNs() {
        return firstWriteNs;
    }

    private void count(final int slot, final int outcome) {
        switch (outcome) {
            case Outcome.OK:
                if (absent[slot]) {
                    tally.wrong++;
                } else {
                    tally.ok++;
                }
                break;
            case Outcome.MISS:
                tally.misses++;
                if (!absent[slot] && !mayExpire) {
                    tally.lost++;
                }
                break;
            case Outcome.WRONG:
                tally.wrong++;
                break;
            default:
                tally.failed++;
        }
    }

    /**
     * @return most operations in flight.
     */
    int window() {
        return free.length;
    }

    /**
     * @return operations in flight.
     */
    public int size() {
        return free.length - freeCount;
    }

    /**
     * @return counts since they were last cleared.
     */
    public Tally tally() {
        return tally;
    }

    /**
     * @return recorders of latency by kind of operation, in ns.
     */
    public SingleWriterRecorder[] recorders() {
        return recorders;
    }
}
