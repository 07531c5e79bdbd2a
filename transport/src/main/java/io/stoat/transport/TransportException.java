package io.stoat.transport;

/** A server or client could not start. The message names the setting, its value and the mend. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, with which value, and how to mend it.
     */
    public TransportException(final String message) {
        super(message);
    }

    /**
     * @param message what is wrong, with which value, and how to mend it.
     * @param cause what the platform said.
     */
    public TransportException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
