package io.stoat.affinity;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What a thread does when its agents have no work. */
public enum IdleKind {
    /** Spins: for a core of its own. */
    BUSY_SPIN("spin"),
    /** Offers the core to whoever else wants it: for a shared core. Never sleeps. */
    YIELD("yield"),
    /** Spins, yields, then sleeps for up to 50 us at a time: for a thread that is not pinned. */
    BACKOFF("backoff");

    private final String label;

    IdleKind(final String label) {
        this.label = label;
    }

    /** Whether it takes all the CPU time there is, work or no work. */
    boolean isSleepless() {
        return this != BACKOFF;
    }

    static IdleKind parse(final String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.label.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "unknown idle strategy '"
                                                + name
                                                + "'; known: "
                                                + Arrays.stream(values())
                                                        .map(kind -> kind.label)
                                                        .collect(Collectors.joining(", "))));
    }

    /**
     * @return name in a plan's line: spin, yield or backoff.
     */
    @Override
    public String toString() {
        return label;
    }
}
