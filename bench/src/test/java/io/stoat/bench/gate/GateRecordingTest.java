package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.GateRuns;
import io.stoat.bench.scenario.Repetitions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of a gate is small, and a rehearsal draws the same from it. */
class GateRecordingTest {
    private static final int FORKS = 40;
    private static final int TRIALS = 20;
    private static final Criteria CRITERIA =
            new Criteria(0.05, 0.03, 0.1, AdaptiveForks.looks(8, 27).size());

    @TempDir private Path dir;

    private static ResultFile gate(final List<RunResult> runs) {
        return new ResultFile(
                "gate",
                "2026-01-02T03:04:05Z",
                true,
                false,
                Map.of("cpu", "a CPU"),
                Map.of(),
                runs);
    }

    private static List<RunResult> simulated() {
        final SimulatedHost host = new SimulatedHost(3, 1.03, 0, 0.06);
        host.run(Repetitions.fixed(FORKS));
        return Stream.concat(host.of("main").stream(), host.of(Build.THIS).stream()).toList();
    }

    private GateRecording kept(final ResultFile gate) {
        final Path file = dir.resolve("kept.json");
        GateRecording.of(gate).write(file);
        return GateRecording.read(file);
    }

    private static Map<Gate.Outcome, Integer> outcomes(
            final List<RunResult> runs, final double planted) {
        return new Rehearsal(List.of(runs), CRITERIA, 8, 27)
                .planted(planted)
                .outcomes(TRIALS, true, 5);
    }

    @Test
    void shouldLetARehearsalDrawTheSame() {
        final List<RunResult> runs = simulated();
        final GateRecording kept = kept(gate(runs));
        assertEquals(List.of("main", Build.THIS), kept.gates().get(0).get("builds"));
        assertEquals(Map.of("cpu", "a CPU"), kept.gates().get(0).get("environment"));
        assertEquals(outcomes(runs, 0), outcomes(kept.results(), 0));
        assertEquals(outcomes(runs, 0.1), outcomes(kept.results(), 0.1));
    }

    @Test
    void shouldBeSmallForEveryRunOfTheGate() throws Exception {
        final List<RunResult> runs = new ArrayList<>();
        for (final RunSpec spec : GateRuns.of(null, null, 1_000, null, 0)) {
            final RunResult one = simulated().get(0);
            final List<PhaseResult> phases =
                    spec.phases().stream().map(phase -> one.phases().get(0)).toList();
            for (int fork = 0; fork < FORKS; fork++) {
                for (final String build : List.of("main", Build.THIS)) {
                    runs.add(
                            new RunResult(
                                    spec, build, fork, "1", "", phases, null, List.of(), null));
                }
            }
        }
        final GateRecording kept = kept(gate(runs));
        assertEquals(7, kept.runs().size());
        assertEquals(FORKS, kept.runs().get(6).pairs().size());
        final long bytes = Files.size(dir.resolve("kept.json"));
        assertTrue(bytes < 60_000, bytes + " bytes");
    }

    @Test
    void shouldLeaveOutWhatFailedAndWhatHasNoCounterpart() {
        final List<RunResult> runs = new ArrayList<>(simulated());
        runs.set(0, runs.get(0).failed("on purpose"));
        runs.remove(runs.size() - 1);
        assertEquals(
                3 * FORKS - 2,
                kept(gate(runs)).runs().stream().mapToInt(run -> run.pairs().size()).sum());
    }

    @Test
    void shouldPoolGates() {
        final GateRecording kept = kept(gate(simulated()));
        final GateRecording two = GateRecording.pooled(List.of(kept, kept));
        assertEquals(2, two.gates().size());
        assertEquals(3, two.runs().size());
        assertEquals(2 * FORKS, two.runs().get(0).pairs().size());
    }

    @Test
    void shouldReadAResultToo() {
        final Path file = dir.resolve("result.json");
        gate(simulated()).write(file);
        assertEquals(FORKS, GateRecording.read(file).runs().get(0).pairs().size());
    }

    @Test
    void shouldNameTheFileThatIsDamaged() throws Exception {
        final Path file = dir.resolve("kept.json");
        GateRecording.of(gate(simulated())).write(file);
        Files.writeString(file, Files.readString(file).replaceFirst("\"pairs\":\\[\\[", "$0 1,"));
        final String message =
                assertThrows(IllegalArgumentException.class, () -> GateRecording.read(file))
                        .getMessage();
        assertTrue(
                message.contains("kept.json is damaged") && message.contains("7 figures, not 6"),
                message);
    }
}
