package io.stoat.bench.workload;

import java.util.Locale;

/** What an operation does. Histograms are kept apart by it. */
public enum OperationKind {
    /** Reads a key that was loaded, or one that is known to be absent. */
    READ,
    /** Overwrites a key with a new value of the same length. */
    UPDATE,
    /** Writes a key that was not loaded. */
    INSERT,
    /** Reads a number of successive keys. Hash stores have no order: it is a batch of reads. */
    SCAN,
    /** Reads a key, then overwrites it; one operation. */
    READ_MODIFY_WRITE;

    private static final OperationKind[] VALUES = values();

    /**
     * @return how many kinds there are.
     */
    public static int count() {
        return VALUES.length;
    }

    /**
     * @param ordinal of a kind.
     * @return the kind.
     */
    public static OperationKind of(final int ordinal) {
        return VALUES[ordinal];
    }

    /**
     * @return whether it changes the store.
     */
    public boolean isWrite() {
        return this == UPDATE || this == INSERT || this == READ_MODIFY_WRITE;
    }

    /**
     * @return the name in results.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
