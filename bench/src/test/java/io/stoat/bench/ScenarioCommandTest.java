package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.ResultFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void shouldNameTheOptionThatCannotBe() {
        assertUsage("target redis-cluster is unknown", "peers", "--targets=redis-cluster");
        assertUsage("ycsb-z", "single-node", "--workload=ycsb-z");
        assertUsage("--forks=0", "threads", "--forks=0");
        assertUsage("--tape", "replay");
        assertUsage("--tape=/nowhere", "replay", "--tape=/nowhere");
        assertUsage(
                "no run is left", "single-node", "--targets=aeron-echo-ipc", "--workload=ycsb-e");
    }

    private void assertUsage(final String part, final String... args) {
        err.getBuffer().setLength(0);
        assertEquals(2, execute(args));
        assertTrue(err.toString().contains(part), err.toString());
    }
}
