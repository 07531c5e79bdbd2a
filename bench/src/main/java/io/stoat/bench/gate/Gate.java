package io.stoat.bench.gate;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Compares the results of two builds, phase by phase. The level is shared between the phases
 * (Bonferroni), so that the gate as a whole gives a false alarm no more often than asked for.
 */
public final class Gate {
    private final double level;
    private final double leastChange;
    private final boolean paired;
    private final List<Comparison> latencies = new ArrayList<>();
    private final List<Comparison> times = new ArrayList<>();

    /**
     * @param level of false alarms of the whole gate, such as 0.05.
     * @param leastChange that counts at all, such as 0.03.
     * @param paired whether forks of the same number ran one right after the other.
     */
    public Gate(final double level, final double leastChange, final boolean paired) {
        this.level = level;
        this.leastChange = leastChange;
        this.paired = paired;
    }

    /**
     * Takes in results; phases that only one side has are left out.
     *
     * @param baseline forks of the build to compare with.
     * @param candidate forks of the build to judge.
     * @return this
     * @throws IllegalArgumentException when nothing can be compared.
     */
    public Gate compare(final List<RunResult> baseline, final List<RunResult> candidate) {
        final Map<String, List<PhaseResult>> before = byPhase(baseline);
        byPhase(candidate)
                .forEach(
                        (name, after) -> {
                            if (before.containsKey(name)) {
                                add(name, before.get(name), after);
                            }
                        });
        if (latencies.isEmpty()) {
            throw new IllegalArgumentException("baseline and candidate have no phase in common");
        }
        return this;
    }

    private static Map<String, List<PhaseResult>> byPhase(final List<RunResult> runs) {
        final Map<String, List<PhaseResult>> phases = new LinkedHashMap<>();
        for (final RunResult run : runs) {
            for (final PhaseResult phase : run.phases()) {
                if (phase.problem() == null) {
                    phases.computeIfAbsent(name(run, phase), key -> new ArrayList<>()).add(phase);
                }
            }
        }
        return phases;
    }

    private static String name(final RunResult run, final PhaseResult phase) {
        return String.join(
                " ",
                run.spec().target(),
                run.spec().workload().name(),
                run.spec().workload().valueLength() + "B",
                "x" + run.spec().clients(),
                phase.label());
    }

    private void add(
            final String name, final List<PhaseResult> before, final List<PhaseResult> after) {
        latencies.add(compare(name, before, after, phase -> phase.all().p99()));
        times.add(compare(name, before, after, phase -> 1 / phase.throughput()));
    }

    private Comparison compare(
            final String name,
            final List<PhaseResult> before,
            final List<PhaseResult> after,
            final ToDoubleFunction<PhaseResult> figure) {
        final double[] x = before.stream().mapToDouble(figure).toArray();
        final double[] y = after.stream().mapToDouble(figure).toArray();
        return paired && x.length == y.length
                ? Comparison.paired(name, x, y)
                : Comparison.unpaired(name, x, y);
    }

    /**
     * @return level of each comparison.
     */
    public double levelOfEach() {
        return level / latencies.size();
    }

    /**
     * @return comparisons of the P99, ns.
     */
    public List<Comparison> latencies() {
        return latencies;
    }

    /**
     * @return comparisons of the time an operation, s, which is one over the throughput.
     */
    public List<Comparison> times() {
        return times;
    }

    /**
     * @param comparison of this gate.
     * @return its verdict.
     */
    public Comparison.Verdict verdict(final Comparison comparison) {
        return comparison.verdict(levelOfEach(), leastChange);
    }

    /**
     * @return whether no P99 is worse beyond noise.
     */
    public boolean isPassed() {
        return latencies.stream().noneMatch(c -> verdict(c) == Comparison.Verdict.WORSE);
    }
}
