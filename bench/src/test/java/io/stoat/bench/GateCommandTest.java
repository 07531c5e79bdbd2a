package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.gate.ThrowAwayRepository;
import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.GateRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The gate as a command: what it says is its exit code. */
class GateCommandTest {
    /** So few can show a change at the level of two comparisons. */
    private static final int FORKS = 4;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path dir;

    private int gate(final Path baseline, final String target, final String... more) {
        out.getBuffer().setLength(0);
        final CommandLine command =
                new CommandLine(new BenchCommand())
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true));
        final List<String> args =
                new java.util.ArrayList<>(
                        List.of(
                                "gate",
                                "--against=" + baseline,
                                "--targets=" + target,
                                "--seconds=0.1",
                                "--keys=1000",
                                "--least-forks=3",
                                "--forks=" + FORKS,
                                "--pin=off"));
        args.addAll(List.of(more));
        return command.execute(args.toArray(String[]::new));
    }

    /** A result of the gate in which every operation took so long. */
    private Path baseline(final String target, final int forks, final long ns) {
        final RunSpec spec = GateRuns.of(null, List.of(target), 100, "off", 0).get(0);
        final Path file = dir.resolve(target + ns + ".json");
        new ResultFile(
                        "gate",
                        ResultFile.now(),
                        true,
                        false,
                        Map.of("cpu", "another one"),
                        Map.of(),
                        IntStream.range(0, forks)
                                .mapToObj(fork -> run(spec, fork, ns + fork))
                                .toList())
                .write(file);
        return file;
    }

    private static RunResult run(final RunSpec spec, final int fork, final long ns) {
        final Histogram histogram = new Histogram(3);
        histogram.recordValue(ns);
        final Phase phase = spec.phases().get(0);
        return new RunResult(
                spec,
                Build.THIS,
                fork,
                "1",
                "",
                List.of(
                        new PhaseResult(
                                phase.label(),
                                phase.loop().label(),
                                0,
                                0,
                                1_000 * ns,
                                1_000,
                                1_000,
                                1_000,
                                0,
                                0,
                                null,
                                Map.of(PhaseResult.ALL, LatencySummary.of(histogram)),
                                null,
                                List.of(),
                                List.of(),
                                List.of())),
                null,
                List.of(),
                null);
    }

    @Test
    void shouldPassWhatIsFasterAndCatchWhatIsPlanted() {
        final Path slow = baseline("stoat-embedded", FORKS, 1_000_000_000);
        final Path first = dir.resolve("first");
        assertEquals(0, gate(slow, "stoat-embedded", "--out=" + first), out.toString() + err);
        assertTrue(out.toString().contains("BETTER"), out.toString());
        assertTrue(out.toString().contains("WARNING: the baseline was taken with cpu=another one"));
        assertTrue(out.toString().contains("WARNING: the baseline was taken with flags="));
        assertTrue(out.toString().contains("WARNING: the baseline was taken with keys=100000"));
        assertEquals(
                1,
                gate(
                        first.resolve("result.json"),
                        "stoat-embedded",
                        "--plant=2000",
                        "--out=" + dir.resolve("planted")),
                out.toString() + err);
        assertFalse(out.toString().contains("WARNING: the baseline was taken with keys"));
        assertTrue(out.toString().contains("WORSE"), out.toString());
        assertTrue(out.toString().contains("NOT PASSED"), out.toString());
    }

    @Test
    void shouldRunACommitAndThisBuildInTurns() throws IOException {
        final ThrowAwayRepository repository =
                new ThrowAwayRepository(dir.resolve("home")).withFlagsOfThisJvm().commit("first");
        final Path result = dir.resolve("out");
        final int code =
                gateOf(repository)
                        .execute(
                                "--against=HEAD",
                                "--targets=none",
                                "--seconds=0.1",
                                "--keys=1000",
                                "--least-forks=3",
                                "--forks=3",
                                "--level=0.4",
                                "--pin=off",
                                "--out=" + result);
        final ResultFile file = ResultFile.read(result.resolve("result.json"));
        assertEquals(List.of(), file.failures());
        final String commit = file.runs().get(0).build();
        assertTrue(commit.matches("HEAD@[0-9a-f]{12}"), commit);
        assertEquals(
                List.of(commit, "this", "this", commit, commit, "this"),
                file.runs().stream().map(RunResult::build).toList());
        // what it says of nothing at all is the host's
        assertTrue(Set.of(0, 1, GateCommand.INCONCLUSIVE).contains(code), out + " " + err);
        assertTrue(out.toString().contains("none ycsb-a 128B x1 closed"), out.toString());
        assertFalse(out.toString().contains("not compared"), out.toString());
        assertFalse(out.toString().contains("NOTE"), out.toString());
        assertEquals(1, repository.workTrees());
    }

    @Test
    void shouldNameWhatTheCommitLacksAndWhatIsNotCommitted() throws IOException {
        final ThrowAwayRepository repository =
                new ThrowAwayRepository(dir.resolve("home")).withFlagsOfThisJvm().commit("first");
        repository.withFlags("-Xint");
        assertEquals(
                GateCommand.INCONCLUSIVE,
                gateOf(repository)
                        .execute(
                                "--against=HEAD",
                                "--targets=stoat-ipc",
                                "--out=" + dir.resolve("out")),
                out + " " + err);
        assertTrue(
                out.toString()
                        .contains("not compared: single-node stoat-ipc, HEAD has no such target"),
                out.toString());
        assertTrue(
                out.toString()
                        .contains(
                                "NOTE: this work tree has uncommitted changes (ops/jvm.options):"),
                out.toString());
    }

    @Test
    void shouldRefuseAReferenceThatIsNone() throws IOException {
        final ThrowAwayRepository repository =
                new ThrowAwayRepository(dir.resolve("home")).commit("first");
        assertEquals(2, gateOf(repository).execute("--against=v7", "--targets=none"));
        assertTrue(err.toString().contains("v7 is neither a file nor a branch"), err.toString());
    }

    private CommandLine gateOf(final ThrowAwayRepository repository) {
        return new CommandLine(
                        new GateCommand(repository.home(), ThrowAwayRepository::buildOfThisJvm))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }

    @Test
    void shouldNotPassWhatTheBaselineLacks() {
        final Path other = baseline("memcpy", 1, 1_000);
        assertEquals(
                GateCommand.INCONCLUSIVE,
                gate(other, "none", "--out=" + dir.resolve("out")),
                out.toString() + err);
        assertTrue(
                out.toString().contains("none ycsb-a 128B x1 closed: not compared"),
                out.toString());
        assertTrue(out.toString().contains("INCONCLUSIVE"), out.toString());
    }

    @Test
    void shouldRefuseWhatIsNoBaseline() {
        final Path nothing = dir.resolve("nothing.json");
        assertEquals(2, gate(nothing, "none"), "neither a file nor a reference");
        assertEquals(2, gate(baseline("none", 1, 1), "none", "--forks=2"));
        assertEquals(2, gate(baseline("none", 1, 1), "none", "--turns=501"));
    }
}
