package io.stoat.bench;

import java.util.List;

/**
 * What Stoat's time is compared with, and the ratio that it may not exceed.
 *
 * @param benchmark end of the benchmark's name.
 * @param keys number of keys in the store.
 * @param contender that is judged.
 * @param baseline that it is compared with.
 * @param bound highest ratio of the times that is accepted.
 */
record Ratio(String benchmark, long keys, String contender, String baseline, double bound) {
    /** What Stoat sets out to be, for 16-byte keys and 128-byte values; by pairs. */
    static final List<Ratio> TARGETS =
            List.of(
                    new Ratio("ReadBenchmark.hit", 1_000, "stoat-view", "chronicle-bytes", 0.25),
                    new Ratio("ReadBenchmark.hit", 100_000, "stoat-view", "chronicle-bytes", 0.5),
                    new Ratio(
                            "WriteBenchmark.overwrite",
                            1_000,
                            "stoat-view",
                            "chronicle-bytes",
                            0.4),
                    new Ratio(
                            "WriteBenchmark.overwrite",
                            100_000,
                            "stoat-view",
                            "chronicle-bytes",
                            0.4),
                    new Ratio("ReadBenchmark.hit", 1_000, "stoat-copy", "chronicle-bytes", 0.4),
                    new Ratio("ReadBenchmark.hit", 100_000, "stoat-copy", "chronicle-bytes", 0.65));

    /** Whether this one compares the same two as another one. */
    boolean isOfSamePair(final Ratio other) {
        return contender.equals(other.contender) && baseline.equals(other.baseline);
    }

    /** Whether a target judges what a contender does there. */
    static boolean isJudged(final String benchmark, final long keys, final String contender) {
        return TARGETS.stream()
                .anyMatch(
                        target ->
                                target.benchmark.equals(benchmark)
                                        && target.keys == keys
                                        && target.contender.equals(contender));
    }
}
