package io.stoat.bench.rig;

import static io.stoat.bench.rig.ScriptedTarget.reads;
import static io.stoat.bench.rig.ScriptedTarget.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.Outcome;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rig makes of answers: missing, wrong, or where none may be. */
class LoadRigAnswersTest {
    @TempDir private Path dir;

    static Stream<Target> embedded() {
        return Targets.all().stream()
                .filter(target -> target.nodeLauncher() == null && target.absence() == null);
    }

    @ParameterizedTest
    @MethodSource("embedded")
    void shouldPutEveryKindOfOperationOnEmbeddedTargets(final Target target) {
        final Map<String, Object> mix = Workload.ycsb('a').withKeys(300).toMap();
        mix.put("readPercent", 30);
        mix.put("updatePercent", 20);
        mix.put("insertPercent", 20);
        mix.put("scanPercent", 10);
        mix.put("rmwPercent", 20);
        final Workload workload = Workload.of(mix).withMisses(20).withValueLength(64);
        final int clients = Math.min(2, target.maxClients());
        final PhaseResult result;
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            result = run(scratch.path(), target, workload, clients, Phase.closed(200)).get(0);
        }
        assertNull(result.problem());
        assertEquals(result.sent(), result.received());
        assertTrue(result.ok() > 0);
        assertEquals(result.received(), result.all().count());
    }

    @Test
    void shouldFailWhenAnAnswerIsMissing() {
        final Target target =
                new ScriptedTarget(
                        inFlight ->
                                new ScriptedTarget.Answers(inFlight) {
                                    @Override
                                    int outcome() {
                                        return count == 10 ? -1 : Outcome.OK;
                                    }
                                });
        // a window of two, so that the loop goes on without the answer that never comes
        final PhaseResult result = run(dir, target, reads(), 1, Phase.window(2, 20)).get(0);
        assertEquals(result.sent(), result.received() + 1);
        assertTrue(result.problem().startsWith("sent "), result.problem());
    }

    @Test
    void shouldFailWhenAnAnswerIsWrong() {
        assertEquals("1 reads returned a wrong value", problemOf(Outcome.WRONG));
        assertEquals("1 reads missed a value that was written", problemOf(Outcome.MISS));
        assertEquals("1 operations failed", problemOf(Outcome.FAILED));
    }

    private String problemOf(final int outcome) {
        final Target target =
                new ScriptedTarget(
                        inFlight ->
                                new ScriptedTarget.Answers(inFlight) {
                                    @Override
                                    int outcome() {
                                        return count == 3 ? outcome : Outcome.OK;
                                    }
                                });
        final List<PhaseResult> results =
                run(dir, target, reads(), 1, Phase.closed(20), Phase.closed(20));
        assertEquals(1, results.size(), "a phase that failed ends the run");
        return results.get(0).problem();
    }

    @Test
    void shouldCountAFoundValueAsWrongWhereNoneMayBe() {
        final Target target = new ScriptedTarget(ScriptedTarget.Answers::new);
        final PhaseResult result =
                run(dir, target, reads().withMisses(100), 1, Phase.closed(20)).get(0);
        assertEquals(result.received() + " reads returned a wrong value", result.problem());
    }
}
