package io.stoat.replication;

import org.agrona.DirectBuffer;

/**
 * What the cluster remembers of one client: the last sequence that was applied, and the answers to
 * the last {@value #WINDOW} messages, {@value KeptAnswers#MAX_BYTES} bytes of them at most, so that
 * a repeated one is answered again instead of applied again. Replicated state: a function of the
 * log alone.
 */
final class ClientRecord {
    /** Most messages of a client in flight: so many answers are kept. */
    static final int WINDOW = 64;

    /** Most commands of a message. */
    static final int MAX_COMMANDS = 2048;

    /** What is to be expected of a client; the numbers are those of snapshots. */
    enum State {
        /** It may send. */
        OPEN,
        /** It has said that it sends no more. */
        CLOSED,
        /** The session of its last message is closed: it may come back and repeat messages. */
        LEFT;

        private static final State[] ALL = values();

        static State of(final int number) {
            return number < 0 || number >= ALL.length ? OPEN : ALL[number];
        }
    }

    private final long clientId;
    private final KeptAnswers answers = new KeptAnswers();
    private long lastSequence;
    private long lastActiveMs;
    private long sessionId;
    private State state = State.OPEN;

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

    long sessionId() {
        return sessionId;
    }

    State state() {
        return state;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** A message has come from the client. */
    void active(final long session, final long timeMs) {
        sessionId = session;
        lastActiveMs = timeMs;
        state = State.OPEN;
    }

    /** It sends no more: its answers are nobody's. */
    void close(final long timeMs) {
        lastActiveMs = timeMs;
        state = State.CLOSED;
        answers.clear();
    }

    /** The session of its last message is closed. */
    void left() {
        state = State.LEFT;
    }

    /** As a snapshot has it. */
    void restore(final long session, final long sequence, final State itsState) {
        sessionId = session;
        lastSequence = sequence;
        state = itsState;
    }

    /** From when on the client may be forgotten, ms of the log's clock. */
    long dispensableMs() {
        return lastActiveMs
                + switch (state) {
                    case OPEN -> ClientTable.RETENTION_MS;
                    case CLOSED -> 0;
                    case LEFT -> ClientTable.LONGEST_RETRY_MS;
                };
    }

    /** Keeps the answer to a sequence that was applied. */
    void keep(final long sequence, final DirectBuffer answer, final int offset, final int length) {
        answers.add(sequence, answer, offset, length);
    }

    /** Whether the answer to a sequence is still remembered. */
    boolean hasAnswer(final long sequence) {
        return sequence <= lastSequence
                && sequence > lastSequence - WINDOW
                && answers.has(sequence);
    }

    /** An answer that is remembered; valid until the next call. */
    DirectBuffer answer(final long sequence) {
        return answers.get(sequence);
    }

    int answerLength(final long sequence) {
        return answers.length(sequence);
    }

    /** Whether an answer may be kept behind those that are: snapshots hold them in order. */
    boolean isNextAnswer(final long sequence) {
        return sequence > answers.last() && sequence <= lastSequence;
    }
}
