package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events of a phase: caused at their time, marked with their end. */
class LoadRigEventsTest {
    private static final HistogramLogWriter LOG =
            new HistogramLogWriter(new PrintStream(OutputStream.nullOutputStream()));

    @TempDir private Path dir;

    private List<PhaseResult> run(
            final Target target,
            final double share,
            final Target.Event event,
            final Phase... phases) {
        return ScriptedTarget.run(
                dir,
                target,
                Workload.named("update").withKeys(10),
                1,
                LOG,
                List.of(new PlannedEvent(share, event)),
                phases);
    }

    @Test
    void shouldMarkWhatHappensOnTheTimeSeries() {
        final boolean[] caused = {false};
        final Target target =
                new ScriptedTarget(
                        ScriptedTarget.Answers::new,
                        event -> {
                            assertEquals(Target.Event.SNAPSHOT, event);
                            caused[0] = true;
                            return () -> true;
                        });
        final PhaseResult result =
                run(target, 0.3, Target.Event.SNAPSHOT, Phase.closed(10), Phase.closed(400)).get(1);
        assertTrue(caused[0]);
        assertEquals(List.of("snapshot", "snapshot done"), names(result));
        assertTrue(result.events().get(0).seconds() >= 0.12, result.events().toString());
    }

    @Test
    void shouldMarkTheFirstWriteThatIsDueAfterAKillAndAcknowledged() {
        final AtomicBoolean down = new AtomicBoolean();
        final Target target =
                new ScriptedTarget(
                        inFlight ->
                                new ScriptedTarget.Answers(inFlight) {
                                    @Override
                                    public int poll() {
                                        return down.get() ? 0 : super.poll();
                                    }
                                },
                        event -> {
                            down.set(true);
                            final long endNs = System.nanoTime() + 100_000_000;
                            return () -> {
                                if (System.nanoTime() - endNs > 0) {
                                    down.set(false);
                                }
                                return !down.get();
                            };
                        });
        final PhaseResult result =
                run(target, 0.2, Target.Event.KILL_LEADER, Phase.open(1_000, 600)).get(0);
        assertNull(result.problem());
        assertTrue(names(result).containsAll(List.of("kill", "rejoined")), names(result) + "");
        final double killed = seconds(result, "kill");
        final double written = seconds(result, PhaseResult.FIRST_WRITE);
        assertTrue(written - killed >= 0.09, killed + " to " + written);
        // what was due while nobody answered is charged with the wait
        assertTrue(result.all().max() >= 90_000_000, "max " + result.all().max());
        final Path file = dir.resolve("phase.json");
        JsonFile.write(file, result.toMap());
        assertEquals(names(result), names(PhaseResult.of(JsonFile.read(file))));
    }

    @Test
    void shouldRefuseAnEventThatTheTargetDoesNotKnow() {
        final IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                ScriptedTarget.run(
                                        dir,
                                        Targets.named("none"),
                                        Workload.named("update").withKeys(10),
                                        1,
                                        LOG,
                                        List.of(new PlannedEvent(0, Target.Event.SNAPSHOT)),
                                        Phase.closed(50)));
        assertTrue(refusal.getMessage().contains("snapshot"), refusal.getMessage());
    }

    private static List<String> names(final PhaseResult result) {
        return result.events().stream().map(PhaseResult.Event::name).toList();
    }

    private static double seconds(final PhaseResult result, final String name) {
        return result.events().stream()
                .filter(event -> event.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no mark " + name))
                .seconds();
    }
}
