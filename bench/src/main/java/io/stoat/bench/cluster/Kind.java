package io.stoat.bench.cluster;

import java.util.Locale;

/** What a cluster's members do. */
enum Kind {
    /** Echo. */
    BARE,
    /** Replicate a store. */
    STOAT;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
