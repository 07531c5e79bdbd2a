package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
    @TempDir Path dir;

    private List<String> read(final Path file) {
        final List<String> keys = new ArrayList<>();
        CsvFile.read(
                file,
                List.of("Time"),
                (columns, row) -> keys.add(row.get(CsvFile.indexOf(columns, "Time", file))));
        return keys;
    }

    @Test
    void shouldSkipAByteOrderMark() throws IOException {
        final Path file = dir.resolve("excel.csv");
        Files.writeString(file, "\uFEFFTime,Price\r\n09:30,1\r\n");
        assertEquals(List.of("09:30"), read(file));
        Files.writeString(file, "");
        assertThrows(CommandFailure.class, () -> read(file));
    }

    @Test
    void shouldNameTheLineThatIsNotUtf8() throws IOException {
        final StringBuilder text = new StringBuilder("Time,Price\n");
        for (int i = 2; i < 3_000; i++) {
            text.append("Z\u00FCrich ").append(i).append(",1\n");
        }
        final Path file = dir.resolve("latin.csv");
        Files.writeString(file, text);
        assertEquals(2_998, read(file).size());
        for (final String last : List.of("Z\u00FCrich,1\n", "Z\u00FCrich")) {
            Files.writeString(file, text);
            Files.write(
                    file,
                    last.getBytes(StandardCharsets.ISO_8859_1),
                    java.nio.file.StandardOpenOption.APPEND);
            final String message =
                    assertThrows(CommandFailure.class, () -> read(file)).getMessage();
            assertTrue(message.contains("latin.csv line 3000 is not UTF-8"), message);
        }
    }
}
