package io.stoat.bench.target;

import java.util.concurrent.TimeUnit;

/** Range and resolution of every histogram of latencies. */
public final class Latency {
    /** Longest time that is told apart, ns. */
    public static final long HIGHEST_NS = TimeUnit.SECONDS.toNanos(120);

    /** Significant decimal digits. */
    public static final int DIGITS = 3;

    private Latency() {}
}
