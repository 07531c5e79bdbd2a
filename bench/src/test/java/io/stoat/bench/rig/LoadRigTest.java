package io.stoat.bench.rig;

import static io.stoat.bench.rig.ScriptedTarget.reads;
import static io.stoat.bench.rig.ScriptedTarget.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.target.Outcome;
import io.stoat.bench.target.RunContext;
import io.stoat.bench.target.Target;
import io.stoat.bench.target.Targets;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.Workload;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.HistogramLogReader;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loops, and what is recorded of them. */
class LoadRigTest {
    @TempDir private Path dir;

    @Test
    void shouldChargeAStallToEveryOperationThatItDelayed() {
        final long stallNs = TimeUnit.MILLISECONDS.toNanos(200);
        final Target target =
                new ScriptedTarget(
                        inFlight ->
                                new ScriptedTarget.Answers(inFlight) {
                                    @Override
                                    int outcome() {
                                        if (count == 100) {
                                            final long end = System.nanoTime() + stallNs;
                                            while (System.nanoTime() - end < 0) {
                                                LockSupport.parkNanos(end - System.nanoTime());
                                            }
                                        }
                                        return Outcome.OK;
                                    }
                                });
        // long enough for the loop to go on after the stall on a host that stalls by itself, too
        final PhaseResult result = run(dir, target, reads(), 1, Phase.open(1_000, 2_500)).get(0);
        assertNull(result.problem());
        assertEquals(2_500, result.sent() + result.unsent(), 1);
        // 200 operations were due while it stalled: a closed loop would have shown one of them
        assertTrue(result.all().max() >= stallNs, "max " + result.all().max());
        final double lateShare = 100 - percentileBelow(result, TimeUnit.MILLISECONDS.toNanos(50));
        final double expected = 100.0 * (150 - result.unsent()) / result.received();
        assertTrue(lateShare >= expected * 0.9 - 0.5, lateShare + " % late, not " + expected);
        assertTrue(result.delays().max() >= stallNs * 9 / 10, "the loop was late, and says so");
    }

    private static double percentileBelow(final PhaseResult result, final long ns) {
        double below = 0;
        for (final double[] point : result.all().curve()) {
            if (point[1] <= ns) {
                below = point[0];
            }
        }
        return below;
    }

    @Test
    void shouldSayThatATargetCannotKeepUp() {
        final Target target =
                new ScriptedTarget(
                        inFlight ->
                                new ScriptedTarget.Answers(inFlight) {
                                    @Override
                                    public boolean offer(
                                            final Operation operation, final int slot) {
                                        LockSupport.parkNanos(1_000_000);
                                        return super.offer(operation, slot);
                                    }
                                });
        final PhaseResult result = run(dir, target, reads(), 1, Phase.open(100_000, 100)).get(0);
        assertNull(result.problem());
        assertTrue(result.isSaturated());
        assertEquals(10_000, result.sent() + result.unsent(), 2);
    }

    @Test
    void shouldShareTheRateBetweenClients() {
        final Target target = new ScriptedTarget(ScriptedTarget.Answers::new);
        final PhaseResult result = run(dir, target, reads(), 3, Phase.open(2_000, 300)).get(0);
        assertNull(result.problem());
        assertEquals(600, result.sent() + result.unsent(), 3);
    }

    @Test
    void shouldKeepNoMoreThanTheWindowInFlight() {
        final int[] most = {0};
        final Target target =
                new ScriptedTarget(
                        inFlight ->
                                new ScriptedTarget.Answers(inFlight) {
                                    @Override
                                    public int poll() {
                                        most[0] = Math.max(most[0], inFlight.size());
                                        return super.poll();
                                    }
                                });
        run(dir, target, reads(), 1, Phase.window(8, 30));
        assertEquals(8, most[0]);
        most[0] = 0;
        run(dir, target, reads(), 1, Phase.closed(30));
        assertEquals(1, most[0]);
    }

    @Test
    void shouldReplayTradesAtAMultipleOfTheirPace() throws Exception {
        final Path tape = dir.resolve("trades.csv");
        final StringBuilder csv = new StringBuilder("Time,Price,Volume\n");
        for (int i = 0; i < 100; i++) {
            csv.append(String.format("09:30:%02d.%03d,%d,%d%n", i / 10, i % 10 * 100, 100 + i, i));
        }
        Files.writeString(tape, csv.toString());
        final RunSpec spec =
                new RunSpec(
                        "test",
                        "none",
                        Workload.replay().withKeys(4),
                        1,
                        List.of(Phase.replay(100, 100), Phase.closed(20)),
                        0,
                        50,
                        tape.toString(),
                        "off",
                        Map.of());
        final List<PhaseResult> results = new ArrayList<>();
        new LoadRig(
                        Targets.named("none"),
                        spec,
                        new RunContext(spec.workload(), 1, dir, "", Map.of(), false),
                        null,
                        results::add,
                        text -> {})
                .run();
        // 9.9 s of trades, a hundred times as fast: all 100 are due in 99 ms
        assertEquals(100, results.get(0).sent() + results.get(0).unsent());
        assertTrue(results.get(1).sent() > 0);
    }

    @Test
    void shouldLogWhatItRecorded() throws Exception {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final HistogramLogWriter log = new HistogramLogWriter(new PrintStream(bytes));
        log.outputLogFormatVersion();
        log.outputLegend();
        final PhaseResult result =
                run(
                                dir,
                                Targets.named("none"),
                                Workload.ycsb('a').withKeys(100),
                                1,
                                log,
                                List.of(),
                                Phase.closed(200))
                        .get(0);
        final HistogramLogReader reader =
                new HistogramLogReader(new java.io.ByteArrayInputStream(bytes.toByteArray()));
        final org.HdrHistogram.Histogram total = new org.HdrHistogram.Histogram(3);
        total.setAutoResize(true);
        while (reader.hasNext()) {
            total.add((org.HdrHistogram.Histogram) reader.nextIntervalHistogram());
        }
        assertEquals(result.received(), total.getTotalCount());
        assertEquals(
                result.all().p99(),
                total.getValueAtPercentile(99),
                total.getValueAtPercentile(99) * 0.01);
        assertFalse(result.series().isEmpty());
    }

    @Test
    void shouldComeBackFromJson() {
        final PhaseResult result =
                run(
                                dir,
                                Targets.named("none"),
                                Workload.ycsb('a').withKeys(100),
                                1,
                                Phase.open(5_000, 100))
                        .get(0);
        final Map<String, Object> map = result.toMap();
        final PhaseResult back = PhaseResult.of(map(io.stoat.bench.result.JsonFile.text(map)));
        assertEquals(
                io.stoat.bench.result.JsonFile.text(map),
                io.stoat.bench.result.JsonFile.text(back.toMap()));
        assertNotNull(back.delays());
    }

    private static Map<String, Object> map(final String json) {
        try {
            return com.fasterxml.jackson.jr.ob.JSON.std.mapFrom(json);
        } catch (final java.io.IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }

    @Test
    void shouldRefuseAPhaseThatNeedsAThroughputItDoesNotHave() {
        final IllegalArgumentException refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                run(
                                        dir,
                                        Targets.named("none"),
                                        reads(),
                                        1,
                                        Phase.openAtShare(0.5, 10)));
        assertTrue(refusal.getMessage().contains("needs a closed or window phase"));
    }
}
