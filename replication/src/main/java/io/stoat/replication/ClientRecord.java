package io.stoat.replication;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What the cluster remembers of one client: the last sequence that was applied, and the answers to
 * the last {@value #WINDOW} messages, so that a repeated one is answered again instead of applied
 * again. Replicated state: a function of the log alone.
 */
final class ClientRecord {
    /** Most messages of a client in flight: an answer is kept until its slot is used again. */
    static final int WINDOW = 64;

    private final long clientId;
    private final ExpandableArrayBuffer[] answers = new ExpandableArrayBuffer[WINDOW];
    private final int[] lengths = new int[WINDOW];
    private long lastSequence;
    private long lastActiveMs;

    ClientRecord(final long clientId) {
        this.clientId = clientId;
    }

    long clientId() {
        return clientId;
    }

    long lastSequence() {
        return lastSequence;
    }

    void lastSequence(final long sequence) {
        lastSequence = sequence;
    }

    long lastActiveMs() {
        return lastActiveMs;
    }

    void lastActiveMs(final long timeMs) {
        lastActiveMs = timeMs;
    }

    private static int slot(final long sequence) {
        return (int) (sequence & WINDOW - 1);
    }

    /** Room for the answer to a sequence, which replaces the one {@link #WINDOW} before it. */
    MutableDirectBuffer newAnswer(final long sequence) {
        final int slot = slot(sequence);
        lengths[slot] = 0;
        if (answers[slot] == null) {
            answers[slot] = new ExpandableArrayBuffer(128);
        }
        return answers[slot];
    }

    void answerLength(final long sequence, final int length) {
        lengths[slot(sequence)] = length;
    }

    /** Whether the answer to a sequence is still remembered. */
    boolean hasAnswer(final long sequence) {
        return sequence > 0
                && sequence <= lastSequence
                && sequence > lastSequence - WINDOW
                && lengths[slot(sequence)] > 0;
    }

    MutableDirectBuffer answer(final long sequence) {
        return answers[slot(sequence)];
    }

    int answerLength(final long sequence) {
        return lengths[slot(sequence)];
    }
}
