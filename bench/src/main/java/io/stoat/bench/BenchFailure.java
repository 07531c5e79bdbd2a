package io.stoat.bench;

/** A measurement could not be made; the message says why, for a person. */
final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchFailure(final String message) {
        super(message);
    }

    BenchFailure(final String message, final Throwable cause) {
        super(message, cause);
    }
}
