package io.stoat.bench.gate;

import io.stoat.bench.gate.Comparison.Verdict;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final Set<String> missing = new LinkedHashSet<>();

    private Gate(final Criteria criteria, final int comparisonCount) {
        this.criteria = criteria;
        this.comparisonCount = comparisonCount;
    }

    /**
     * Compares results. Phases of the candidate that the baseline lacks are {@linkplain #missing},
     * and so are those that FAILED there.
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
                            } else {
                                gate.missing.add(name);
                            }
                        });
        return gate;
    }

    /**
     * Says what was to be compared, whatever came of it.
     *
     * @param runs whose phases the gate is to compare; those that it did not are {@linkplain
     *     #missing}.
     * @return this
     */
    public Gate requiring(final List<RunSpec> runs) {
        for (final RunSpec run : runs) {
            for (final Phase phase : run.phases()) {
                final String name = name(run, phase.label());
                if (!tooFew.contains(name)
                        && comparisons.stream().noneMatch(found -> found.name().equals(name))) {
                    missing.add(name);
                }
            }
        }
        return this;
    }

    private static Map<String, Map<Integer, PhaseResult>> byPhase(final List<RunResult> runs) {
        final Map<String, Map<Integer, PhaseResult>> phases = new LinkedHashMap<>();
        for (final RunResult run : runs) {
            for (final PhaseResult phase : run.phases()) {
                if (phase.problem() == null) {
                    phases.computeIfAbsent(
                                    name(run.spec(), phase.label()), key -> new LinkedHashMap<>())
                            .put(run.fork(), phase);
                }
            }
        }
        return phases;
    }

    private static String name(final RunSpec run, final String phase) {
        return String.join(
                " ",
                run.scenario() + ":",
                run.target(),
                run.workload().name(),
                run.workload().valueLength() + "B",
                "x" + run.clients(),
                phase);
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
     * @return phases that were to be compared, and of which one side has none.
     */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /**
     * @return what the gate says; without a comparison, and when one is missing, it is INCONCLUSIVE
     *     unless another one is worse.
     */
    public Outcome outcome() {
        boolean isUnclear = comparisons.isEmpty() || !tooFew.isEmpty() || !missing.isEmpty();
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
