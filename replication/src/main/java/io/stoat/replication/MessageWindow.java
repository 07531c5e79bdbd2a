package io.stoat.replication;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client's messages in flight, oldest first: kept until they are answered, so that they can be
 * sent again in their order. Sequences are 1, 2, 3, ... of one identity. One thread; reuses its
 * buffers.
 */
final class MessageWindow {
    private static final int SIZE = ClientRecord.WINDOW;

    private final int capacity;
    private final UnsafeBuffer[] buffers = new UnsafeBuffer[SIZE];
    private final int[] lengths = new int[SIZE];
    private final int[] counts = new int[SIZE];
    private final long[] resendsNs = new long[SIZE];
    private final long[] deadlinesNs = new long[SIZE];
    private final boolean[] answered = new boolean[SIZE];
    private long oldest = 1;
    private long unsent = 1;
    private long last;
    private int answerBytes;

    /**
     * @param capacity most bytes of a message.
     */
    MessageWindow(final int capacity) {
        // what Aeron Cluster puts before a message
        this.capacity = capacity - 256;
    }

    private static int slot(final long sequence) {
        return (int) (sequence & SIZE - 1);
    }

    int capacity() {
        return capacity;
    }

    void reset() {
        oldest = 1;
        unsent = 1;
        last = 0;
        answerBytes = 0;
    }

    /**
     * The buffer of the next message, or null when the window is full: of messages, or of commands
     * whose answers the cluster would not keep beside those of the next.
     */
    MutableDirectBuffer next() {
        if (last - oldest + 1 >= SIZE
                || answerBytes + CommandApplication.MAX_ANSWER_LENGTH > KeptAnswers.MAX_BYTES) {
            return null;
        }
        final int slot = slot(last + 1);
        if (buffers[slot] == null) {
            buffers[slot] = new UnsafeBuffer(new byte[capacity]);
        }
        return buffers[slot];
    }

    /** The next message is complete. Returns its sequence. */
    long add(final int length, final int count, final long resendNs, final long deadlineNs) {
        last++;
        final int slot = slot(last);
        lengths[slot] = length;
        counts[slot] = count;
        resendsNs[slot] = resendNs;
        deadlinesNs[slot] = deadlineNs;
        answered[slot] = false;
        answerBytes += CommandApplication.answerLength(count);
        return last;
    }

    long lastSequence() {
        return last;
    }

    boolean isEmpty() {
        return oldest > last;
    }

    int size() {
        return (int) (last - oldest + 1);
    }

    boolean hasUnsent() {
        return unsent <= last;
    }

    DirectBuffer unsent() {
        return buffers[slot(unsent)];
    }

    int unsentLength() {
        return lengths[slot(unsent)];
    }

    /** The unsent message was sent; those that were answered meanwhile are passed over. */
    void sent() {
        do {
            unsent++;
        } while (unsent <= last && answered[slot(unsent)]);
    }

    /** All messages without an answer are to be sent again, in their order. */
    void sendAgain(final long nextResendNs) {
        unsent = oldest;
        for (long sequence = oldest; sequence <= last; sequence++) {
            resendsNs[slot(sequence)] = nextResendNs;
        }
    }

    /** Whether a sequence waits for its answer. */
    boolean isOpen(final long sequence) {
        return sequence >= oldest && sequence <= last && !answered[slot(sequence)];
    }

    int count(final long sequence) {
        return counts[slot(sequence)];
    }

    void answered(final long sequence) {
        answered[slot(sequence)] = true;
        while (oldest <= last && answered[slot(oldest)]) {
            answerBytes -= CommandApplication.answerLength(counts[slot(oldest)]);
            oldest++;
        }
        unsent = Math.max(unsent, oldest);
    }

    void removeOldest() {
        answered(oldest);
    }

    long oldestSequence() {
        return oldest;
    }

    int oldestCount() {
        return counts[slot(oldest)];
    }

    long oldestDeadlineNs() {
        return deadlinesNs[slot(oldest)];
    }

    long oldestResendNs() {
        return resendsNs[slot(oldest)];
    }
}
