package io.stoat.bench.report;

import io.stoat.bench.Median;
import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.RunSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One phase of one run over all its forks: medians, and the fork with the median P99 for curves.
 *
 * @param spec of the run.
 * @param build that was measured.
 * @param phases one a fork.
 */
public record Point(RunSpec spec, String build, List<PhaseResult> phases) {
    /**
     * @param runs of a result.
     * @return a point for each phase of each distinct run, in the order of the first fork.
     */
    public static List<Point> of(final List<RunResult> runs) {
        final Map<String, Point> points = new LinkedHashMap<>();
        for (final RunResult run : runs) {
            int index = 0;
            for (final PhaseResult phase : run.phases()) {
                points.computeIfAbsent(
                                run.build() + " " + run.spec().key() + " " + index++,
                                key -> new Point(run.spec(), run.build(), new ArrayList<>()))
                        .phases
                        .add(phase);
            }
        }
        return List.copyOf(points.values());
    }

    /**
     * @return label of the phase.
     */
    public String label() {
        return phases.get(0).label();
    }

    /**
     * @param figure of a phase.
     * @return its median over the forks.
     */
    public double median(final ToDoubleFunction<PhaseResult> figure) {
        return Median.of(phases.stream().mapToDouble(figure).toArray());
    }

    /**
     * @return the fork whose P99 is in the middle.
     */
    public PhaseResult typical() {
        final List<PhaseResult> sorted =
                phases.stream()
                        .sorted(Comparator.comparingLong(phase -> phase.all().p99()))
                        .toList();
        return sorted.get((sorted.size() - 1) / 2);
    }

    /**
     * @return the object for the report.
     */
    Map<String, Object> toMap() {
        final PhaseResult typical = typical();
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("target", spec.target());
        map.put("build", build);
        map.put("workload", spec.workload().name());
        map.put("keys", spec.workload().keys());
        map.put("valueLength", spec.workload().valueLength());
        map.put("clients", spec.clients());
        map.put("options", spec.options());
        map.put("phase", label());
        map.put("loop", typical.loop());
        map.put("forks", phases.size());
        map.put("rate", median(PhaseResult::rate));
        map.put("throughput", range(PhaseResult::throughput));
        map.put("p50", range(phase -> phase.all().p50()));
        map.put("p90", range(phase -> phase.all().p90()));
        map.put("p99", range(phase -> phase.all().p99()));
        map.put("p999", range(phase -> phase.all().p999()));
        map.put("p9999", range(phase -> phase.all().p9999()));
        map.put("max", range(phase -> phase.all().max()));
        map.put("curve", columns(inverse(typical.all()), 2));
        map.put("series", columns(typical.series(), 5));
        map.put(
                "events",
                typical.events().stream()
                        .map(event -> Map.of("t", event.seconds(), "name", event.name()))
                        .toList());
        map.put("probes", typical.probes());
        map.put("saturated", phases.stream().anyMatch(PhaseResult::isSaturated));
        map.put(
                "problem",
                phases.stream()
                        .map(PhaseResult::problem)
                        .filter(java.util.Objects::nonNull)
                        .findFirst()
                        .orElse(null));
        return map;
    }

    /** Median, least and greatest over the forks. */
    private List<Double> range(final ToDoubleFunction<PhaseResult> figure) {
        final double[] values = phases.stream().mapToDouble(figure).toArray();
        return List.of(
                round(Median.of(values)),
                round(java.util.Arrays.stream(values).min().orElse(0)),
                round(java.util.Arrays.stream(values).max().orElse(0)));
    }

    private static double round(final double value) {
        return Math.round(value * 10) / 10.0;
    }

    /** The usual axis: 1 / (1 - percentile), on which each nine is as wide as the one before. */
    private static List<double[]> inverse(final LatencySummary summary) {
        return summary.curve().stream()
                .filter(point -> point[0] < 100)
                .map(point -> new double[] {100 / (100 - point[0]), point[1]})
                .toList();
    }

    private static List<List<Double>> columns(final List<double[]> rows, final int count) {
        final List<List<Double>> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int column = i;
            columns.add(rows.stream().map(row -> row[column]).toList());
        }
        return columns;
    }
}
