package io.stoat.bench.report;

import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A comparison as Markdown: a table for each section, with when and on what it was measured. */
public final class ComparisonTable {
    private ComparisonTable() {}

    /**
     * @param result to show.
     * @param file that it comes from.
     * @return the tables; rows that compare two come before figures of one.
     */
    public static String of(final ComparisonResult result, final String file) {
        final StringBuilder text = new StringBuilder();
        text.append(Conditions.of(result.startedAt(), result.environment()))
                .append(", by `")
                .append(result.command())
                .append("`, from `")
                .append(file)
                .append("`.\n");
        if (!result.notes().isEmpty()) {
            text.append(String.join("; ", result.notes())).append(".\n");
        }
        sections(result).forEach((title, lines) -> append(text, title, lines));
        return text.toString();
    }

    private static Map<String, List<Line>> sections(final ComparisonResult result) {
        final Map<String, List<Line>> sections = new LinkedHashMap<>();
        for (final ComparedRow row : result.rows()) {
            sections.computeIfAbsent(row.section(), ignore -> new ArrayList<>()).add(Line.of(row));
        }
        final Map<String, Map<String, List<Figure>>> figures =
                result.figures().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Figure::section,
                                        LinkedHashMap::new,
                                        Collectors.groupingBy(
                                                Figure::of,
                                                LinkedHashMap::new,
                                                Collectors.toList())));
        figures.forEach(
                (section, subjects) ->
                        subjects.forEach(
                                (subject, list) ->
                                        sections.computeIfAbsent(
                                                        section, ignore -> new ArrayList<>())
                                                .add(Line.of(subject, list))));
        return sections;
    }

    private static void append(
            final StringBuilder text, final String title, final List<Line> lines) {
        final Set<String> columns = new LinkedHashSet<>();
        lines.forEach(line -> columns.addAll(line.cells().keySet()));
        text.append("\n| ").append(title);
        columns.forEach(column -> text.append(" | ").append(column));
        text.append(" |\n").append("| --- ".repeat(columns.size() + 1)).append("|\n");
        for (final Line line : lines) {
            text.append("| ").append(line.label());
            columns.forEach(
                    column -> text.append(" | ").append(line.cells().getOrDefault(column, "")));
            text.append(" |\n");
        }
    }
}
