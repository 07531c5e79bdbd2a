package io.stoat.bench.result;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was found out about a process of a run while it was measured.
 *
 * @param role in the run: {@code load}, {@code node}, or {@code member-0}.
 * @param flags of its JVM that matter, or the arguments of another program.
 * @param pinned its threads that could not run on every usable CPU, with those that they could run
 *     on, or {@link #NOT_PINNED}.
 */
public record ProcessFacts(String role, String flags, String pinned) {
    /** Of a process whose threads could run on every CPU that was usable. */
    public static final String NOT_PINNED = "not pinned";

    /**
     * @return the components by name, for JSON.
     */
    public Map<String, Object> toMap() {
        final Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", role);
        map.put("flags", flags);
        map.put("pinned", pinned);
        return map;
    }

    /**
     * @param map as {@link #toMap()} gives it.
     * @return the facts.
     */
    public static ProcessFacts of(final Map<String, ?> map) {
        return new ProcessFacts(
                (String) map.get("role"), (String) map.get("flags"), (String) map.get("pinned"));
    }

    /**
     * @param processes of a run.
     * @return one line for people.
     */
    public static String text(final List<ProcessFacts> processes) {
        return processes.stream()
                .map(facts -> facts.role + " " + facts.flags + ", " + facts.pinned)
                .collect(Collectors.joining("; "));
    }
}
