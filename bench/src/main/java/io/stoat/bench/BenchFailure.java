package io.stoat.bench;

/** A measurement could not be made; the message says why, for a person. */
public final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what, and the mend.
     */
    public BenchFailure(final String message) {
        super(message);
    }

    /**
     * @param message what, and the mend.
     * @param cause why.
     */
    public BenchFailure(final String message, final Throwable cause) {
        super(message, cause);
    }
}
