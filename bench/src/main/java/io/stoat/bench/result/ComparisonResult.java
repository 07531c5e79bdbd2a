package io.stoat.bench.result;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What one call of a command that compares things has brought, with the facts of the machine: what
 * is written as JSON (schema in docs/PERFORMANCE.md) and what tables are made of.
 *
 * @param name of the command.
 * @param command line, as it was typed.
 * @param startedAt time of the start, ISO 8601, UTC.
 * @param environment facts of the machine and of the JVM.
 * @param notes settings, and what was left out, for people.
 * @param rows two things beside each other.
 * @param figures of one thing each.
 */
public record ComparisonResult(
        String name,
        String command,
        String startedAt,
        Map<String, Object> environment,
        List<String> notes,
        List<ComparedRow> rows,
        List<Figure> figures) {
    /** Schema of the JSON. */
    public static final String SCHEMA = "stoat-bench-comparison/1";

    /** Keeps copies of the lists. */
    public ComparisonResult {
        notes = List.copyOf(notes);
        rows = List.copyOf(rows);
        figures = List.copyOf(figures);
    }

    /**
     * @return whether no bound was missed.
     */
    public boolean met() {
        return Stream.concat(
                        rows.stream().map(ComparedRow::verdict),
                        figures.stream().map(Figure::verdict))
                .noneMatch(verdict -> verdict == Bound.Verdict.MISSED);
    }

    /**
     * @param file to write.
     */
    public void write(final Path file) {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("schema", SCHEMA);
        map.put("name", name);
        map.put("command", command);
        map.put("startedAt", startedAt);
        map.put("met", met());
        map.put("environment", environment);
        map.put("notes", notes);
        map.put("rows", rows.stream().map(ComparedRow::toMap).toList());
        map.put("figures", figures.stream().map(Figure::toMap).toList());
        JsonFile.write(file, map);
    }

    /**
     * @param file to look at.
     * @return whether it has the schema of a comparison.
     * @throws IllegalArgumentException naming the file when it is no JSON object.
     */
    public static boolean isIn(final Path file) {
        return SCHEMA.equals(JsonFile.read(file).get("schema"));
    }

    /**
     * @param file to read.
     * @return what it holds.
     * @throws IllegalArgumentException naming the file when it is none, or of another schema.
     */
    @SuppressWarnings("unchecked")
    public static ComparisonResult read(final Path file) {
        final Map<String, Object> map = JsonFile.read(file, SCHEMA);
        try {
            return new ComparisonResult(
                    (String) map.get("name"),
                    (String) map.get("command"),
                    (String) map.get("startedAt"),
                    (Map<String, Object>) map.get("environment"),
                    (List<String>) map.get("notes"),
                    list(map.get("rows"), ComparedRow::of),
                    list(map.get("figures"), Figure::of));
        } catch (final ClassCastException | NullPointerException ex) {
            throw new IllegalArgumentException(file + " is damaged: " + ex, ex);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> list(
            final Object objects, final Function<Map<String, ?>, T> element) {
        return ((List<Map<String, ?>>) objects).stream().map(element).toList();
    }
}
