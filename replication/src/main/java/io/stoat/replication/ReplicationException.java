package io.stoat.replication;

/** A cluster, member or client cannot be set up or has failed; the message names the mend. */
public final class ReplicationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message with setting, value and mend.
     */
    public ReplicationException(final String message) {
        super(message);
    }

    /**
     * @param message with setting, value and mend.
     * @param cause of it.
     */
    public ReplicationException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
