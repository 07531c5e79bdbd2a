package io.stoat.bench;

import io.stoat.bench.gate.Comparison;
import io.stoat.bench.gate.Gate;
import io.stoat.bench.scenario.Runner;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What the gate says, as a table: a verdict for each figure of each run, then one for all. */
final class GateReport {
    private static final double MOST_PERCENT = 999;

    private final Gate gate;
    private final PrintWriter out;

    GateReport(final Gate gate, final PrintWriter out) {
        this.gate = gate;
        this.out = out;
    }

    void print(final List<String> failures, final String conditions) {
        out.printf(
                Locale.ROOT,
                "%n%-52s %-8s %5s %10s %10s %6s %8s %8s  %s%n",
                "run",
                "figure",
                "forks",
                "before",
                "after",
                "ratio",
                "p",
                "can see",
                "verdict");
        gate.comparisons().forEach(this::print);
        gate.tooFew().forEach(name -> out.println(name + ": too few forks to compare"));
        gate.missing().forEach(name -> out.println(name + ": not compared, one side has none"));
        failures.forEach(failure -> out.println("FAILED: " + failure));
        final String verdict =
                failures.isEmpty()
                        ? gate.outcome().name().replace('_', ' ')
                        : Gate.Outcome.NOT_PASSED.name().replace('_', ' ');
        out.printf("%n%s: %s%n", verdict, conditions);
        if (failures.isEmpty() && gate.outcome() == Gate.Outcome.INCONCLUSIVE) {
            printWhy();
        }
        out.flush();
    }

    private void printWhy() {
        if (!gate.missing().isEmpty()) {
            out.println(
                    gate.missing().size()
                            + " of the phases could not be compared: give a baseline that has them, or choose others (--sets, --targets).");
        } else {
            out.println(
                    "The host is too noisy to say more: give more forks (--forks), more time (--minutes), longer phases (--seconds), or a quieter host.");
        }
    }

    private void print(final Comparison comparison) {
        final double detectable = 100 * comparison.detectable(gate.levelOfEach());
        out.printf(
                Locale.ROOT,
                "%-52s %-8s %5d %10s %10s %6.3f %8.5f %8s  %s%n",
                comparison.name(),
                comparison.figure(),
                comparison.forks(),
                Runner.time(comparison.baseline()),
                Runner.time(comparison.candidate()),
                comparison.ratio(),
                comparison.p(),
                detectable > MOST_PERCENT
                        ? "nothing"
                        : String.format(Locale.ROOT, "+%.0f %%", Math.ceil(detectable)),
                gate.verdict(comparison));
    }
}
