package io.stoat.bench.report;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import java.util.Locale;

/** A result as a Markdown table, with when and on what it was measured. */
public final class NumbersTable {
    private static final String START = "<!-- numbers -->\n";
    private static final String END = "<!-- /numbers -->";

    private NumbersTable() {}

    /**
     * @param result to show.
     * @param file that it comes from.
     * @return the table; a figure that FAILED is not in it.
     */
    public static String of(final ResultFile result, final String file) {
        final StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "Measured %s at commit %s on %s (%s CPUs, %s, %s), thread plan `%s`, load average %s before; %s from `%s`%s.%n%n",
                        result.startedAt().substring(0, 10),
                        result.environment().get("commit"),
                        result.environment().get("cpu"),
                        result.environment().get("cores"),
                        result.environment().get("kernel"),
                        result.environment().get("jvm"),
                        result.environment().get("plan"),
                        result.environment().get("loadAverage"),
                        "medians over forks,",
                        file,
                        result.quick() ? "; a quick run, a hint only" : ""));
        text.append(
                "| scenario | target | workload | phase | forks | per second | P50 | P99 | P99.9 |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (final Point point : Point.of(result.runs())) {
            if (point.phases().stream().allMatch(phase -> phase.problem() == null)) {
                text.append(row(point));
            }
        }
        return text.toString();
    }

    private static String row(final Point point) {
        return String.format(
                Locale.ROOT,
                "| %s | %s%s | %s, %d B%s | %s%s | %d | %s | %s | %s | %s |%n",
                point.spec().scenario(),
                point.spec().target(),
                point.spec().options().isEmpty() ? "" : " " + point.spec().options(),
                point.spec().workload().name(),
                point.spec().workload().valueLength(),
                point.spec().clients() == 1 ? "" : ", " + point.spec().clients() + " clients",
                point.label(),
                point.phases().stream().anyMatch(PhaseResult::isSaturated) ? " (saturated)" : "",
                point.phases().size(),
                String.format(Locale.ROOT, "%,.0f", point.median(PhaseResult::throughput)),
                time(point.median(phase -> phase.all().p50())),
                time(point.median(phase -> phase.all().p99())),
                time(point.median(phase -> phase.all().p999())));
    }

    private static String time(final double ns) {
        if (ns < 1_000) {
            return String.format(Locale.ROOT, "%.0f ns", ns);
        }
        return ns < 1e6
                ? String.format(Locale.ROOT, "%.1f us", ns / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", ns / 1e6);
    }

    /**
     * @param text of a Markdown file.
     * @param table to put between its marks.
     * @return the new text.
     * @throws IllegalArgumentException when the marks are missing.
     */
    public static String replaced(final String text, final String table) {
        final int start = text.indexOf(START);
        final int end = text.indexOf(END);
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "no place for the numbers: add the lines <!-- numbers --> and <!-- /numbers -->");
        }
        return text.substring(0, start + START.length()) + table + text.substring(end);
    }
}
