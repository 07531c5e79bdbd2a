package io.stoat.ops.demo;

import io.stoat.ops.CommandFailure;
import io.stoat.ops.CsvFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Market data for the demo's feed: the rows of a CSV file, over and over, or a random walk. After
 * {@link #next()} the fields are those of the tick. One thread.
 */
final class TickSource {
    private static final List<String> COLUMNS = List.of("Time", "Price", "Volume");

    private final int symbols;
    private final long[] times;
    private final long[] prices;
    private final long[] volumes;
    private final SplittableRandom random = new SplittableRandom(20120621);
    private final long startNs = System.nanoTime();
    private int row = -1;
    private int symbol = -1;
    private long price;
    private long volume;
    private long timeUs;

    private TickSource(
            final int symbols, final long[] times, final long[] prices, final long[] volumes) {
        this.symbols = symbols;
        this.times = times;
        this.prices = prices;
        this.volumes = volumes;
    }

    /**
     * A random walk a symbol: prices move by a few ticks of 1/100, volumes come in lots, mostly
     * small.
     */
    static TickSource randomWalk(final int symbols) {
        final long[] prices = new long[symbols];
        final SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < symbols; i++) {
            prices[i] = 100_0000L + random.nextLong(400_0000L) / 100 * 100;
        }
        return new TickSource(symbols, null, prices, null);
    }

    /**
     * The rows of a file with the columns Time, Price and Volume, spread over the symbols in turn.
     */
    static TickSource csv(final Path file, final int symbols) {
        final List<long[]> rows = new ArrayList<>();
        CsvFile.read(
                file,
                COLUMNS,
                (columns, row) -> {
                    final long[] tick = new long[COLUMNS.size()];
                    final String time = row.get(CsvFile.indexOf(columns, "Time", file));
                    try {
                        tick[0] = microsOfDay(time);
                        tick[1] =
                                Long.parseLong(
                                        row.get(CsvFile.indexOf(columns, "Price", file)).trim());
                        tick[2] =
                                Long.parseLong(
                                        row.get(CsvFile.indexOf(columns, "Volume", file)).trim());
                    } catch (final NumberFormatException | IndexOutOfBoundsException ex) {
                        throw CommandFailure.failed(
                                file
                                        + " row "
                                        + row.getRecordNumber()
                                        + ": Time must end in HH:MM:SS[.fraction], Price and Volume must be whole numbers ("
                                        + ex.getMessage()
                                        + ")");
                    }
                    rows.add(tick);
                });
        if (rows.isEmpty()) {
            throw CommandFailure.failed(file + " has no rows: give a file with market data");
        }
        final long[][] columns = new long[COLUMNS.size()][rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            for (int c = 0; c < columns.length; c++) {
                columns[c][i] = rows.get(i)[c];
            }
        }
        return new TickSource(symbols, columns[0], columns[1], columns[2]);
    }

    /** Reads the time of day at the end of a text such as {@code 2012-06-21 09:30:00.017460000}. */
    static long microsOfDay(final String text) {
        final String time =
                text.substring(Math.max(text.lastIndexOf(' '), text.lastIndexOf('T')) + 1);
        final long hours = Long.parseLong(time.substring(0, 2));
        final long minutes = Long.parseLong(time.substring(3, 5));
        final long seconds = Long.parseLong(time.substring(6, 8));
        final String fraction =
                time.length() > 9 ? (time.substring(9) + "000000").substring(0, 6) : "0";
        return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + Long.parseLong(fraction);
    }

    int rows() {
        return times == null ? 0 : times.length;
    }

    /** Moves to the next tick; allocates nothing. */
    void next() {
        if (times == null) {
            symbol = random.nextInt(symbols);
            prices[symbol] = Math.max(100, prices[symbol] + 100L * (random.nextInt(7) - 3));
            price = prices[symbol];
            volume =
                    random.nextInt(10) == 0
                            ? 100L * (1 + random.nextInt(20))
                            : 1 + random.nextInt(100);
            timeUs = (System.nanoTime() - startNs) / 1000;
            return;
        }
        row = row + 1 == times.length ? 0 : row + 1;
        symbol = symbol + 1 == symbols ? 0 : symbol + 1;
        price = prices[row];
        volume = volumes[row];
        timeUs = times[row];
    }

    int symbol() {
        return symbol;
    }

    long price() {
        return price;
    }

    long volume() {
        return volume;
    }

    long timeUs() {
        return timeUs;
    }
}
