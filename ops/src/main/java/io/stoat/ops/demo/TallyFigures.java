package io.stoat.ops.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A {@link Tally} at a moment.
 *
 * @param name of the way.
 * @param answered operations.
 * @param elapsedMs in which they were answered.
 * @param wrong of them.
 * @param p50Ns half took no longer.
 * @param p99Ns 99 of 100 took no longer.
 * @param unansweredByStatus further operations, by what they ended with instead of an answer.
 */
record TallyFigures(
        String name,
        long answered,
        long elapsedMs,
        long wrong,
        long p50Ns,
        long p99Ns,
        Map<String, Long> unansweredByStatus) {
    private static final int WORDS = 7;
    private static final String NONE = "-";

    double perSecond() {
        return answered * 1e3 / elapsedMs;
    }

    long unanswered() {
        return unansweredByStatus.values().stream().mapToLong(Long::longValue).sum();
    }

    /** As {@code TIMED_OUT=2,NOT_CONNECTED=1}; {@code -} when all were answered. */
    String statuses() {
        return unansweredByStatus.isEmpty()
                ? NONE
                : new TreeMap<>(unansweredByStatus)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + entry.getValue())
                                .collect(Collectors.joining(","));
    }

    /** The figures as words of one line. */
    String line() {
        return name
                + ' '
                + answered
                + ' '
                + elapsedMs
                + ' '
                + wrong
                + ' '
                + p50Ns
                + ' '
                + p99Ns
                + ' '
                + statuses();
    }

    /** The figures of {@link #line()}; null for other words. */
    static TallyFigures parse(final String line) {
        final String[] words = line.split(" ");
        return words.length != WORDS
                ? null
                : new TallyFigures(
                        words[0],
                        Long.parseLong(words[1]),
                        Long.parseLong(words[2]),
                        Long.parseLong(words[3]),
                        Long.parseLong(words[4]),
                        Long.parseLong(words[5]),
                        counts(words[6]));
    }

    private static Map<String, Long> counts(final String statuses) {
        final Map<String, Long> counts = new TreeMap<>();
        if (!statuses.equals(NONE)) {
            for (final String status : statuses.split(",")) {
                final int equals = status.indexOf('=');
                counts.put(
                        status.substring(0, equals), Long.parseLong(status.substring(equals + 1)));
            }
        }
        return counts;
    }
}
