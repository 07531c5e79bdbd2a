package io.stoat.bench.target;

/** How an operation ended. */
public final class Outcome {
    /** A read found the whole value of its key, or a write was acknowledged. */
    public static final int OK = 0;

    /** A read found no value. */
    public static final int MISS = 1;

    /** A read found a torn value, or another key's. */
    public static final int WRONG = 2;

    /** The store refused, or no answer came. */
    public static final int FAILED = 3;

    private Outcome() {}
}
