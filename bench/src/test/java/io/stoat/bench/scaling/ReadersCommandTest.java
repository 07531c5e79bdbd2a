package io.stoat.bench.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

class ReadersCommandTest {
    @Test
    @Timeout(120)
    void shouldMeasureReadersBesideAWriter() {
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
                        "0.2"),
                text.toString());
        final List<String> rows = text.toString().lines().skip(2).toList();
        assertEquals(4, rows.size(), text.toString());
        for (final String row : rows) {
            final String[] cells = row.trim().split(" +");
            assertEquals(8, cells.length, row);
            assertTrue(Long.parseLong(cells[2]) > 0, row);
            assertTrue(Long.parseLong(cells[4]) <= Long.parseLong(cells[6]), row);
        }
        assertEquals("2", rows.get(3).trim().split(" +")[0]);
    }
}
