package io.stoat.bench.scenario;

import io.stoat.bench.report.HtmlReport;
import io.stoat.bench.result.Environment;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Fork;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.target.Targets;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes runs, repetition after repetition, so that a noisy minute of the host does not fall on one
 * target alone; with several builds, each repetition runs all of them. What was measured is written
 * after each run and when the process is told to end.
 */
public final class Runner {
    private static final long JVM_START_MS = 2_500;

    private final String name;
    private final Path directory;
    private final boolean quick;
    private final PrintWriter out;
    private final List<RunResult> results = new ArrayList<>();
    private final Map<String, String> absent = new LinkedHashMap<>();
    private final String startedAt = ResultFile.now();
    private Map<String, Object> environment = Map.of();
    private long doneMs;
    private long spentMs;
    private boolean complete;

    /**
     * @param name of the result.
     * @param directory to write to; created when missing.
     * @param quick whether runs are kept short.
     * @param out told what is going on.
     */
    public Runner(
            final String name, final Path directory, final boolean quick, final PrintWriter out) {
        this.name = name;
        this.directory = directory;
        this.quick = quick;
        this.out = out;
    }

    /**
     * Makes runs.
     *
     * @param specs to run.
     * @param builds to run each on.
     * @param forks repetitions.
     * @return all results, and files of them in the directory.
     */
    public ResultFile run(final List<RunSpec> specs, final List<Build> builds, final int forks) {
        try {
            Files.createDirectories(directory.resolve("runs"));
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot create " + directory, ex);
        }
        final List<RunSpec> present = specs.stream().filter(this::isPresent).toList();
        environment = Environment.collect(specs.isEmpty() ? "off" : specs.get(0).plan());
        absent.forEach((target, reason) -> out.println("not measured: " + target + ", " + reason));
        final Thread lastWords = new Thread(this::write, "write-results");
        Runtime.getRuntime().addShutdownHook(lastWords);
        try {
            final long totalMs =
                    present.stream().mapToLong(Runner::cost).sum() * builds.size() * forks;
            final int total = present.size() * builds.size() * forks;
            int number = 0;
            for (int fork = 0; fork < forks; fork++) {
                for (final RunSpec spec : present) {
                    for (int i = 0; i < builds.size(); i++) {
                        // the order within a pair is turned around each time
                        final Build build = builds.get((i + fork) % builds.size());
                        runOne(spec, build, fork, ++number, total, totalMs);
                    }
                }
            }
            synchronized (this) {
                complete = true;
            }
            write();
            return result();
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(lastWords);
            } catch (final IllegalStateException ignore) {
                // the process is ending: the hook runs
            }
        }
    }

    private boolean isPresent(final RunSpec spec) {
        final String reason = Targets.named(spec.target()).absence();
        if (reason != null) {
            absent.put(spec.target(), reason);
        }
        return reason == null;
    }

    private static long cost(final RunSpec spec) {
        return spec.expectedMs() + JVM_START_MS;
    }

    private void runOne(
            final RunSpec spec,
            final Build build,
            final int fork,
            final int number,
            final int total,
            final long totalMs) {
        final double factor = doneMs == 0 ? 1 : (double) spentMs / doneMs;
        out.printf(
                Locale.ROOT,
                "[%d/%d] %s, about %s left%n",
                number,
                total,
                title(spec, build),
                duration((long) ((totalMs - doneMs) * factor)));
        out.flush();
        final long startMs = System.currentTimeMillis();
        final RunResult result =
                new Fork(
                                build.name().equals(Build.THIS) ? spec : spec.withoutOptions(),
                                build,
                                fork,
                                text -> {})
                        .run(directory.resolve("runs/" + String.format("%03d.json", number)));
        synchronized (this) {
            results.add(result);
        }
        spentMs += System.currentTimeMillis() - startMs;
        doneMs += cost(spec);
        for (final PhaseResult phase : result.phases()) {
            out.println("  " + line(phase));
        }
        if (result.failure() != null) {
            out.println("  FAILED: " + result.failure());
        }
        out.flush();
        result().write(directory.resolve("result.json"));
    }

    private static String title(final RunSpec spec, final Build build) {
        return spec.scenario()
                + " "
                + spec.target()
                + " "
                + spec.workload().name()
                + " "
                + spec.workload().valueLength()
                + " B"
                + (spec.clients() == 1 ? "" : " " + spec.clients() + " clients")
                + (build.name().equals(Build.THIS) ? "" : " (" + build.name() + ")");
    }

    private static String line(final PhaseResult phase) {
        return String.format(
                Locale.ROOT,
                "%-22s %,12.0f/s  p50 %s  p99 %s  p99.9 %s  max %s%s",
                phase.label(),
                phase.throughput(),
                time(phase.all().p50()),
                time(phase.all().p99()),
                time(phase.all().p999()),
                time(phase.all().max()),
                phase.isSaturated() ? "  saturated" : "");
    }

    /** A time for people, 9 characters wide. */
    public static String time(final double ns) {
        if (ns < 1_000) {
            return String.format(Locale.ROOT, "%6.0f ns", ns);
        }
        return ns < 1_000_000
                ? String.format(Locale.ROOT, "%6.1f us", ns / 1e3)
                : String.format(Locale.ROOT, "%6.1f ms", ns / 1e6);
    }

    private static String duration(final long ms) {
        final long seconds = Math.max(0, ms) / 1000;
        return seconds >= 60 ? seconds / 60 + " min " + seconds % 60 + " s" : seconds + " s";
    }

    private synchronized ResultFile result() {
        return new ResultFile(
                name, startedAt, complete, quick, environment, absent, List.copyOf(results));
    }

    /** Writes JSON and report. */
    private void write() {
        final ResultFile result = result();
        result.write(directory.resolve("result.json"));
        HtmlReport.write(result, directory.resolve("report.html"));
    }
}
