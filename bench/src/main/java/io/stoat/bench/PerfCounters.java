package io.stoat.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Whether Linux perf counts the CPU's instructions here; virtual machines often hide them. */
final class PerfCounters {
    private static final String[] PROBE = {
        "perf", "stat", "-x", ",", "-e", "instructions", "--", "true"
    };

    private PerfCounters() {}

    /**
     * @return why instructions cannot be counted, or null when they can.
     */
    static String absence() {
        try {
            final Process process =
                    new ProcessBuilder(PROBE)
                            .redirectErrorStream(true)
                            .redirectInput(
                                    ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                            .start();
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "perf does not end";
            }
            return absence(process.exitValue(), output);
        } catch (final IOException ex) {
            return "perf is not installed";
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Judges what perf stat printed: a line with count, unit and event. */
    static String absence(final int exitValue, final String output) {
        if (exitValue != 0) {
            return "perf failed: " + output.strip();
        }
        final String line =
                output.lines().filter(text -> text.contains("instructions")).findFirst().orElse("");
        return line.matches("[0-9].*")
                ? null
                : "perf says: " + (line.isEmpty() ? "nothing" : line.replaceAll(",.*", ""));
    }
}
