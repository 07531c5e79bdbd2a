package io.stoat.transport;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import org.agrona.CloseHelper;

/**
 * One client of an agent: where its requests come from and where its answers go. Agent's thread
 * only.
 */
final class Session implements AutoCloseable {
    private static final long NOT_STALLED = 0;

    private final long key;
    private final String source;
    private final long connectCorrelationId;
    private final long registrationId;
    private final long deadlineNs;
    private int status;
    private long answerAtNs;
    private ExclusivePublication publication;
    private ResponseBatch responses;
    private boolean open;
    private boolean closed;
    private boolean subscriber;
    private boolean dirty;
    private int forwards;
    private int resumeOffset;
    private int resumeIndex;
    private long stalledSinceNs = NOT_STALLED;
    private long lastRequestNs;

    /** status is what the client will be told once its answers' stream is connected. */
    Session(
            final long key,
            final String source,
            final long connectCorrelationId,
            final long registrationId,
            final long deadlineNs,
            final int status) {
        this.key = key;
        this.source = source;
        this.connectCorrelationId = connectCorrelationId;
        this.registrationId = registrationId;
        this.deadlineNs = deadlineNs;
        this.status = status;
    }

    /**
     * Requests are known by the subscription they came on and the session id of their publication.
     */
    static long key(final int transport, final int aeronSessionId) {
        return (long) transport << 32 | aeronSessionId & 0xFFFF_FFFFL;
    }

    /** Takes the publication once the driver has made it; true when a client listens. */
    boolean isConnected(final Aeron aeron) {
        if (publication == null) {
            publication = aeron.getExclusivePublication(registrationId);
        }
        return publication != null && publication.isConnected();
    }

    void open(final int batchLength, final long nowNs) {
        responses = new ResponseBatch(publication, batchLength);
        lastRequestNs = nowNs;
        open = true;
    }

    boolean isOpen() {
        return open;
    }

    boolean isOverdue(final long nowNs) {
        return !open && nowNs - deadlineNs > 0;
    }

    long key() {
        return key;
    }

    /** Where its Connect came from. */
    String source() {
        return source;
    }

    int status() {
        return status;
    }

    /** Decides what the client will be told, and when. */
    void decide(final int decision, final long atNs) {
        status = decision;
        answerAtNs = atNs;
    }

    boolean isAnswerDue(final long nowNs) {
        return answerAtNs == 0 || nowNs - answerAtNs >= 0;
    }

    long connectCorrelationId() {
        return connectCorrelationId;
    }

    ExclusivePublication publication() {
        return publication;
    }

    ResponseBatch responses() {
        return responses;
    }

    /** Marks that there is something to flush; true the first time in a duty cycle. */
    boolean markDirty() {
        final boolean first = !dirty;
        dirty = true;
        return first;
    }

    void markClean() {
        dirty = false;
    }

    /** Where to go on in a message that is delivered again because its answers found no room. */
    void suspend(final int offset, final int index) {
        resumeOffset = offset;
        resumeIndex = index;
    }

    void complete() {
        resumeOffset = 0;
        resumeIndex = 0;
    }

    int resumeOffset() {
        return resumeOffset;
    }

    int resumeIndex() {
        return resumeIndex;
    }

    /** A command was handed on: its answer will find room. */
    void forwarded() {
        forwards++;
        responses.reserve(ResultLayout.HEADER_LENGTH);
    }

    /** False for an answer that this session does not wait for. */
    boolean forwardAnswered() {
        if (forwards == 0) {
            return false;
        }
        forwards--;
        responses.release(ResultLayout.HEADER_LENGTH);
        return true;
    }

    void stalled(final long nowNs) {
        if (stalledSinceNs == NOT_STALLED) {
            stalledSinceNs = nowNs;
        }
    }

    void flowing(final long nowNs) {
        stalledSinceNs = NOT_STALLED;
        lastRequestNs = nowNs;
    }

    boolean isStalledFor(final long ns, final long nowNs) {
        return stalledSinceNs != NOT_STALLED && nowNs - stalledSinceNs > ns;
    }

    boolean isIdleFor(final long ns, final long nowNs) {
        return !subscriber && forwards == 0 && nowNs - lastRequestNs > ns;
    }

    /**
     * Tells the client, if it takes answers, that the session ends: after all answers, so that it
     * knows of what was not answered that it was not applied.
     */
    void sayEnded() {
        if (responses.flush() == ResponseBatch.SENT) {
            responses.sendStatus(connectCorrelationId, TransportStatus.SESSION_ENDED);
        }
    }

    /** Its client listens to changes and need not ask for anything. */
    void markSubscriber() {
        subscriber = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Ends the answers' stream at once, also for who has not read them: the node is closing. */
    void revoke() {
        if (publication != null) {
            publication.revoke();
        }
    }

    @Override
    public void close() {
        closed = true;
        CloseHelper.close(publication);
    }
}
