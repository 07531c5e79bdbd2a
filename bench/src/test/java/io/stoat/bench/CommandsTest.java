package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.ResultFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands that make something of runs, and the exit code of one that FAILED. */
class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path dir;

    private int execute(final Object command, final String... args) {
        return new CommandLine(command)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldExitWith1WhenARunFailed() {
        assertEquals(
                1,
                execute(
                        new BenchCommand(),
                        "single-node",
                        "--quick",
                        "--targets=stoat-ipc",
                        "--option",
                        "shards=0",
                        "--seconds=0.05",
                        "--keys=100",
                        "--out=" + dir));
        assertTrue(out.toString().contains("FAILED: single-node stoat-ipc"), out.toString());
        final ResultFile result = ResultFile.read(dir.resolve("result.json"));
        assertEquals(1, result.failures().size());
        assertTrue(result.failures().get(0).contains("shardCount=0"), result.failures().get(0));
    }

    @Test
    void shouldPutNumbersIntoAPageAndKeepASmallCopy() throws Exception {
        assertEquals(
                0,
                execute(
                        new BenchCommand(),
                        "single-node",
                        "--quick",
                        "--targets=none",
                        "--seconds=0.05",
                        "--rates=1000",
                        "--keys=100",
                        "--out=" + dir),
                err.toString());
        final Path result = dir.resolve("result.json");
        out.getBuffer().setLength(0);
        assertEquals(0, execute(new BenchCommand(), "numbers", result.toString()));
        assertTrue(out.toString().contains("| single-node | none |"), out.toString());
        final Path page = dir.resolve("page.md");
        Files.writeString(page, "a\n<!-- numbers -->\nold\n<!-- /numbers -->\nb\n");
        final Path kept = dir.resolve("kept/small.json");
        keepAndShow(result, kept, page);
        assertTrue(Files.readString(page).contains("| single-node | none |"));
        assertFalse(Files.readString(page).contains("old"));
        assertTrue(Files.size(kept) < Files.size(result));
        assertEquals(2, execute(new BenchCommand(), "numbers", dir.resolve("no.json").toString()));
        assertTrue(err.toString().contains("no.json"), err.toString());
    }

    private void keepAndShow(final Path result, final Path kept, final Path page) {
        assertEquals(
                0,
                execute(
                        new BenchCommand(),
                        "numbers",
                        result.toString(),
                        "--keep=" + kept,
                        "--into=" + page),
                err.toString());
    }

    @Test
    void shouldPutAComparisonIntoThePlaceOfItsName() throws Exception {
        final Comparison comparison =
                new Comparison(
                        "echo", "stoat bench echo", Map.of("cpu", "Abacus"), new PrintWriter(out));
        comparison.section("UDP", "bare echo", "stoat get");
        comparison.compare("p50", "us", List.of(2.0), List.of(3.0), Bound.atMost(1.15));
        final Path result = dir.resolve("result.json");
        comparison.result().write(result);
        final Path page = dir.resolve("page.md");
        Files.writeString(
                page, "<!-- numbers -->\n<!-- /numbers -->\n<!-- echo -->\nold\n<!-- /echo -->\n");
        final Path kept = dir.resolve("kept/echo.json");
        keepAndShow(result, kept, page);
        final String text = Files.readString(page);
        assertTrue(
                text.startsWith("<!-- numbers -->\n<!-- /numbers -->\n<!-- echo -->\nMea"), text);
        assertTrue(
                text.contains("| p50, us | 2 | 3 | 1.50 | 1.50 - 1.50 | at most 1.15: MISSED |"),
                text);
        assertTrue(text.contains("from `" + kept + "`"), text);
        assertFalse(text.contains("old"), text);
        assertEquals(ComparisonResult.read(result), ComparisonResult.read(kept));
        assertEquals(
                2, execute(new BenchCommand(), "numbers", result.toString(), "--jmh=" + result));
        assertTrue(err.toString().contains("--jmh=" + result), err.toString());
    }

    @Test
    void shouldProfileARun() {
        assertEquals(
                0,
                execute(
                        new ProfileCommand(),
                        "single-node",
                        "--quick",
                        "--targets=none",
                        "--seconds=0.3",
                        "--rates=1000",
                        "--keys=100",
                        "--out=" + dir),
                out.toString() + err);
        assertTrue(out.toString().contains("== single-node none ycsb-b"), out.toString());
        assertTrue(Files.exists(dir.resolve("01-none/load.jfr")), out.toString());
        assertEquals(2, execute(new ProfileCommand(), "no-scenario"));
    }
}
