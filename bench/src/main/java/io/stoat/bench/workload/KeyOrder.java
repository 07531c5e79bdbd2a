package io.stoat.bench.workload;

import java.util.Locale;

/** How the key of an operation is chosen. */
public enum KeyOrder {
    /** Every key is as likely. */
    UNIFORM,
    /** A few keys get most operations: Zipfian with exponent 0.99, hot keys scattered. */
    ZIPFIAN,
    /** As {@link #ZIPFIAN}, over the age of the entries: the newest are the hot ones. */
    LATEST;

    /** Exponent of the Zipfian distributions. */
    public static final double THETA = 0.99;

    KeyChooser chooser(final long count) {
        return switch (this) {
            case UNIFORM -> new UniformKeys(count);
            case ZIPFIAN -> new ScatteredKeys(new ZipfianRanks(count, THETA), count);
            case LATEST -> new ZipfianRanks(count, THETA);
        };
    }

    /**
     * @return the name in commands and results.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param label of an order.
     * @return the order.
     * @throws IllegalArgumentException naming the known ones.
     */
    public static KeyOrder of(final String label) {
        for (final KeyOrder order : values()) {
            if (order.label().equals(label)) {
                return order;
            }
        }
        throw new IllegalArgumentException(
                "key order " + label + " is unknown: use uniform, zipfian or latest");
    }
}
