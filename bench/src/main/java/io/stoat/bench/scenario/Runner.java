package io.stoat.bench.scenario;

import io.stoat.bench.report.HtmlReport;
import io.stoat.bench.result.Environment;
import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Fork;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.rig.Turns;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Makes runs, repetition after repetition, so that a noisy minute of the host does not fall on one
 * target alone; with several builds, each repetition runs all of them. What was measured is written
 * after each run and when the process is told to end.
 */
public final class Runner {
    private static final boolean TERMINAL = Boolean.getBoolean("stoat.tty");

    private final String name;
    private final Path directory;
    private final boolean quick;
    private final PrintWriter out;
    private final List<RunResult> results = new ArrayList<>();
    private final Object fileLock = new Object();
    private final Map<String, String> absent = new LinkedHashMap<>();

    /** Files of the runs that go on, with the number of builds that take turns in each. */
    private final Map<Path, Integer> underWay = new LinkedHashMap<>();

    private final String startedAt = ResultFile.now();
    private Map<String, Object> environment = Map.of();
    private long doneMs;
    private long spentMs;
    private boolean complete;
    private volatile boolean isInterrupted;
    private long plannedMs;
    private int planned;
    private long turnMs;
    private long limitMs;
    private long startNs;
    private int begun;

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
     * @param lengthMs of the turns in which the builds of a run are stopped and go on, where they
     *     can; 0 to run one after the other.
     * @return this
     */
    public Runner turns(final long lengthMs) {
        turnMs = lengthMs;
        return this;
    }

    /**
     * @param newLimitMs after which no run goes on, ms from the first one on: a run for which no
     *     time is left is not begun, one that is not over by then is cut off, and both are named
     *     among what was not measured; 0 for no limit.
     * @return this
     */
    public Runner limitMs(final long newLimitMs) {
        limitMs = newLimitMs;
        return this;
    }

    /**
     * Makes runs.
     *
     * @param specs to run.
     * @param builds to run each on, one right after the other.
     * @param repetitions says how often.
     * @return all results, and files of them in the directory.
     */
    public ResultFile run(
            final List<RunSpec> specs, final List<Build> builds, final Repetitions repetitions) {
        try {
            Files.createDirectories(directory.resolve("runs"));
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot create " + directory, ex);
        }
        final List<RunSpec> present = specs.stream().filter(this::isPresent).toList();
        environment = Environment.collect(specs.isEmpty() ? "off" : specs.get(0).plan());
        absent.forEach((target, reason) -> out.println("not measured: " + target + ", " + reason));
        final Thread lastWords = new Thread(this::writeInterrupted, "write-results");
        Runtime.getRuntime().addShutdownHook(lastWords);
        try {
            startNs = System.nanoTime();
            plannedMs = QuickBudget.costMs(present) * builds.size() * repetitions.most();
            planned = present.size() * builds.size() * repetitions.most();
            for (int fork = 0; fork < repetitions.most(); fork++) {
                for (final RunSpec spec : present) {
                    repeat(spec, builds, fork, repetitions);
                }
            }
            synchronized (this) {
                complete = !isInterrupted;
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

    private void repeat(
            final RunSpec spec,
            final List<Build> builds,
            final int fork,
            final Repetitions repetitions) {
        if (!repetitions.wants(spec, fork, List.copyOf(results))) {
            skip(spec, builds.size());
            return;
        }
        if (limitMs > 0 && !QuickBudget.isEnough(spec, slowness(), leftMs())) {
            leaveOut(
                    spec,
                    "not begun: about "
                            + duration((long) (QuickBudget.costMs(spec) * slowness()))
                            + ", but only "
                            + duration(leftMs())
                            + " of a quick call were left");
            skip(spec, builds.size());
            return;
        }
        if (turnMs > 0 && builds.size() > 1 && spec.canTakeTurns()) {
            runInTurns(spec, builds, fork);
            return;
        }
        for (int i = 0; i < builds.size() && !isInterrupted; i++) {
            // the order within a pair is turned around each time
            runOne(spec, builds.get((i + fork) % builds.size()), fork);
        }
    }

    private boolean isPresent(final RunSpec spec) {
        final String reason = spec.absence();
        if (reason != null) {
            final boolean isThere = Targets.named(spec.target()).absence() == null;
            absent.put(isThere ? title(spec, Build.current()) : spec.target(), reason);
        }
        return reason == null;
    }

    private void skip(final RunSpec spec, final int count) {
        plannedMs -= QuickBudget.costMs(spec) * count;
        planned -= count;
    }

    private void leaveOut(final RunSpec spec, final String reason) {
        final String title = title(spec, Build.current());
        synchronized (this) {
            absent.put(title, reason);
        }
        out.println("left out: " + title + ", " + reason);
        out.flush();
    }

    /** How many times as long as planned the runs so far took. */
    private double slowness() {
        return doneMs == 0 ? 1 : (double) spentMs / doneMs;
    }

    /** What is left of the limit, ms. */
    private long leftMs() {
        return limitMs - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
    }

    private void runOne(final RunSpec spec, final Build build, final int fork) {
        final Path file = begin(spec, build, 1);
        final long startMs = System.currentTimeMillis();
        final RunResult result = fork(spec, build, fork).run(file);
        spentMs += System.currentTimeMillis() - startMs;
        if (limitMs > 0 && leftMs() <= 0 && result.failure() != null) {
            end(file);
            leaveOut(spec, "cut off: " + result.failure());
            return;
        }
        record(spec, result, file);
    }

    /** All builds at the same time, of which one goes on while the others are stopped. */
    private void runInTurns(final RunSpec spec, final List<Build> builds, final int fork) {
        final int sides = builds.size();
        final long startMs = System.currentTimeMillis();
        final Map<Path, CompletableFuture<RunResult>> running = new LinkedHashMap<>();
        final ExecutorService threads = Executors.newFixedThreadPool(sides);
        try (Turns turns = new Turns(sides, turnMs)) {
            for (int i = 0; i < sides && !isInterrupted; i++) {
                // as with runs one after the other
                final int side = (i + fork) % sides;
                final Path file = begin(spec, builds.get(side), sides);
                final Fork inTurns =
                        fork(spec.inTurns(sides), builds.get(side), fork).turns(turns, side);
                running.put(file, CompletableFuture.supplyAsync(() -> inTurns.run(file), threads));
            }
            running.values().forEach(CompletableFuture::join);
        } finally {
            threads.shutdown();
        }
        spentMs += System.currentTimeMillis() - startMs;
        running.forEach((file, result) -> record(spec, result.join().ofOneSide(sides), file));
    }

    private synchronized void end(final Path file) {
        underWay.remove(file);
    }

    /** Says what begins. Returns the file for its result. */
    private Path begin(final RunSpec spec, final Build build, final int sides) {
        final int number = ++begun;
        final long expectedMs = (long) ((plannedMs - doneMs) * slowness());
        out.printf(
                Locale.ROOT,
                "[%d/%d] %s, about %s left%n",
                number,
                planned,
                title(spec, build),
                duration(limitMs > 0 ? Math.min(expectedMs, leftMs()) : expectedMs));
        out.flush();
        final Path file = directory.resolve("runs/" + String.format("%03d.json", number));
        synchronized (this) {
            underWay.put(file, sides);
        }
        return file;
    }

    private Fork fork(final RunSpec spec, final Build build, final int fork) {
        final Fork made =
                new Fork(
                        build.name().equals(Build.THIS) ? spec : spec.unslowed(),
                        build,
                        fork,
                        this::say);
        return limitMs > 0 ? made.timeoutMs(leftMs()) : made;
    }

    private void record(final RunSpec spec, final RunResult result, final Path file) {
        synchronized (this) {
            if (isInterrupted) {
                // its processes were told to end, too: that is no failure of the target
                return;
            }
            underWay.remove(file);
            results.add(result);
        }
        doneMs += QuickBudget.costMs(spec);
        for (final PhaseResult phase : result.phases()) {
            out.println("  " + line(phase));
        }
        if (result.failure() != null) {
            out.println("  FAILED: " + result.failure());
        }
        out.flush();
        writeResult();
    }

    /** On a terminal: what the run is doing, in place. */
    private void say(final String text) {
        if (TERMINAL) {
            out.printf(Locale.ROOT, "\r  %-60.60s\r", text);
            out.flush();
        }
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
                name,
                startedAt,
                complete,
                quick,
                environment,
                new LinkedHashMap<>(absent),
                List.copyOf(results));
    }

    /** When the process is told to end, while a run goes on: what of it was measured counts. */
    private void writeInterrupted() {
        synchronized (this) {
            isInterrupted = true;
            underWay.forEach(
                    (file, sides) -> {
                        if (Files.exists(file)) {
                            addMeasured(RunResult.of(JsonFile.read(file)).ofOneSide(sides));
                        }
                    });
            underWay.clear();
        }
        write();
    }

    /** Its processes were told to end, too: that is no failure of the target. */
    private void addMeasured(final RunResult run) {
        final RunResult measured = run.measured();
        if (!measured.phases().isEmpty()) {
            results.add(measured);
        }
    }

    /** Writes JSON and report. */
    private void write() {
        HtmlReport.write(writeResult(), directory.resolve("report.html"));
    }

    private ResultFile writeResult() {
        synchronized (fileLock) {
            final ResultFile result = result();
            result.write(directory.resolve("result.json"));
            return result;
        }
    }
}
