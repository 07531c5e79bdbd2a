package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Node and load in JVMs of their own. */
class ForkTest {
    @TempDir private Path dir;

    private RunResult run(final RunSpec spec) {
        return new Fork(spec, Build.current(), 2, text -> {}).run(dir.resolve("run.json"));
    }

    private static RunSpec spec(
            final String target, final Workload workload, final Phase... phases) {
        return new RunSpec(
                "test", target, workload, 1, List.of(phases), 50, 50, "", "off", Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stoat-view",
                "stoat-udp",
                "stoat-ipc-pipelined",
                "aeron-echo-udp",
                "redis",
                "memcached"
            })
    void shouldMeasureATargetWithANodeOfItsOwn(final String name) {
        final Target target = Targets.named(name);
        Assumptions.assumeTrue(target.absence() == null, target.absence());
        final Workload workload = Workload.ycsb('b').withKeys(200);
        final RunResult result =
                run(spec(name, workload, Phase.closed(100), Phase.openAtShare(0.2, 500)));
        assertNull(result.failure());
        assertEquals(2, result.phases().size());
        for (final PhaseResult phase : result.phases()) {
            assertEquals(phase.sent(), phase.received());
            assertTrue(phase.received() > 0, name + " " + phase.label());
        }
        assertEquals(2, result.fork());
        assertTrue(Files.exists(dir.resolve(result.log())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "memcpy", "stoat-view"})
    void shouldHoldAMillionKeys(final String name) {
        final RunResult result =
                run(
                        spec(
                                name,
                                Workload.ycsb('c').withKeys(1_000_000).withValueLength(16),
                                Phase.closed(100)));
        assertNull(result.failure());
        assertTrue(result.phases().get(0).received() > 0);
    }

    @Test
    void shouldGiveALoadOfManyKeysMoreTime() {
        assertEquals(30 * 60_000, Loader.limitMs(1_000, 900_000));
        // etcd: two and a half hours on a quiet host
        assertEquals(10 * 9_000_000L, Loader.limitMs(10_000_000, 900_000));
    }

    @Test
    void shouldReportANodeThatDoesNotStart() {
        final RunResult result =
                run(
                        new RunSpec(
                                "test",
                                "stoat-ipc",
                                Workload.ycsb('c').withKeys(100),
                                1,
                                List.of(Phase.closed(10)),
                                0,
                                50,
                                "",
                                "off",
                                Map.of("shards", "0")));
        assertTrue(result.failure().contains("shardCount=0"), result.failure());
    }
}
