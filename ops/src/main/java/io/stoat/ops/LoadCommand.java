package io.stoat.ops;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import org.apache.commons.csv.CSVRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code stoat load}: puts every row of a CSV file, as a JSON object under the key that one of its
 * columns names.
 */
@Command(
        name = "load",
        description = "Put each row of a CSV file as a JSON object; the key is a column's value.",
        footer = {
            "",
            "Example:",
            "  stoat load trades.csv --key Time --prefix AMZN: --data-dir /dev/shm/prices"
        })
final class LoadCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.csv", description = "CSV file with a header line.")
    private Path file;

    @Option(
            names = "--key",
            paramLabel = "COLUMN",
            required = true,
            description = "Column that holds the key.")
    private String keyColumn;

    @Option(
            names = "--prefix",
            paramLabel = "P",
            defaultValue = "",
            description = "Put before each key.")
    private String prefix;

    @Mixin private StoreOptions options;

    @Spec private CommandSpec spec;

    private final DistinctKeys keys = new DistinctKeys();
    private long lastRow;

    @Override
    public Integer call() {
        CsvFile.read(file, List.of(keyColumn), this::keyOf);
        try (CommandTarget client = options.connect()) {
            final RowOutcomes outcomes = new RowOutcomes(client, file + " row", "rows were loaded");
            try {
                CsvFile.read(
                        file,
                        List.of(keyColumn),
                        (columns, row) -> put(client, outcomes, columns, row));
            } catch (final CommandFailure ex) {
                client.drain();
                outcomes.requireAllWritten(lastRow);
                throw CommandFailure.failed(
                        ex.getMessage()
                                + " ("
                                + outcomes.written()
                                + " rows were loaded before it)");
            }
            client.drain();
            outcomes.requireAllWritten(lastRow);
            spec.commandLine()
                    .getOut()
                    .println(
                            "loaded "
                                    + outcomes.written()
                                    + " rows, "
                                    + keys.describe(outcomes.written()));
        }
        return ExitCode.OK;
    }

    /** Rows after one that failed are not sent. */
    private void put(
            final CommandTarget client,
            final RowOutcomes outcomes,
            final List<String> columns,
            final CSVRecord row) {
        if (outcomes.hasFailed()) {
            return;
        }
        final UnsafeBuffer key = keyOf(columns, row);
        keys.add(key);
        final Map<String, String> object = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            object.put(columns.get(i), row.get(i));
        }
        try {
            lastRow = row.getRecordNumber();
            client.putRow(lastRow, key, new UnsafeBuffer(JSON.std.asBytes(object)), 0, outcomes);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private UnsafeBuffer keyOf(final List<String> columns, final CSVRecord row) {
        final String key = prefix + row.get(CsvFile.indexOf(columns, keyColumn, file));
        try {
            return StoreOptions.keyOf(key);
        } catch (final CommandFailure ex) {
            throw CommandFailure.failed(
                    file
                            + " row "
                            + row.getRecordNumber()
                            + ", column '"
                            + keyColumn
                            + "': "
                            + ex.getMessage()
                            + "; mend the row");
        }
    }
}
