package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class JmhCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int execute(final String... args) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldListBenchmarks() {
        assertEquals(0, execute("jmh", "--list", "Read"));
        assertTrue(out.toString().contains("ReadBenchmark.hit"), out.toString());
        assertTrue(!out.toString().contains("WriteBenchmark"), out.toString());
    }

    @Test
    void shouldRefuseWhatMatchesNothing() {
        assertEquals(2, execute("jmh", "NoSuchBenchmark"));
        assertTrue(err.toString().contains("PATTERN=NoSuchBenchmark"), err.toString());
        assertEquals(2, execute("jmh", "("));
        assertEquals(2, execute("jmh", "Read", "--forks", "0"));
        assertEquals(2, execute("ratios", "--rounds", "0"));
    }

    /** A hit, a miss and an overwrite; each fails when it allocates anything. */
    @ParameterizedTest
    @CsvSource({
        "Read.*hit, stoat-view",
        "Read.*miss, stoat-view",
        "Read.*miss, stoat-copy",
        "Write.*overwrite, stoat-view"
    })
    void shouldMeasureWithoutAllocationInAForkAndWriteJson(
            final String benchmark, final String contender, @TempDir final Path dir)
            throws Exception {
        final Path json = dir.resolve("out.json");
        assertEquals(
                0,
                execute(
                        "jmh",
                        benchmark,
                        "--quick",
                        "--no-allocation",
                        "-p",
                        "contender=" + contender,
                        "-p",
                        "keys=1000",
                        "--json",
                        json.toString()),
                out.toString() + err);
        final String text = Files.readString(json);
        assertTrue(text.contains("\"contender\" : \"" + contender + "\""), text);
        assertTrue(text.contains("gc.alloc.rate.norm"), text);
    }
}
