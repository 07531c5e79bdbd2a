package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ProcessFacts;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.Repetitions;
import io.stoat.bench.scenario.Runner;
import io.stoat.bench.workload.Workload;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ScenarioCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(final String... args) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldWriteResultLogsAndReport(@TempDir final Path dir) {
        assertEquals(
                0,
                execute(
                        "single-node",
                        "--quick",
                        "--targets=none",
                        "--seconds=0.05",
                        "--rates=1000",
                        "--keys=100",
                        "--forks=2",
                        "--out=" + dir),
                out.toString() + err);
        final ResultFile result = ResultFile.read(dir.resolve("result.json"));
        assertTrue(result.complete());
        assertEquals(2, result.runs().size());
        assertEquals(2, result.runs().get(1).phases().size());
        assertTrue(Files.exists(dir.resolve("runs").resolve(result.runs().get(0).log())));
        assertTrue(Files.exists(dir.resolve("report.html")));
        assertTrue(result.environment().get("kernel").toString().startsWith("Linux"));
        assertTrue(out.toString().contains("[2/2]"), out.toString());
    }

    @Test
    void shouldMeasureThreeRealMembers(@TempDir final Path dir) {
        assertEquals(
                0,
                execute(
                        "three-node",
                        "--quick",
                        "--targets=cluster",
                        "--seconds=0.3",
                        "--rates=500",
                        "--keys=200",
                        "--value-size=64",
                        "--out=" + dir),
                out.toString() + err);
        final ResultFile result = ResultFile.read(dir.resolve("result.json"));
        assertTrue(result.complete());
        assertEquals(1, result.runs().size());
        assertEquals(
                List.of("load", "node", "member-0", "member-1", "member-2"),
                result.runs().get(0).processes().stream().map(ProcessFacts::role).toList());
        assertTrue(result.flags().contains("member-2 -XX:+UseSerialGC"), result.flags());
        final List<PhaseResult> phases = result.runs().get(0).phases();
        assertEquals(
                List.of("closed", "window", "open"),
                phases.stream().map(PhaseResult::loop).toList());
        for (final PhaseResult phase : phases) {
            assertNull(phase.problem());
            assertTrue(phase.received() > 0, phase.label());
            assertEquals(phase.sent(), phase.received(), phase.label());
            assertEquals(phase.sent(), phase.all().count(), phase.label());
        }
        assertTrue(
                phases.get(2).events().stream().anyMatch(event -> event.name().equals("snapshot")),
                phases.get(2).events().toString());
    }

    /** Runs a class in a process that is told to end as soon as it has written a file. */
    private static void interruptOnceThereIs(final String file, final Path dir, final Class<?> main)
            throws Exception {
        final String options = System.getProperty("stoat.jvm.options");
        final Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + options,
                                "-Dstoat.jvm.options=" + options,
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName(),
                                dir.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(dir.resolve("output").toFile())
                        .start();
        try {
            final long deadlineNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
            while (!Files.exists(dir.resolve(file)) && process.isAlive()) {
                assertTrue(System.nanoTime() - deadlineNs < 0, "it never wrote " + file);
                LockSupport.parkNanos(10_000_000);
            }
            process.destroy();
            assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it did not end");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldWriteWhatIsThereWhenItIsInterrupted(@TempDir final Path dir) throws Exception {
        interruptOnceThereIs("result.json", dir, Interrupted.class);
        final ResultFile result = ResultFile.read(dir.resolve("result.json"));
        assertFalse(result.complete());
        assertFalse(result.runs().isEmpty(), Files.readString(dir.resolve("output")));
        assertTrue(Files.readString(dir.resolve("report.html")).contains("\"complete\":false"));
    }

    /** A process that makes more runs than anybody waits for. */
    static final class Interrupted {
        private Interrupted() {}

        public static void main(final String[] args) {
            System.exit(
                    new CommandLine(new BenchCommand())
                            .execute(
                                    "single-node",
                                    "--quick",
                                    "--targets=none",
                                    "--seconds=0.05",
                                    "--rates=1000",
                                    "--keys=100",
                                    "--forks=99",
                                    "--out=" + args[0]));
        }
    }

    @Test
    void shouldKeepThePhasesOfARunThatIsInterrupted(@TempDir final Path dir) throws Exception {
        interruptOnceThereIs("runs/001.json", dir, InterruptedRun.class);
        final ResultFile result = ResultFile.read(dir.resolve("result.json"));
        assertFalse(result.complete());
        assertEquals(1, result.runs().size(), Files.readString(dir.resolve("output")));
        assertEquals(1, result.runs().get(0).phases().size());
        assertNull(result.runs().get(0).failure());
    }

    /** A process that makes one run, whose second phase nobody waits for. */
    static final class InterruptedRun {
        private InterruptedRun() {}

        public static void main(final String[] args) {
            new Runner("test", Path.of(args[0]), true, new PrintWriter(System.out, true))
                    .run(
                            List.of(
                                    new RunSpec(
                                            "test",
                                            "none",
                                            Workload.ycsb('c').withKeys(100),
                                            1,
                                            List.of(Phase.closed(50), Phase.closed(600_000)),
                                            0,
                                            50,
                                            "",
                                            "off",
                                            Map.of())),
                            List.of(Build.current()),
                            Repetitions.fixed(1));
        }
    }

    @Test
    void shouldNameTheOptionThatCannotBe() {
        assertUsage("target redis-cluster is unknown", "peers", "--targets=redis-cluster");
        assertUsage("ycsb-z", "single-node", "--workload=ycsb-z");
        assertUsage("--forks=0", "threads", "--forks=0");
        assertUsage("--tape", "replay");
        assertUsage("--tape=/nowhere", "replay", "--tape=/nowhere");
        assertUsage(
                "no run is left", "single-node", "--targets=aeron-echo-ipc", "--workload=ycsb-e");
    }

    @Test
    void shouldRefuseWhatWouldDoNothing() {
        assertUsage("--option nonsense", "single-node", "--option", "nonsense=1");
        assertUsage("write-agents", "single-node", "--targets=stoat-ipc", "--option", "batch=1");
        assertUsage("--ttl=-5", "single-node", "--ttl=-5", "--ttl-share=10");
        assertUsage("--ttl-share PERCENT", "single-node", "--ttl=5");
        assertUsage("--misses=-1", "single-node", "--misses=-1");
        assertUsage("--window=[0]", "pipelining", "--window=0");
        assertUsage("--rates=[-1.0]", "single-node", "--rates=-1");
        assertUsage("--rates=[1.0, 2.0]", "failover", "--rates=1,2");
        assertUsage("--p99 means nothing to scenario failover", "failover", "--p99=100");
        assertUsage("--targets means nothing to scenario switches", "switches", "--targets=none");
        assertUsage("--pace means nothing", "peers", "--pace=2");
        assertUsage(
                "aeron-echo-ipc, takes at most 1 clients",
                "pipelining",
                "--targets=aeron-echo-ipc",
                "--clients=4");
    }

    @Test
    void shouldSayWhichTargetsCannotDoIt(@TempDir final Path dir) throws Exception {
        assertEquals(
                0,
                execute(
                        "peers",
                        "--quick",
                        "--targets=none,aeron-echo-ipc",
                        "--clients=2",
                        "--seconds=0.05",
                        "--rates=1000",
                        "--keys=100",
                        "--out=" + dir),
                out.toString() + err);
        final ResultFile result = ResultFile.read(dir.resolve("result.json"));
        assertEquals(
                List.of("none"), result.runs().stream().map(run -> run.spec().target()).toList());
        final String run = "peers aeron-echo-ipc ycsb-b 128 B 2 clients";
        assertEquals("takes at most 1 clients at a time, not 2", result.absent().get(run));
        assertTrue(out.toString().contains("not measured: " + run), out.toString());
        assertTrue(Files.readString(dir.resolve("report.html")).contains(run));
    }

    private void assertUsage(final String part, final String... args) {
        err.getBuffer().setLength(0);
        assertEquals(2, execute(args));
        assertTrue(err.toString().contains(part), err.toString());
    }
}
