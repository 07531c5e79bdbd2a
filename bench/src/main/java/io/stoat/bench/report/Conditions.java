package io.stoat.bench.report;

import java.util.Locale;
import java.util.Map;

/** When and on what something was measured, for people. */
final class Conditions {
    private Conditions() {}

    /** Of a result that was begun at that time (ISO 8601), with these facts of the machine. */
    static String of(final String startedAt, final Map<String, Object> facts) {
        return String.format(
                Locale.ROOT,
                "Measured %s at commit %s on %s (%s CPUs, %s, %s), thread plan `%s`, load average %s before",
                startedAt.substring(0, 10),
                facts.get("commit"),
                facts.get("cpu"),
                facts.get("cores"),
                facts.get("kernel"),
                facts.get("jvm"),
                facts.get("plan"),
                facts.get("loadAverage"));
    }
}
