package io.stoat.bench.echo;

import io.stoat.bench.Median;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Prints figures beside what they are compared with, the ratio that counts, and whether it keeps
 * its bound: the median over rounds of the ratio within a round, with the middle half of them.
 */
final class Verdicts {
    private static final double US = 1e3;

    private final PrintWriter out;
    private boolean met = true;

    Verdicts(final PrintWriter out) {
        this.out = out;
    }

    /** Whether every ratio so far kept its bound. */
    boolean met() {
        return met;
    }

    void heading(final String title, final String base, final String compared) {
        out.printf(
                Locale.ROOT,
                "%s%n  %-52s %12s %12s %8s  %-13s%n",
                title,
                "",
                base,
                compared,
                "ratio",
                "middle half");
    }

    /** Two latencies, ns. A bound of 0 is none. */
    void latency(
            final String name,
            final List<Double> base,
            final List<Double> compared,
            final double bound) {
        final double[] ratios = Samples.ratios(compared, base);
        out.printf(
                Locale.ROOT,
                "  %-52s %12.2f %12.2f %s  %s%n",
                name,
                Samples.median(base) / US,
                Samples.median(compared) / US,
                spread(ratios),
                bound == 0 ? "" : verdict(Median.of(ratios) <= bound, "at most " + bound));
    }

    /** Two rates, a second. A bound of 0 is none. */
    void rate(
            final String name,
            final List<Double> base,
            final List<Double> compared,
            final double bound) {
        final double[] ratios = Samples.ratios(compared, base);
        out.printf(
                Locale.ROOT,
                "  %-52s %,12.0f %,12.0f %s  %s%n",
                name,
                Samples.median(base),
                Samples.median(compared),
                spread(ratios),
                bound == 0 ? "" : verdict(Median.of(ratios) >= bound, "at least " + bound));
    }

    private static String spread(final double[] sorted) {
        return String.format(
                Locale.ROOT,
                "%8.2f  %5.2f - %5.2f",
                Median.of(sorted),
                sorted[sorted.length / 4],
                sorted[(sorted.length * 3 - 1) / 4]);
    }

    private String verdict(final boolean ok, final String bound) {
        met &= ok;
        return bound + (ok ? ": met" : ": MISSED");
    }
}
