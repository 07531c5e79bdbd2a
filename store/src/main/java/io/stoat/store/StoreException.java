package io.stoat.store;

/**
 * A store, shard or reader could not be opened, or a setting is unusable. The message is meant for
 * the person who started the process: it names the file or setting, its value, and the mend.
 */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong, with which value, and how to mend it.
     */
    public StoreException(final String message) {
        super(message);
    }

    /**
     * @param message what is wrong, with which value, and how to mend it.
     * @param cause what the platform said.
     */
    public StoreException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
