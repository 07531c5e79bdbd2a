package io.stoat.bench.workload;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Recorded trades: when each came, its price and its volume. Read from a CSV file with the columns
 * Time (ends in HH:MM:SS[.fraction]), Price and Volume (whole numbers). Immutable.
 */
public final class TradeTape {
    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setTrim(true).get();

    private final long[] offsetsNs;
    private final long[] prices;
    private final long[] volumes;

    private TradeTape(final long[] offsetsNs, final long[] prices, final long[] volumes) {
        this.offsetsNs = offsetsNs;
        this.prices = prices;
        this.volumes = volumes;
    }

    /**
     * Reads a file.
     *
     * @param file to read.
     * @return the tape.
     * @throws IllegalArgumentException naming file, row and what is wrong with it.
     */
    public static TradeTape read(final Path file) {
        final List<long[]> rows = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser parser = FORMAT.parse(reader)) {
            for (final String column : List.of("Time", "Price", "Volume")) {
                if (!parser.getHeaderMap().containsKey(column)) {
                    throw new IllegalArgumentException(
                            file
                                    + " has no column "
                                    + column
                                    + ": it has "
                                    + parser.getHeaderNames());
                }
            }
            for (final CSVRecord row : parser) {
                rows.add(row(file, row));
            }
        } catch (final IOException ex) {
            throw new IllegalArgumentException("cannot read " + file + ": " + ex.getMessage(), ex);
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(file + " has no rows");
        }
        return of(file, rows);
    }

    private static long[] row(final Path file, final CSVRecord row) {
        try {
            return new long[] {
                nanosOfDay(row.get("Time")),
                Long.parseLong(row.get("Price")),
                Long.parseLong(row.get("Volume"))
            };
        } catch (final IllegalArgumentException
                | IndexOutOfBoundsException
                | java.time.DateTimeException ex) {
            throw new IllegalArgumentException(
                    file
                            + " row "
                            + row.getRecordNumber()
                            + ": Time must end in HH:MM:SS[.fraction], Price and Volume must be whole numbers ("
                            + ex.getMessage()
                            + ")",
                    ex);
        }
    }

    private static TradeTape of(final Path file, final List<long[]> rows) {
        final int length = rows.size();
        final long[] offsets = new long[length];
        final long[] prices = new long[length];
        final long[] volumes = new long[length];
        final long start = rows.get(0)[0];
        for (int i = 0; i < length; i++) {
            offsets[i] = rows.get(i)[0] - start;
            if (i > 0 && offsets[i] < offsets[i - 1]) {
                throw new IllegalArgumentException(
                        file
                                + " row "
                                + (i + 1)
                                + " is earlier than the row before it: sort by Time");
            }
            prices[i] = rows.get(i)[1];
            volumes[i] = rows.get(i)[2];
        }
        return new TradeTape(offsets, prices, volumes);
    }

    /** Reads the time of day at the end of a text. */
    static long nanosOfDay(final String text) {
        final int start = Math.max(text.lastIndexOf(' '), text.lastIndexOf('T')) + 1;
        return java.time.LocalTime.parse(text.substring(start)).toNanoOfDay();
    }

    /**
     * @return trades on the tape.
     */
    public int length() {
        return prices.length;
    }

    /**
     * @param trade number, from 0.
     * @return ns from the first trade to this one.
     */
    public long offsetNs(final int trade) {
        return offsetsNs[trade];
    }

    /**
     * @param trade number, from 0.
     * @return its price, in the unit of the file.
     */
    public long price(final int trade) {
        return prices[trade];
    }

    /**
     * @param trade number, from 0.
     * @return its volume.
     */
    public long volume(final int trade) {
        return volumes[trade];
    }
}
