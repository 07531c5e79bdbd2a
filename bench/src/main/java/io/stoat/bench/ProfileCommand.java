package io.stoat.bench;

import io.stoat.bench.profile.Recording;
import io.stoat.bench.profile.RecordingText;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.Fork;
import io.stoat.bench.rig.Recorder;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.Scenario;
import io.stoat.bench.scenario.ScenarioRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat profile}: where the time and the allocation of a scenario go. */
@Command(
        name = "profile",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the runs of a scenario once, with a JFR recording of load and node (and async-profiler's, where it is",
            "found), and says in text where time and allocation went while the load was on."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat profile single-node --targets stoat-ipc --quick",
            "  stoat profile three-node --seconds 5"
        })
public final class ProfileCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ScenarioOptions options;

    @Parameters(paramLabel = "SCENARIO", description = "A scenario of stoat bench.")
    private String scenario;

    /** Made by picocli. */
    public ProfileCommand() {}

    @Override
    public Integer call() throws IOException {
        final List<RunSpec> runs;
        try {
            runs = ScenarioRuns.of(List.of(Scenario.named(scenario)), options.settings(false));
        } catch (final IllegalArgumentException ex) {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        final PrintWriter out = spec.commandLine().getOut();
        final Path directory = options.directory("profile-" + scenario);
        boolean isSound = true;
        int number = 0;
        for (final RunSpec run : runs) {
            final String absence = run.absence();
            if (absence != null) {
                out.println("not profiled: " + run.target() + ", " + absence);
                continue;
            }
            final Path recordings =
                    Files.createDirectories(
                            directory.resolve(
                                    String.format(Locale.ROOT, "%02d-%s", ++number, run.target())));
            isSound &= profile(run, Recorder.in(recordings), out);
        }
        out.println("recordings in " + directory);
        out.flush();
        return isSound ? 0 : 1;
    }

    private static boolean profile(
            final RunSpec run, final Recorder recorder, final PrintWriter out) throws IOException {
        out.printf(
                "%n== %s %s %s, %d B, %s%n",
                run.scenario(),
                run.target(),
                run.workload().name(),
                run.workload().valueLength(),
                recorder.asyncProfiler() == null
                        ? "JFR alone: no async-profiler in ASYNC_PROFILER_HOME or beside asprof on the path"
                        : "JFR and async-profiler");
        out.flush();
        final RunResult result =
                new Fork(run, Build.current(), 0, text -> {})
                        .recorder(recorder)
                        .run(recorder.directory().resolve("result.json"));
        for (final PhaseResult phase : result.phases()) {
            out.printf(
                    Locale.ROOT,
                    "%-22s %,12.0f/s, p99 %,d ns%n",
                    phase.label(),
                    phase.throughput(),
                    phase.all().p99());
        }
        final long operations = result.phases().stream().mapToLong(PhaseResult::received).sum();
        for (final Path file : recordings(recorder.directory())) {
            RecordingText.print(
                    file.getFileName().toString().replace(".jfr", ""),
                    Recording.read(file, during(result.phases())),
                    operations,
                    out);
        }
        if (result.failure() != null) {
            out.println("FAILED: " + result.failure());
        }
        return result.failure() == null;
    }

    private static List<Path> recordings(final Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jfr")).sorted().toList();
        }
    }

    private static Predicate<Instant> during(final List<PhaseResult> phases) {
        return moment ->
                phases.stream()
                        .anyMatch(
                                phase -> {
                                    final Instant start = Instant.ofEpochMilli(phase.startedAtMs());
                                    return !moment.isBefore(start)
                                            && !moment.isAfter(start.plusNanos(phase.durationNs()));
                                });
    }
}
