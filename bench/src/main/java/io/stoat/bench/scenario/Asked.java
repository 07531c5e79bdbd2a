package io.stoat.bench.scenario;

import java.util.EnumSet;
import java.util.Set;

/** What may be asked of a scenario; one that does not take it refuses it by name. */
enum Asked {
    TARGETS("--targets"),
    WORKLOAD("--workload"),
    KEYS("--keys"),
    VALUE_SIZE("--value-size"),
    MISSES("--misses"),
    TTL_SHARE("--ttl-share"),
    KEY_ORDER("--key-order"),
    OPTION("--option"),
    CLIENTS("--clients"),
    RATES("--rates"),
    P99("--p99"),
    WINDOW("--window"),
    TAPE("--tape"),
    PACE("--pace");

    private final String option;

    Asked(final String option) {
        this.option = option;
    }

    /** The option of the command. */
    String option() {
        return option;
    }

    /** All that changes a load which is made up, and not replayed. */
    static Set<Asked> madeUp() {
        return EnumSet.complementOf(EnumSet.of(TAPE, PACE));
    }

    static Set<Asked> madeUpWithout(final Asked first, final Asked... others) {
        final Set<Asked> taken = madeUp();
        taken.removeAll(EnumSet.of(first, others));
        return taken;
    }
}
