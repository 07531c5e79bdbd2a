package io.stoat.bench.report;

import io.stoat.bench.Median;
import io.stoat.bench.result.Bound;
import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.Figure;
import io.stoat.bench.result.ResultFile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a command that compares things finds, as it comes: each row and figure is printed, and kept
 * for the result. One thread.
 */
public final class Comparison {
    private static final String LABEL = "  %-52s";
    private static final int COLUMN = 12;

    private final String name;
    private final String command;
    private final Map<String, Object> environment;
    private final PrintWriter out;
    private final String startedAt = ResultFile.now();
    private final List<String> notes = new ArrayList<>();
    private final List<ComparedRow> rows = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();
    private ComparedRow.Pair pair = new ComparedRow.Pair("", "", "");
    private Set<String> columns = Set.of();

    /**
     * @param name of the command.
     * @param command line, as it was typed.
     * @param environment facts of the machine.
     * @param out to print to.
     */
    public Comparison(
            final String name,
            final String command,
            final Map<String, Object> environment,
            final PrintWriter out) {
        this.name = name;
        this.command = command;
        this.environment = environment;
        this.out = out;
    }

    /**
     * Prints a line that is of no use later.
     *
     * @param text of the line.
     */
    public void say(final String text) {
        out.println(text);
        out.flush();
    }

    /**
     * Prints a line, and keeps it: a setting, or what was left out. The same a second time is
     * nothing new.
     *
     * @param text of the line.
     */
    public void note(final String text) {
        if (!notes.contains(text)) {
            notes.add(text);
            say(text);
        }
    }

    /**
     * Begins a section of figures.
     *
     * @param title of the section, another one than those before.
     */
    public void section(final String title) {
        section(title, "", "");
    }

    /**
     * Begins a section in which two are compared.
     *
     * @param title of the section, another one than those before.
     * @param base what is compared with.
     * @param compared what is compared.
     */
    public void section(final String title, final String base, final String compared) {
        pair = new ComparedRow.Pair(title, base, compared);
        columns = Set.of();
        say(title);
    }

    /**
     * Compares the two of the section by the median of the ratios within rounds.
     *
     * @param what was measured.
     * @param unit of all values.
     * @param base values of the base, one a round, at least one.
     * @param compared values of the compared, of the same rounds.
     * @param bound of the ratio.
     */
    public void compare(
            final String what,
            final String unit,
            final List<Double> base,
            final List<Double> compared,
            final Bound bound) {
        final double[] ratios = new double[base.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = compared.get(i) / base.get(i);
        }
        compare(what, unit, Median.of(base), Median.of(compared), ratios, bound);
    }

    /**
     * Compares the two of the section by the median of ratios that are known.
     *
     * @param what was measured.
     * @param unit of both medians.
     * @param base median of the base.
     * @param compared median of the compared.
     * @param ratios of compared to base, one a round, at least one.
     * @param bound of the ratio.
     */
    public void compare(
            final String what,
            final String unit,
            final double base,
            final double compared,
            final double[] ratios,
            final Bound bound) {
        final ComparedRow row = ComparedRow.of(pair, what, unit, base, compared, ratios, bound);
        rows.add(row);
        print(Line.of(row));
    }

    /**
     * Adds figures.
     *
     * @param subject whom or what they were measured of.
     * @param measured in the order of their columns.
     */
    public void figures(final String subject, final Figure... measured) {
        for (final Figure figure : measured) {
            figures.add(figure.in(pair.section(), subject));
        }
        progress(subject, measured);
    }

    /**
     * Prints figures of a part of the way, which are not kept.
     *
     * @param subject whom or what they were measured of.
     * @param measured in the order of their columns.
     */
    public void progress(final String subject, final Figure... measured) {
        print(Line.of(subject, List.of(measured)));
    }

    private void print(final Line line) {
        if (!columns.equals(line.cells().keySet())) {
            columns = line.cells().keySet();
            out.printf(LABEL, "");
            columns.forEach(column -> out.printf("  %" + width(column) + "s", column));
            out.println();
        }
        final StringBuilder text =
                new StringBuilder(String.format(Locale.ROOT, LABEL, line.label()));
        line.cells()
                .forEach(
                        (column, cell) ->
                                text.append(String.format("  %" + width(column) + "s", cell)));
        say(text.toString().stripTrailing());
    }

    private static int width(final String column) {
        return Math.max(COLUMN, column.length());
    }

    /**
     * @return what was found so far.
     */
    public ComparisonResult result() {
        return new ComparisonResult(name, command, startedAt, environment, notes, rows, figures);
    }
}
