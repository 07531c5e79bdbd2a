package io.stoat.store;

/**
 * Conditions of a put, as ints so that a command stays free of objects; part of the wire protocol.
 */
public final class PutMode {
    /** Write whether or not the key is there. */
    public static final int ALWAYS = 0;

    /** Write only if no live entry has the key. */
    public static final int IF_ABSENT = 1;

    /** Write only if the live entry has the expected version. */
    public static final int IF_VERSION = 2;

    private PutMode() {}
}
