package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.scenario.Repetitions;
import io.stoat.bench.scenario.Runner;
import io.stoat.bench.target.Target;
import io.stoat.bench.workload.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds whose processes go on in turns. */
class TurnsTest {
    private final List<Process> processes = new ArrayList<>();

    @TempDir private Path dir;

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (final Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process sleeper() throws IOException {
        final Process process = new ProcessBuilder("sleep", "600").start();
        processes.add(process);
        return process;
    }

    private static boolean isStopped(final Process process) {
        try {
            final String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
        } catch (final IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static void await(final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "it did not come to that");
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldStopOneSideWhileTheOtherRuns() throws Exception {
        final Process left = sleeper();
        final Process right = sleeper();
        try (Turns turns = new Turns(2, 20)) {
            turns.join(0, left.pid());
            turns.join(1, right.pid());
            for (int i = 0; i < 3; i++) {
                await(() -> isStopped(left));
                await(() -> isStopped(right));
            }
        }
        assertFalse(isStopped(left) || isStopped(right), "all run in the end");
    }

    @Test
    void shouldLetAProcessRunThatLeft() throws Exception {
        final Process left = sleeper();
        final Process right = sleeper();
        try (Turns turns = new Turns(2, 5)) {
            turns.join(0, left.pid());
            turns.join(1, right.pid());
            await(() -> isStopped(left));
            turns.leave(0, left.pid());
            await(() -> !isStopped(left));
            for (int i = 0; i < 5; i++) {
                await(() -> isStopped(right));
                assertFalse(isStopped(left));
                await(() -> !isStopped(right));
            }
        }
    }

    @Test
    void shouldMeasureTwoBuildsInTurns() {
        final Build one = Build.current();
        final Build other = new Build("other", one.classPath(), one.jvmOptions());
        final RunSpec spec =
                new RunSpec(
                        "test",
                        "stoat-ipc",
                        Workload.ycsb('a').withKeys(100),
                        1,
                        List.of(Phase.closed(150)),
                        50,
                        50,
                        "",
                        "off",
                        Map.of());
        assertTrue(spec.canTakeTurns());
        final StringWriter out = new StringWriter();
        final ResultFile result =
                new Runner("gate", dir, false, new PrintWriter(out, true))
                        .turns(20)
                        .run(List.of(spec), List.of(other, one), Repetitions.fixed(2));
        assertEquals(4, result.runs().size(), out.toString());
        assertEquals(
                List.of("other", "this", "this", "other"),
                result.runs().stream().map(RunResult::build).toList());
        for (final RunResult run : result.runs()) {
            assertNull(run.failure());
            final PhaseResult phase = run.phases().get(0);
            assertEquals(phase.sent(), phase.received());
            // half of a phase that takes twice as long
            assertTrue(phase.durationNs() >= TimeUnit.MILLISECONDS.toNanos(150));
        }
    }

    @Test
    void shouldNotStopClustersNorLoadsThatFollowTheClock() {
        final RunSpec cluster =
                new RunSpec(
                        "test",
                        "cluster",
                        Workload.named("update"),
                        1,
                        List.of(Phase.closed(10)),
                        0,
                        50,
                        "",
                        "off",
                        Map.of());
        assertFalse(cluster.canTakeTurns());
        final RunSpec open =
                new RunSpec(
                        "test",
                        "stoat-ipc",
                        Workload.named("update"),
                        1,
                        List.of(Phase.open(10, 10)),
                        0,
                        50,
                        "",
                        "off",
                        Map.of());
        assertFalse(open.canTakeTurns());
        assertFalse(
                open.withEvents(List.of(new PlannedEvent(0.5, Target.Event.SNAPSHOT)))
                        .canTakeTurns());
    }
}
