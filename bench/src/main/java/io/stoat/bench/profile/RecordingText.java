package io.stoat.bench.profile;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** A recording in words. */
public final class RecordingText {
    private static final int ROWS = 10;
    private static final int FEW_ROWS = 5;

    private RecordingText() {}

    /**
     * Prints where time and allocation went.
     *
     * @param name of the process.
     * @param recording of it.
     * @param operations that the load carried out meanwhile.
     * @param out to print to.
     */
    public static void print(
            final String name,
            final Recording recording,
            final long operations,
            final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%n%s: %.0f samples while the load was on%n",
                name,
                recording.frames().total());
        shares("time, by the method that ran", recording.frames(), ROWS, out);
        shares("time, by Stoat's method", recording.ownFrames(), ROWS, out);
        shares("time, by thread", recording.threads(), FEW_ROWS, out);
        final double bytes = recording.allocations().total();
        out.printf(
                Locale.ROOT,
                "  allocation, sampled: %,.0f bytes, %.1f an operation%n",
                bytes,
                bytes / Math.max(1, operations));
        rows(recording.allocations(), ROWS, out);
        out.printf(
                Locale.ROOT,
                "  collector: %d collections, %.1f ms of pauses, longest %.1f ms%n",
                recording.pauses(),
                recording.pauseSum().toNanos() / 1e6,
                recording.pauseLongest().toNanos() / 1e6);
        out.printf(
                Locale.ROOT,
                "  waiting, 10 ms or longer at a time: %d times, %.0f ms%n",
                recording.parkCount(),
                recording.parks().total());
        rows(recording.parks(), FEW_ROWS, out);
        out.flush();
    }

    private static void shares(
            final String title, final Shares shares, final int count, final PrintWriter out) {
        out.println("  " + title);
        rows(shares, count, out);
    }

    private static void rows(final Shares shares, final int count, final PrintWriter out) {
        for (final Map.Entry<String, Double> row : shares.top(count)) {
            out.printf(
                    Locale.ROOT,
                    "    %5.1f %%  %s%n",
                    100 * row.getValue() / shares.total(),
                    row.getKey());
        }
    }
}
