package io.stoat.transport;

/**
 * The requests of a lane that have no answer yet, by sequence. Answers may come in any order; the
 * window moves on over those that have come. A request gets its deadline with the next look at the
 * clock, of which there is not one for each request: most are answered before. Client's thread
 * only, no allocation after construction.
 */
final class RequestWindow {
    static final byte READ = 1;
    static final byte WRITE = 2;
    private static final byte FREE = 0;

    private final byte[] kinds;
    private final long[] deadlinesNs;
    private long head;
    private long next;

    /** Sequence of the first request without a deadline. */
    private long undated;

    /**
     * @param capacity most requests, a power of two.
     * @param firstSequence of the first request.
     */
    RequestWindow(final int capacity, final long firstSequence) {
        kinds = new byte[capacity];
        deadlinesNs = new long[capacity];
        head = firstSequence;
        next = firstSequence;
        undated = firstSequence;
    }

    private int slot(final long sequence) {
        return (int) sequence & kinds.length - 1;
    }

    /** From the oldest without an answer to the newest. */
    int length() {
        return (int) (next - head);
    }

    boolean isEmpty() {
        return head == next;
    }

    boolean isFull() {
        return next - head == kinds.length;
    }

    /** Sequence of the next request. */
    long next() {
        return next;
    }

    /** Takes a request in, for which there has to be room; returns its sequence. */
    long add(final byte kind) {
        kinds[slot(next)] = kind;
        return next++;
    }

    /** Gives a deadline to the requests that have none. */
    void date(final long deadlineNs) {
        for (long sequence = Math.max(undated, head); sequence < next; sequence++) {
            deadlinesNs[slot(sequence)] = deadlineNs;
        }
        undated = next;
    }

    /** Takes the newest request back. */
    void removeLast() {
        next--;
        kinds[slot(next)] = FREE;
        undated = Math.min(undated, next);
    }

    /** Whether the request was in flight; it is not any more then. */
    boolean complete(final long sequence) {
        if (sequence < head || sequence >= next || kinds[slot(sequence)] == FREE) {
            return false;
        }
        kinds[slot(sequence)] = FREE;
        advance();
        return true;
    }

    private void advance() {
        while (head < next && kinds[slot(head)] == FREE) {
            head++;
        }
    }

    /** Sequence of the oldest request without an answer, if there is one. */
    long first() {
        return head;
    }

    boolean isFirstRead() {
        return kinds[slot(head)] == READ;
    }

    /** Whether there is a request with a deadline, and that of the oldest is over. */
    boolean isFirstLate(final long nowNs) {
        return head < undated && nowNs - deadlinesNs[slot(head)] > 0;
    }

    /** Ends the oldest request. */
    void removeFirst() {
        kinds[slot(head)] = FREE;
        advance();
    }
}
