package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.scenario.ScenarioRunsTest;
import io.stoat.bench.target.NodeLauncher;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The switch "routing by connection" switches something: without it, commands are handed on. */
class RoutingSwitchTest {
    private static final String FORWARDED = "forwarded ";

    @TempDir private Path dir;

    private static RunSpec switchRun(final boolean routing) {
        return ScenarioRunsTest.switches().stream()
                .filter(run -> String.valueOf(routing).equals(run.options().get("routing")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldDifferInNothingElse() {
        assertEquals(switchRun(true).withoutOptions(), switchRun(false).withoutOptions());
        assertEquals("2", switchRun(true).options().get("write-agents"));
        assertEquals("2", switchRun(false).options().get("write-agents"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandCommandsOnOnlyWithoutRouting(final boolean routing) throws Exception {
        final Target target = Targets.named("stoat-ipc");
        final NodeLauncher launcher = target.nodeLauncher();
        final String address = launcher.newAddress();
        final RunContext context =
                new RunContext(
                        Workload.ycsb('a').withKeys(200),
                        1,
                        dir,
                        address,
                        switchRun(routing).options(),
                        false);
        final CountDownLatch ready = new CountDownLatch(1);
        try (ChildProcess node =
                new ChildProcess(
                        Build.current()
                                .command(launcher.command(context, address, "off"), List.of()),
                        20_000,
                        line -> {
                            if (launcher.isReady(context, address, line)) {
                                ready.countDown();
                            }
                        })) {
            assertTrue(ready.await(2, TimeUnit.MINUTES), node.output());
            final PhaseResult result = load(target, context);
            assertNull(result.problem());
            node.endInput();
            assertTrue(node.awaitEnd(60_000), "the node did not end");
            final long forwarded = forwarded(node.finalOutput());
            assertTrue(routing ? forwarded == 0 : forwarded > 0, forwarded + " handed on");
        }
    }

    private static PhaseResult load(final Target target, final RunContext context) {
        final RunSpec spec =
                new RunSpec(
                        "test",
                        target.name(),
                        context.workload(),
                        1,
                        List.of(Phase.closed(100)),
                        0,
                        50,
                        "",
                        "off",
                        context.options());
        final List<PhaseResult> results = new ArrayList<>();
        new LoadRig(target, spec, context, null, results::add, text -> {}).run();
        return results.get(0);
    }

    private static long forwarded(final String output) {
        return output.lines()
                .filter(line -> line.startsWith(FORWARDED))
                .mapToLong(line -> Long.parseLong(line.substring(FORWARDED.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("it did not say: " + output));
    }
}
