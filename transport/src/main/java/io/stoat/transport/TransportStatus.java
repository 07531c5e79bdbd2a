package io.stoat.transport;

/** Result codes that a client adds to those of the store; part of the wire protocol like them. */
public final class TransportStatus {
    /** No answer came in time. Whether a command was applied is unknown. */
    public static final int TIMED_OUT = -100;

    /** The session is not connected; the command was not sent. */
    public static final int NOT_CONNECTED = -101;

    /** The command could not be sent in time because the node does not keep up; it was not sent. */
    public static final int BACK_PRESSURED = -102;

    /** The node could not read the message, or it is longer than the transport carries. */
    public static final int MALFORMED = -103;

    /**
     * The node refused the session: too many sessions, or a response channel that is not loopback.
     */
    public static final int SESSION_REFUSED = -104;

    private TransportStatus() {}
}
