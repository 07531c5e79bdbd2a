package io.stoat.bench.result;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * All runs of one call of the rig, with the facts of the machine: what is written as JSON (schema
 * in docs/PERFORMANCE.md) and what the report is made of.
 *
 * @param name of the scenario, or scenarios.
 * @param startedAt time of the first run, ISO 8601, UTC.
 * @param complete whether every run that was planned is there.
 * @param quick whether runs were kept short: a hint only.
 * @param environment facts of the machine.
 * @param absent targets that were not there, with the reason.
 * @param runs that were made.
 */
public record ResultFile(
        String name,
        String startedAt,
        boolean complete,
        boolean quick,
        Map<String, Object> environment,
        Map<String, String> absent,
        List<RunResult> runs) {
    /** Schema of the JSON. */
    public static final String SCHEMA = "stoat-bench/1";

    /**
     * @return now, as results give it.
     */
    public static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /**
     * @return runs and phases that FAILED, with why.
     */
    public List<String> failures() {
        return runs.stream()
                .filter(run -> run.failure() != null)
                .map(run -> run.spec().key() + " fork " + run.fork() + ": " + run.failure())
                .toList();
    }

    /**
     * @return flags of the processes that were measured, by their roles, for people.
     */
    public String flags() {
        return runs.stream()
                .flatMap(run -> run.processes().stream())
                .map(facts -> facts.role() + " " + facts.flags())
                .distinct()
                .sorted()
                .collect(Collectors.joining("; "));
    }

    /**
     * @return the same result without curves, time series and logs: small enough to be kept with
     *     the source, and all that tables are made of.
     */
    public ResultFile slim() {
        return new ResultFile(
                name,
                startedAt,
                complete,
                quick,
                environment,
                absent,
                runs.stream().map(RunResult::slim).toList());
    }

    /**
     * @return the object that is written.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("schema", SCHEMA);
        map.put("name", name);
        map.put("startedAt", startedAt);
        map.put("complete", complete);
        map.put("quick", quick);
        map.put("environment", environment);
        map.put("absent", absent);
        map.put("runs", runs.stream().map(RunResult::toMap).toList());
        return map;
    }

    /**
     * @param file to write.
     */
    public void write(final Path file) {
        JsonFile.write(file, toMap());
    }

    /**
     * @param file to read.
     * @return what it holds.
     * @throws IllegalArgumentException naming the file when it is no result, or of another schema.
     */
    @SuppressWarnings("unchecked")
    public static ResultFile read(final Path file) {
        final Map<String, Object> map = JsonFile.read(file, SCHEMA);
        try {
            final List<RunResult> runs = new ArrayList<>();
            for (final Map<String, ?> run : (List<Map<String, ?>>) map.get("runs")) {
                runs.add(RunResult.of(run));
            }
            return new ResultFile(
                    (String) map.get("name"),
                    (String) map.get("startedAt"),
                    (Boolean) map.get("complete"),
                    (Boolean) map.get("quick"),
                    (Map<String, Object>) map.get("environment"),
                    (Map<String, String>) map.get("absent"),
                    runs);
        } catch (final ClassCastException | NullPointerException ex) {
            throw new IllegalArgumentException(file + " is damaged: " + ex, ex);
        }
    }
}
