package io.stoat.bench.report;

import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A result as a Markdown table, with when and on what it was measured. */
public final class NumbersTable {
    private NumbersTable() {}

    /**
     * @param result to show.
     * @param file that it comes from.
     * @return the table, a row a run; a run that FAILED is not in it.
     */
    public static String of(final ResultFile result, final String file) {
        final StringBuilder text = new StringBuilder();
        text.append(conditions(result))
                .append(", from `")
                .append(file)
                .append(
                        "`. Closed loop: one operation after the other; open loop: at a fixed rate, from the intended time.\n\n");
        text.append(
                "| scenario | target | workload | forks | per second | P50 | P99 | P99.9 | open loop |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        final Map<String, List<Point>> runs = new LinkedHashMap<>();
        for (final Point point : Point.of(result.runs())) {
            if (point.phases().stream().allMatch(phase -> phase.problem() == null)) {
                runs.computeIfAbsent(
                                point.build() + " " + point.spec().key(), key -> new ArrayList<>())
                        .add(point);
            }
        }
        runs.values().forEach(points -> text.append(row(points)));
        return text.toString();
    }

    /** When and on what a result was measured. */
    static String conditions(final ResultFile result) {
        return Conditions.of(result.startedAt(), result.environment())
                + (result.quick() ? "; short phases, a hint only" : "")
                + "; medians over forks";
    }

    private static String row(final List<Point> points) {
        final Point first = points.get(0);
        final Point open =
                points.stream()
                        .filter(point -> point.typical().loop().equals("open"))
                        .reduce((one, other) -> other)
                        .orElse(null);
        return String.format(
                Locale.ROOT,
                "| %s | %s%s | %s, %d B%s | %d | %s%s | %s | %s | %s | %s |%n",
                first.spec().scenario(),
                first.spec().target(),
                first.spec().options().isEmpty() ? "" : " " + first.spec().options(),
                first.spec().workload().name(),
                first.spec().workload().valueLength(),
                first.spec().clients() == 1 ? "" : ", " + first.spec().clients() + " clients",
                first.phases().size(),
                String.format(Locale.ROOT, "%,.0f", first.median(PhaseResult::throughput)),
                first.label().equals("closed") ? "" : " (" + first.label() + ")",
                time(first.median(phase -> phase.all().p50())),
                time(first.median(phase -> phase.all().p99())),
                time(first.median(phase -> phase.all().p999())),
                open == null || open == first
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                "%,.0f/s%s: P99 %s",
                                open.median(PhaseResult::rate),
                                open.phases().stream().anyMatch(PhaseResult::isSaturated)
                                        ? " (saturated)"
                                        : "",
                                time(open.median(phase -> phase.all().p99()))));
    }

    static String time(final double ns) {
        if (ns < 1_000) {
            return String.format(Locale.ROOT, "%.0f ns", ns);
        }
        return ns < 1e6
                ? String.format(Locale.ROOT, "%.1f us", ns / 1e3)
                : String.format(Locale.ROOT, "%.1f ms", ns / 1e6);
    }

    /**
     * @param text of a Markdown file.
     * @param mark of the place: the table goes between the lines {@code <!-- MARK -->} and {@code
     *     <!-- /MARK -->}.
     * @param table to put there.
     * @return the new text.
     * @throws IllegalArgumentException when the marks are missing.
     */
    public static String replaced(final String text, final String mark, final String table) {
        final String startMark = "<!-- " + mark + " -->\n";
        final String endMark = "<!-- /" + mark + " -->";
        final int start = text.indexOf(startMark);
        final int end = text.indexOf(endMark);
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "no place for the numbers: add the lines "
                            + startMark.strip()
                            + " and "
                            + endMark);
        }
        return text.substring(0, start + startMark.length()) + table + text.substring(end);
    }
}
