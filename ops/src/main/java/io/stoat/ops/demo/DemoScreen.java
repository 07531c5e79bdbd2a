package io.stoat.ops.demo;

import io.stoat.ops.LiveBlock;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the demo shows while it runs: a table that stays in its place on a terminal, else a line
 * each time. Rates and latencies are those so far, of the warm-up or of what is measured. One
 * thread.
 */
final class DemoScreen {
    private static final String ROW = "%-27s %13s %9s %9s %6s %10s";

    private final PrintWriter out;
    private final double seconds;
    private final LiveBlock block;

    /**
     * A row of the table.
     *
     * @param name of process and way.
     * @param figures of it.
     * @param isRead whether it counts among the checked reads.
     */
    record Row(String name, TallyFigures figures, boolean isRead) {}

    /**
     * @param out shown on and flushed.
     * @param seconds that are measured.
     * @param isTerminal whether lines can be written over.
     */
    DemoScreen(final PrintWriter out, final double seconds, final boolean isTerminal) {
        this.out = out;
        this.seconds = seconds;
        block = isTerminal ? new LiveBlock(out) : null;
    }

    /**
     * Shows how far the demo is.
     *
     * @param at seconds since the measurement began; negative while the processes warm up.
     * @param nodePid process id of the node.
     * @param rows of the other processes.
     */
    void show(final double at, final long nodePid, final List<Row> rows) {
        if (block != null) {
            block.draw(table(at, nodePid, rows));
            return;
        }
        out.println(line(at, rows));
        out.flush();
    }

    private String moment(final double at) {
        return at < 0
                ? "   warming up"
                : String.format(Locale.ROOT, "%5.1f of %.1f s", at, seconds);
    }

    private String line(final double at, final List<Row> rows) {
        return String.format(
                Locale.ROOT,
                "%s | writes/s %,11.0f | checked reads/s %,13.0f | wrong %d",
                moment(at),
                perSecond(rows, false),
                perSecond(rows, true),
                wrong(rows));
    }

    private List<String> table(final double at, final long nodePid, final List<Row> rows) {
        final List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        ROW, moment(at), "per second", "p50 us", "p99 us", "wrong", "no answer"));
        lines.add(String.format(ROW, "node, pid " + nodePid, rate(served(rows)), "", "", "", ""));
        for (final Row row : rows) {
            final TallyFigures figures = row.figures();
            lines.add(
                    String.format(
                            ROW,
                            row.name(),
                            rate(figures.perSecond()),
                            micros(figures.p50Ns()),
                            micros(figures.p99Ns()),
                            row.isRead() ? figures.wrong() : "",
                            figures.unanswered()));
        }
        lines.add(
                String.format(
                        ROW,
                        "checked reads",
                        rate(perSecond(rows, true)),
                        "",
                        "",
                        wrong(rows),
                        rows.stream().mapToLong(row -> row.figures().unanswered()).sum()));
        return lines;
    }

    /** Readers of shared memory are no work for the node. */
    private static double served(final List<Row> rows) {
        return rows.stream()
                .map(Row::figures)
                .filter(figures -> !figures.name().equals(DemoRoleCommand.SHARED_MEMORY_READ))
                .mapToDouble(TallyFigures::perSecond)
                .sum();
    }

    private static double perSecond(final List<Row> rows, final boolean isRead) {
        return rows.stream()
                .filter(row -> row.isRead() == isRead)
                .mapToDouble(row -> row.figures().perSecond())
                .sum();
    }

    private static long wrong(final List<Row> rows) {
        return rows.stream().mapToLong(row -> row.figures().wrong()).sum();
    }

    private static String rate(final double perSecond) {
        return String.format(Locale.ROOT, "%,.0f", perSecond);
    }

    private static String micros(final long ns) {
        return String.format(Locale.ROOT, "%,.1f", ns / 1e3);
    }
}
