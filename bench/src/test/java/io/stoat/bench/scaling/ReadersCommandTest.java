package io.stoat.bench.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.bench.ComparisonOptions;
import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.Figure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReadersCommandTest {
    private static final int COLUMNS = 7;

    @Test
    @Timeout(120)
    void shouldMeasureReadersBesideAWriter(@TempDir final Path dir) {
        final StringWriter text = new StringWriter();
        final CommandLine command = new CommandLine(new ReadersCommand());
        command.setOut(new PrintWriter(text, true));
        assertEquals(
                0,
                command.execute(
                        "--readers",
                        "1,2",
                        "--writes",
                        "0,5000",
                        "--entries",
                        "1000",
                        "--seconds",
                        "0.2",
                        "--out=" + dir),
                text.toString());
        final List<Figure> figures =
                ComparisonResult.read(dir.resolve(ComparisonOptions.RESULT)).figures();
        assertEquals(
                List.of(
                        "readers: 1, writes/s asked for: 0",
                        "readers: 2, writes/s asked for: 0",
                        "readers: 1, writes/s asked for: 5,000",
                        "readers: 2, writes/s asked for: 5,000"),
                figures.stream().map(Figure::of).distinct().toList());
        for (int row = 0; row < 4; row++) {
            final List<Figure> cells = figures.subList(row * COLUMNS, (row + 1) * COLUMNS);
            assertTrue(cells.get(1).value() > 0, text.toString());
            assertTrue(cells.get(3).value() <= cells.get(5).value(), text.toString());
        }
    }
}
