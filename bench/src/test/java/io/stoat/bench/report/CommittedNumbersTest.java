package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.Figure;
import io.stoat.bench.result.ResultFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's numbers are those of the committed result, and of nothing else. */
class CommittedNumbersTest {
    private static final Path ROOT = Path.of("..");
    private static final String RESULT = "docs/results/peers.json";

    @Test
    void shouldShowTheCommittedResult() throws Exception {
        final String readme = Files.readString(ROOT.resolve("README.md"));
        if (!Files.exists(ROOT.resolve(RESULT))) {
            final String nothing = "No result of the rig on a quiet host is committed yet.\n";
            assertEquals(NumbersTable.replaced(readme, "numbers", nothing), readme);
            return;
        }
        final ResultFile result = ResultFile.read(ROOT.resolve(RESULT));
        assertEquals(
                NumbersTable.replaced(readme, "numbers", NumbersTable.of(result, RESULT)),
                readme,
                "regenerate with: ./stoat bench numbers " + RESULT + " --into README.md");
        assertTrue(result.complete() && result.failures().isEmpty(), RESULT);
    }

    @Test
    void shouldShowTheCommittedComparisons() throws Exception {
        assertEquals(List.of(), outdated(ROOT));
    }

    @Test
    void shouldFindAPageThatShowsAnotherComparison(@TempDir final Path root) throws Exception {
        final Path results = Files.createDirectories(root.resolve("docs/results"));
        final ComparisonResult result =
                new ComparisonResult(
                        "echo",
                        "stoat bench echo",
                        "2026-11-28T01:02:03Z",
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(Figure.of("p50", "us", 8).in("UDP", "stoat")));
        result.write(results.resolve("echo.json"));
        final String table = ComparisonTable.of(result, "docs/results/echo.json");
        Files.writeString(root.resolve("README.md"), "none\n");
        final Path page = root.resolve("docs/PERFORMANCE.md");
        Files.writeString(page, "<!-- echo -->\n" + table + "<!-- /echo -->\n");
        assertEquals(List.of(), outdated(root));
        Files.writeString(page, "<!-- echo -->\ntyped\n<!-- /echo -->\n");
        assertEquals(
                List.of("./stoat bench numbers docs/results/echo.json --into docs/PERFORMANCE.md"),
                outdated(root));
    }

    /** Commands that mend the pages whose places show something else than the committed results. */
    private static List<String> outdated(final Path root) throws Exception {
        final List<String> commands = new ArrayList<>();
        final Path results = root.resolve("docs/results");
        try (DirectoryStream<Path> files = Files.newDirectoryStream(results, "*.json")) {
            for (final Path file : files) {
                if (!ComparisonResult.isIn(file)) {
                    continue;
                }
                final ComparisonResult result = ComparisonResult.read(file);
                final String name = root.relativize(file).toString();
                for (final String page : List.of("README.md", "docs/PERFORMANCE.md")) {
                    final String text = Files.readString(root.resolve(page));
                    if (text.contains("<!-- " + result.name() + " -->")
                            && !text.contains(ComparisonTable.of(result, name))) {
                        commands.add("./stoat bench numbers " + name + " --into " + page);
                    }
                }
            }
        }
        return commands;
    }
}
