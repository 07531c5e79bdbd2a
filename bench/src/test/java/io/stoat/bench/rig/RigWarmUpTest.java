package io.stoat.bench.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rig does not measure before the compilers are done, and not for ever before. */
class RigWarmUpTest {
    private static final int ROUND_MS = 20;

    @TempDir private Path dir;

    /** Rounds of a warm-up whose compilers take so much of each of the first rounds. */
    private long rounds(final LongSupplier compiledMs) {
        final Target target = new ScriptedTarget(ScriptedTarget.Answers::new);
        final RunSpec spec =
                new RunSpec(
                        "test",
                        target.name(),
                        ScriptedTarget.reads(),
                        1,
                        List.of(Phase.closed(10)),
                        RunSpec.LEAST_WARM_UP_ROUNDS * ROUND_MS,
                        50,
                        "",
                        "off",
                        Map.of());
        final List<PhaseResult> results = new ArrayList<>();
        final List<String> progress = new ArrayList<>();
        new LoadRig(
                        target,
                        spec,
                        new RunContext(spec.workload(), 1, dir, "", Map.of(), false),
                        null,
                        results::add,
                        progress::add)
                .compiledMs(compiledMs)
                .run();
        assertEquals(1, results.size(), "rounds do not count");
        return progress.stream().filter(text -> text.startsWith("warm-up")).count();
    }

    @Test
    void shouldWarmUpUntilTheCompilersAreIdle() {
        assertEquals(RunSpec.LEAST_WARM_UP_ROUNDS, rounds(() -> 0));
        final AtomicLong looks = new AtomicLong();
        // a look before and one after each round; after four rounds the time stands still
        assertEquals(5, rounds(() -> Math.min(looks.incrementAndGet(), 8) * 1_000_000));
    }

    @Test
    void shouldNotWarmUpForEver() {
        final AtomicLong looks = new AtomicLong();
        assertEquals(
                RunSpec.MOST_WARM_UP_ROUNDS, rounds(() -> looks.incrementAndGet() * 1_000_000));
    }

    @Test
    void shouldTellWhatTheCompilersOfAProcessTook() {
        final CompilerClock clock = new CompilerClock(ProcessHandle.current().pid());
        final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        for (long took = clock.compiledMs(); took == 0; took = clock.compiledMs()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "the compilers took no time");
            rounds(() -> 0);
        }
        assertEquals(0, new CompilerClock(Long.MAX_VALUE).compiledMs(), "nobody has this id");
    }
}
