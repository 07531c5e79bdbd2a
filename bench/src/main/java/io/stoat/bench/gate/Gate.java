package io.stoat.bench.gate;

import io.stoat.bench.gate.Comparison.Verdict;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Compares the results of two builds: for each phase its P99 and its time an operation, which is
 * one over the throughput.
 */
public final class Gate {
    /** What the gate says. */
    public enum Outcome {
        /** Nothing is worse, and a slow-down of the resolution's size would have been seen. */
        PASSED,
        /** Something is worse beyond noise. */
        NOT_PASSED,
        /** Nothing is worse beyond noise, but there is so much of it that this says little. */
        INCONCLUSIVE
    }

    private final Criteria criteria;
    private final int comparisonCount;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<String> tooFew = new ArrayList<>();

    private Gate(final Criteria criteria, final int comparisonCount) {
        this.criteria = criteria;
        this.comparisonCount = comparisonCount;
    }

    /**
     * Compares results; phases that only one side has are left out, and so are those that FAILED.
     *
     * @param criteria to judge by.
     * @param phases that the gate compares in the end: the level is shared by all of them.
     * @param paired whether forks of the same number ran one right after the other.
     * @param baseline forks of the build to compare with.
     * @param candidate forks of the build to judge.
     * @return the gate.
     */
    public static Gate of(
            final Criteria criteria,
            final int phases,
            final boolean paired,
            final List<RunResult> baseline,
            final List<RunResult> candidate) {
        final Gate gate = new Gate(criteria, 2 * phases);
        final Map<String, Map<Integer, PhaseResult>> before = byPhase(baseline);
        byPhase(candidate)
                .forEach(
                        (name, after) -> {
                            if (before.containsKey(name)) {
                                gate.add(name, before.get(name), after, paired);
                            }
                        });
        return gate;
    }

    private static Map<String, Map<Integer, PhaseResult>> byPhase(final List<RunResult> runs) {
        final Map<String, Map<Integer, PhaseResult>> phases = new LinkedHashMap<>();
        for (final RunResult run : runs) {
            for (final PhaseResult phase : run.phases()) {
                if (phase.problem() == null) {
                    phases.computeIfAbsent(name(run, phase), key -> new LinkedHashMap<>())
                            .put(run.fork(), phase);
                }
            }
        }
        return phases;
    }

    private static String name(final RunResult run, final PhaseResult phase) {
        return String.join(
                " ",
                run.spec().scenario() + ":",
                run.spec().target(),
                run.spec().workload().name(),
                run.spec().workload().valueLength() + "B",
                "x" + run.spec().clients(),
                phase.label());
    }

    private void add(
            final String name,
            final Map<Integer, PhaseResult> before,
            final Map<Integer, PhaseResult> after,
            final boolean paired) {
        final List<PhaseResult> x = new ArrayList<>();
        final List<PhaseResult> y = new ArrayList<>();
        if (paired) {
            before.forEach(
                    (fork, phase) -> {
                        if (after.containsKey(fork)) {
                            x.add(phase);
                            y.add(after.get(fork));
                        }
                    });
        } else {
            x.addAll(before.values());
            y.addAll(after.values());
        }
        if (Math.min(x.size(), y.size()) < Comparison.LEAST_FORKS) {
            tooFew.add(name);
            return;
        }
        comparisons.add(compare(name, "P99", x, y, paired, phase -> phase.all().p99()));
        comparisons.add(compare(name, "time/op", x, y, paired, phase -> 1e9 / phase.throughput()));
    }

    private static Comparison compare(
            final String name,
            final String figure,
            final List<PhaseResult> before,
            final List<PhaseResult> after,
            final boolean paired,
            final ToDoubleFunction<PhaseResult> value) {
        final double[] x = before.stream().mapToDouble(value).toArray();
        final double[] y = after.stream().mapToDouble(value).toArray();
        return paired
                ? Comparison.paired(name, figure, x, y)
                : Comparison.unpaired(name, figure, x, y);
    }

    /**
     * @return level of each comparison at each look.
     */
    public double levelOfEach() {
        return criteria.levelOfEach(comparisonCount);
    }

    /**
     * @return all comparisons: of each phase the P99, then the time an operation, both in ns.
     */
    public List<Comparison> comparisons() {
        return comparisons;
    }

    /**
     * @param comparison of this gate.
     * @return its verdict.
     */
    public Verdict verdict(final Comparison comparison) {
        return comparison.verdict(levelOfEach(), criteria);
    }

    /**
     * @return phases of which there are too few forks to compare.
     */
    public List<String> tooFew() {
        return tooFew;
    }

    /**
     * @return what the gate says; without a comparison it is INCONCLUSIVE.
     */
    public Outcome outcome() {
        boolean isUnclear = comparisons.isEmpty() || !tooFew.isEmpty();
        for (final Comparison comparison : comparisons) {
            final Verdict verdict = verdict(comparison);
            if (verdict == Verdict.WORSE) {
                return Outcome.NOT_PASSED;
            }
            isUnclear |= verdict == Verdict.UNCLEAR;
        }
        return isUnclear ? Outcome.INCONCLUSIVE : Outcome.PASSED;
    }
}
