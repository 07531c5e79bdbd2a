package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.result.ResultFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

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
}
