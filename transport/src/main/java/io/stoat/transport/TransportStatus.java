package io.stoat.transport;

import io.stoat.store.Status;

/** Result codes that the transport adds to those of the store; part of the wire protocol too. */
public final class TransportStatus {
    /** No answer came in time. Whether a command was applied is unknown. */
    public static final int TIMED_OUT = -100;

    /** The session is not connected; the request was not sent, or was not applied. */
    public static final int NOT_CONNECTED = -101;

    /**
     * As many requests are in flight as may be, or the node does not keep up; the request was not
     * sent. Poll, then try again.
     */
    public static final int BACK_PRESSURED = -102;

    /** The node could not read the message, or it is longer than the transport carries. */
    public static final int MALFORMED = -103;

    /**
     * The node refused the session: too many sessions, or a response channel that it may not use.
     */
    public static final int SESSION_REFUSED = -104;

    /**
     * The shard belongs to another write agent; nothing was changed. The client knows the newer map
     * now: a request sent again goes to the right one.
     */
    public static final int MOVED = -105;

    /**
     * The connection was lost before the answer came. Whether the command was applied is unknown.
     */
    public static final int OUTCOME_UNKNOWN = -106;

    /** The node does not speak this client's version of the protocol. */
    public static final int INCOMPATIBLE = -107;

    /** The token is missing or wrong. */
    public static final int NOT_AUTHENTICATED = -108;

    /**
     * The node has ended the session, which was unused for too long: what it has not answered it
     * has not applied. Only between node and client, which connects anew when it is used.
     */
    public static final int SESSION_ENDED = -109;

    private TransportStatus() {}

    /**
     * The constant's name, for messages to people.
     *
     * @param code one of the codes above or of {@link Status}.
     * @return the name.
     */
    public static String nameOf(final int code) {
        return switch (code) {
            case TIMED_OUT -> "TIMED_OUT";
            case NOT_CONNECTED -> "NOT_CONNECTED";
            case BACK_PRESSURED -> "BACK_PRESSURED";
            case MALFORMED -> "MALFORMED";
            case SESSION_REFUSED -> "SESSION_REFUSED";
            case MOVED -> "MOVED";
            case OUTCOME_UNKNOWN -> "OUTCOME_UNKNOWN";
            case INCOMPATIBLE -> "INCOMPATIBLE";
            case NOT_AUTHENTICATED -> "NOT_AUTHENTICATED";
            case SESSION_ENDED -> "SESSION_ENDED";
            default -> Status.nameOf(code);
        };
    }
}
