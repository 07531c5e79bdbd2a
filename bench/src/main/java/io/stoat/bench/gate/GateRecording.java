package io.stoat.bench.gate;

import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What gates recorded, reduced to what a {@link Rehearsal} draws from: small enough to be kept with
 * the source. Of each run the two builds' forks in pairs, and of each phase of a fork three figures
 * in a row: P99 in ns, duration in ns, answers; first those of all phases of the baseline, then
 * those of this build. Immutable.
 *
 * @param gates that were recorded: when, on what, and which builds.
 * @param runs of them, each with its pairs.
 */
public record GateRecording(List<Map<String, Object>> gates, List<Run> runs) {
    /** Schema of the JSON. */
    public static final String SCHEMA = "stoat-gate-pairs/1";

    private static final String BEFORE = "before";
    private static final int FIGURES = 3;

    /**
     * A run and what was measured of it.
     *
     * @param spec without options.
     * @param pairs a row of figures for each.
     */
    public record Run(RunSpec spec, List<long[]> pairs) {
        private Map<String, Object> toMap() {
            final Map<String, Object> map = new LinkedHashMap<>();
            map.put("spec", spec.toMap());
            map.put("pairs", pairs);
            return map;
        }

        @SuppressWarnings("unchecked")
        private static Run of(final Map<String, ?> map) {
            final RunSpec spec = RunSpec.of((Map<String, ?>) map.get("spec"));
            final int length = 2 * FIGURES * spec.phases().size();
            final List<long[]> pairs = new ArrayList<>();
            for (final Object row : (List<?>) map.get("pairs")) {
                final long[] pair =
                        ((List<?>) row)
                                .stream()
                                        .mapToLong(figure -> ((Number) figure).longValue())
                                        .toArray();
                if (pair.length != length) {
                    throw new IllegalArgumentException(
                            "a pair of "
                                    + spec.key()
                                    + " has "
                                    + pair.length
                                    + " figures, not "
                                    + length);
                }
                pairs.add(pair);
            }
            return new Run(spec, pairs);
        }
    }

    /**
     * Reads a recording.
     *
     * @param file of a recording, or result.json of a gate against a git reference.
     * @return what it holds.
     * @throws IllegalArgumentException naming the file when it is neither, or damaged.
     */
    @SuppressWarnings("unchecked")
    public static GateRecording read(final Path file) {
        final Map<String, Object> map = JsonFile.read(file);
        if (!SCHEMA.equals(map.get("schema"))) {
            return of(ResultFile.read(file));
        }
        try {
            final List<Run> runs = new ArrayList<>();
            for (final Map<String, ?> run : (List<Map<String, ?>>) map.get("runs")) {
                runs.add(Run.of(run));
            }
            return new GateRecording((List<Map<String, Object>>) map.get("gates"), runs);
        } catch (final ClassCastException
                | NullPointerException
                | IllegalArgumentException damaged) {
            throw new IllegalArgumentException(file + " is damaged: " + damaged, damaged);
        }
    }

    /**
     * @param gate result of a gate against a git reference.
     * @return the pairs of it that did not FAIL.
     */
    public static GateRecording of(final ResultFile gate) {
        final Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("startedAt", gate.startedAt());
        facts.put("builds", gate.runs().stream().map(RunResult::build).distinct().toList());
        facts.put("environment", gate.environment());
        final List<Run> runs = new ArrayList<>();
        Pair.byRun(gate.runs())
                .forEach(
                        (spec, pairs) ->
                                runs.add(
                                        new Run(
                                                spec,
                                                pairs.stream()
                                                        .map(GateRecording::figures)
                                                        .toList())));
        return new GateRecording(List.of(facts), runs);
    }

    private static long[] figures(final Pair pair) {
        final List<PhaseResult> phases = new ArrayList<>(pair.baseline().phases());
        phases.addAll(pair.candidate().phases());
        final long[] row = new long[FIGURES * phases.size()];
        int at = 0;
        for (final PhaseResult phase : phases) {
            row[at++] = phase.all().p99();
            row[at++] = phase.durationNs();
            row[at++] = phase.received();
        }
        return row;
    }

    /**
     * @param recordings of several gates.
     * @return one that holds all of them.
     */
    public static GateRecording pooled(final List<GateRecording> recordings) {
        final Map<RunSpec, List<long[]>> pairs = new LinkedHashMap<>();
        for (final GateRecording recording : recordings) {
            for (final Run run : recording.runs) {
                pairs.computeIfAbsent(run.spec(), spec -> new ArrayList<>()).addAll(run.pairs());
            }
        }
        final List<Run> runs = new ArrayList<>();
        pairs.forEach((spec, own) -> runs.add(new Run(spec, own)));
        return new GateRecording(
                recordings.stream().flatMap(recording -> recording.gates.stream()).toList(), runs);
    }

    /**
     * @param file to write.
     */
    public void write(final Path file) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("schema", SCHEMA);
        map.put("gates", gates);
        map.put("runs", runs.stream().map(Run::toMap).toList());
        JsonFile.write(file, map);
    }

    /**
     * @return a result for each fork, of the builds {@code before} and {@code this}, with those
     *     figures that the gate compares; all others are 0.
     */
    public List<RunResult> results() {
        final List<RunResult> results = new ArrayList<>();
        for (final Run run : runs) {
            for (int fork = 0; fork < run.pairs().size(); fork++) {
                final long[] row = run.pairs().get(fork);
                results.add(result(run.spec(), BEFORE, fork, row, 0));
                results.add(result(run.spec(), Build.THIS, fork, row, row.length / 2));
            }
        }
        return results;
    }

    private static RunResult result(
            final RunSpec spec,
            final String build,
            final int fork,
            final long[] row,
            final int offset) {
        final List<PhaseResult> phases = new ArrayList<>();
        int at = offset;
        for (final Phase phase : spec.phases()) {
            phases.add(phase(phase, row[at], row[at + 1], row[at + 2]));
            at += FIGURES;
        }
        return new RunResult(spec, build, fork, "", "", phases, null, List.of(), null);
    }

    private static PhaseResult phase(
            final Phase phase, final long p99, final long durationNs, final long received) {
        return new PhaseResult(
                phase.label(),
                phase.loop().label(),
                phase.rate(),
                0,
                durationNs,
                received,
                received,
                received,
                0,
                0,
                null,
                Map.of(
                        PhaseResult.ALL,
                        new LatencySummary(received, 0, 0, 0, 0, p99, 0, 0, 0, List.of())),
                null,
                List.of(),
                List.of(),
                List.of());
    }
}
