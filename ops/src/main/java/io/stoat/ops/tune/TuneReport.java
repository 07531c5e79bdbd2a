package io.stoat.ops.tune;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code stoat tune} found, as a table with the plan to take. */
final class TuneReport {
    private static final double NS_PER_US = 1_000;

    private final List<Candidate> candidates;
    private final Candidate best;
    private final Optional<Duel> duel;

    TuneReport(final List<Candidate> candidates, final Candidate best, final Optional<Duel> duel) {
        this.candidates = candidates;
        this.best = best;
        this.duel = duel;
    }

    /** The line of a configuration file that has the node run the plan. */
    static String configuration(final Candidate candidate) {
        return "threads=" + candidate.plan();
    }

    void print(final PrintWriter out) {
        out.printf(
                "%nmicroseconds; requests/s with many in flight, round trips one at a time%n%n%5s %12s %9s %9s %9s %9s %9s %9s %5s  %s%n",
                "score",
                "requests/s",
                "get p50",
                "get p99",
                "UDP p50",
                "UDP p99",
                "put p50",
                "put p99",
                "runs",
                "plan");
        candidates.stream()
                .filter(Candidate::isMeasured)
                .sorted(
                        Comparator.comparingInt((Candidate candidate) -> -candidate.runs())
                                .thenComparingDouble(candidate -> -score(candidate)))
                .forEach(candidate -> row(out, candidate));
        for (final Candidate candidate : candidates) {
            if (candidate.failure() != null) {
                out.println("not measured: " + candidate.plan() + ": " + candidate.failure());
            } else if (!candidate.isMeasured()) {
                out.println("not measured, time was up: " + candidate.plan());
            }
        }
        out.printf(
                "%nscore: geometric mean of requests/s, get p50, get p99 and UDP p50, each as a share of the best%n"
                        + "sweet spot: %s%n",
                best.plan());
        duel.ifPresent(pairs -> print(out, pairs));
        final int pairs = duel.map(Duel::pairs).orElse(0);
        if (pairs < Duel.FEWEST_PAIRS) {
            out.printf(
                    "the automatic plan and the best other one had %d of %d pairs of runs, so that chance may have decided: give more --seconds%n",
                    pairs, Duel.FEWEST_PAIRS);
        }
        if (best.isAutomatic()) {
            out.println("it is the automatic plan: threads=auto does the same");
        }
        out.printf("%nfor the configuration file (stoat node --config FILE):%n");
        out.println(configuration(best));
        out.flush();
    }

    private void row(final PrintWriter out, final Candidate candidate) {
        final LoadFigures figures = candidate.median();
        out.printf(
                Locale.ROOT,
                "%5.2f %,12.0f %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f %5d  %s%s%n",
                score(candidate),
                figures.requestsPerSecond(),
                figures.ipcP50Ns() / NS_PER_US,
                figures.ipcP99Ns() / NS_PER_US,
                figures.udpP50Ns() / NS_PER_US,
                figures.udpP99Ns() / NS_PER_US,
                figures.putP50Ns() / NS_PER_US,
                figures.putP99Ns() / NS_PER_US,
                candidate.runs(),
                candidate.plan(),
                candidate.isAutomatic() ? "   (auto)" : "");
    }

    private double score(final Candidate candidate) {
        return Tournament.score(candidate, candidates);
    }

    private static void print(final PrintWriter out, final Duel pairs) {
        out.printf(
                Locale.ROOT,
                "the automatic plan against the best other one (%s), %d pairs of runs in turns:%n"
                        + "  %.3f times its score (median of the pairs; middle half %.3f to %.3f): %s%n",
                pairs.challenger().plan(),
                pairs.pairs(),
                pairs.median(),
                pairs.lowerQuartile(),
                pairs.upperQuartile(),
                pairs.median() >= Duel.BOUND
                        ? "within 5 % of the best plan"
                        : "MORE THAN 5 % below the best plan");
    }
}
