package io.stoat.ops;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file with a header line, read strictly: a ragged row or a missing column is an error that
 * names the line.
 */
public final class CsvFile {
    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .setIgnoreSurroundingSpaces(true)
                    .setIgnoreEmptyLines(true)
                    .get();

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private CsvFile() {}

    /**
     * Reads every row in order.
     *
     * @param file to read, UTF-8, with a byte-order mark or without.
     * @param required columns that must be there, whatever their case.
     * @param rows receives the columns' names and each row.
     * @throws CommandFailure naming file and line when it cannot be read, lacks a column or has a
     *     ragged row; the rows before that line were delivered.
     */
    public static void read(
            final Path file,
            final List<String> required,
            final BiConsumer<List<String>, CSVRecord> rows) {
        try (Reader reader = withoutMark(Files.newBufferedReader(file, StandardCharsets.UTF_8));
                CSVParser parser = FORMAT.parse(reader)) {
            final List<String> columns = parser.getHeaderNames();
            for (final String column : required) {
                indexOf(columns, column, file);
            }
            for (final CSVRecord row : parser) {
                if (row.size() != columns.size()) {
                    throw CommandFailure.failed(
                            file
                                    + " line "
                                    + parser.getCurrentLineNumber()
                                    + ": "
                                    + row.size()
                                    + " fields where the header has "
                                    + columns.size()
                                    + "; mend the row");
                }
                rows.accept(columns, row);
            }
        } catch (final NoSuchFileException ex) {
            throw CommandFailure.failed("file " + file + " does not exist");
        } catch (final IOException
                | UncheckedIOException
                | IllegalArgumentException
                | IllegalStateException ex) {
            throw isWrongText(ex)
                    ? CommandFailure.failed(
                            file
                                    + " line "
                                    + wrongLine(file)
                                    + " is not UTF-8: save the file in that encoding")
                    : CommandFailure.failed("cannot read " + file + " as CSV: " + ex.getMessage());
        }
    }

    /** Skips the mark that spreadsheets put before the first column's name. */
    private static Reader withoutMark(final Reader reader) throws IOException {
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
        return reader;
    }

    private static boolean isWrongText(final Throwable failure) {
        return failure instanceof CharacterCodingException
                || failure.getCause() instanceof CharacterCodingException;
    }

    /** The first line that is not UTF-8: the parser reads far ahead of its own line. */
    private static long wrongLine(final Path file) {
        long line = 1;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                bytes.write(b);
                if (b == '\n') {
                    requireText(bytes);
                    bytes.reset();
                    line++;
                }
            }
        } catch (final CharacterCodingException ex) {
            return line;
        } catch (final IOException ex) {
            throw CommandFailure.failed("cannot read " + file + ": " + ex.getMessage());
        }
        return line;
    }

    private static void requireText(final ByteArrayOutputStream bytes)
            throws CharacterCodingException {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
    }

    /**
     * @param columns of the file.
     * @param name of a column, whatever its case.
     * @param file for the message.
     * @return the column's index.
     */
    public static int indexOf(final List<String> columns, final String name, final Path file) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                return i;
            }
        }
        throw CommandFailure.failed(
                file
                        + " has no column '"
                        + name
                        + "': its columns are "
                        + String.join(", ", columns));
    }
}
