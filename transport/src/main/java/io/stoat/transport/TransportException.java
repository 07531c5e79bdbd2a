package io.stoat.transport;

/** A server or client could not start. The message names the setting, its value and the mend. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why the node refused, or 0. */
    private final int status;

    /**
     * @param message what is wrong, with which value, and how to mend it.
     */
    public TransportException(final String message) {
        super(message);
        status = 0;
    }

    TransportException(final String message, final int status) {
        super(message);
        this.status = status;
    }

    /**
     * @param message what is wrong, with which value, and how to mend it.
     * @param cause what the platform said.
     */
    public TransportException(final String message, final Throwable cause) {
        super(message, cause);
        status = 0;
    }

    /**
     * @return the {@link TransportStatus} with which a node refused, or 0.
     */
    public int status() {
        return status;
    }
}
