package io.stoat.store;

/** An entry or a structure of a shard is not what was written. */
public final class DamageException extends StoreException {
    private static final long serialVersionUID = 1L;

    DamageException(final String message) {
        super(message);
    }
}
