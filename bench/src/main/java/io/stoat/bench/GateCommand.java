package io.stoat.bench;

import io.stoat.bench.gate.Comparison;
import io.stoat.bench.gate.Gate;
import io.stoat.bench.gate.GitBuild;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.GateRuns;
import io.stoat.bench.scenario.Runner;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stoat bench gate}: whether this build's P99 is worse than another's, beyond noise. */
@Command(
        name = "gate",
        description = {
            "Compares this build with an earlier one: a git reference, built and run in turns with this one, or a result file.",
            "Exit code 1 when the P99 of a run is worse beyond noise, or a run FAILED."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat bench gate --against main",
            "  stoat bench gate --against HEAD --forks 10    an A/A run",
            "  stoat bench gate --against HEAD --plant 10    must exit with 1",
            "  stoat bench gate --against baseline/result.json"
        })
final class GateCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--against",
            required = true,
            paramLabel = "FILE|REF",
            description = "Result file of an earlier gate or scenario, or a git reference.")
    private String against;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "10",
            description = "Forks of each build; default ${DEFAULT-VALUE}.")
    private int forks;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "3", description = "Each phase.")
    private double seconds;

    @Option(names = "--targets", split = ",", paramLabel = "NAME", description = "What to measure.")
    private List<String> targets;

    @Option(
            names = "--level",
            paramLabel = "P",
            defaultValue = "0.05",
            description = "Share of false alarms of the whole gate; default ${DEFAULT-VALUE}.")
    private double level;

    @Option(
            names = "--least",
            paramLabel = "PERCENT",
            defaultValue = "3",
            description = "Least change that counts; default ${DEFAULT-VALUE}.")
    private double leastPercent;

    @Option(
            names = "--pin",
            paramLabel = "PLAN",
            defaultValue = "off",
            description = "Thread plan.")
    private String plan;

    @Option(
            names = "--plant",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Slow this build's operations down, to see the gate catch it.")
    private double plantPercent;

    @Option(names = "--out", paramLabel = "DIR", description = "Directory of the results.")
    private Path out;

    @Override
    public Integer call() {
        final Path directory = out == null ? ScenarioOptions.directory("gate") : out;
        final PrintWriter printer = spec.commandLine().getOut();
        final List<RunSpec> runs = runs();
        final boolean isFile = Files.isRegularFile(Path.of(against));
        final double least = Comparison.leastP(forks, !isFile);
        if (least >= level / GateRuns.phases(runs)) {
            throw usage(
                    String.format(
                            Locale.ROOT,
                            "--forks=%d cannot show a change at the level %.4f of each of %d phases: give more forks",
                            forks,
                            level / GateRuns.phases(runs),
                            GateRuns.phases(runs)));
        }
        return isFile
                ? againstFile(runs, directory, printer)
                : againstBuild(runs, directory, printer);
    }

    private List<RunSpec> runs() {
        try {
            return GateRuns.of(targets, Math.round(seconds * 1_000), plan, plantPercent);
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int againstFile(
            final List<RunSpec> runs, final Path directory, final PrintWriter printer) {
        final ResultFile baseline;
        try {
            baseline = ResultFile.read(Path.of(against));
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
        final ResultFile now =
                new Runner("gate", directory, false, printer)
                        .run(runs, List.of(Build.current()), forks);
        for (final String fact : List.of("cpu", "kernel", "jvm", "jvmFlags", "plan")) {
            final Object before = baseline.environment().get(fact);
            if (!now.environment().get(fact).equals(before)) {
                printer.println(
                        "WARNING: the baseline was taken with "
                                + fact
                                + "="
                                + before
                                + ", this run with "
                                + now.environment().get(fact));
            }
        }
        return judge(new Gate(level, leastPercent / 100, false), baseline.runs(), now, printer);
    }

    private int againstBuild(
            final List<RunSpec> runs, final Path directory, final PrintWriter printer) {
        printer.println("building " + against);
        printer.flush();
        try (GitBuild baseline =
                GitBuild.of(Path.of(System.getProperty("stoat.home", ".")), against)) {
            final ResultFile all =
                    new Runner("gate", directory, false, printer)
                            .run(runs, List.of(baseline.build(), Build.current()), forks);
            return judge(
                    new Gate(level, leastPercent / 100, true),
                    all.runs().stream().filter(run -> !isThis(run)).toList(),
                    all,
                    printer);
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
    }

    private static boolean isThis(final RunResult run) {
        return run.build().equals(Build.THIS);
    }

    private int judge(
            final Gate gate,
            final List<RunResult> baseline,
            final ResultFile result,
            final PrintWriter printer) {
        gate.compare(baseline, result.runs().stream().filter(GateCommand::isThis).toList());
        printer.printf(
                Locale.ROOT,
                "%n%-44s %-11s %11s %11s %7s %8s  %s%n",
                "run",
                "figure",
                "before",
                "after",
                "ratio",
                "p",
                "verdict");
        print(gate, gate.latencies(), "P99", 1, printer);
        print(gate, gate.times(), "time/op", 1e9, printer);
        result.failures().forEach(failure -> printer.println("FAILED: " + failure));
        final boolean passed = gate.isPassed() && result.failures().isEmpty();
        printer.printf(
                Locale.ROOT,
                "%n%s: %d forks, level %.4f of each phase, changes under %.0f %% do not count; the P99 decides%n",
                passed ? "PASSED" : "NOT PASSED",
                forks,
                gate.levelOfEach(),
                leastPercent);
        printer.flush();
        return passed ? 0 : 1;
    }

    private static void print(
            final Gate gate,
            final List<Comparison> comparisons,
            final String figure,
            final double toNs,
            final PrintWriter printer) {
        for (final Comparison comparison : comparisons) {
            printer.printf(
                    Locale.ROOT,
                    "%-44s %-11s %11s %11s %7.3f %8.4f  %s%n",
                    comparison.name(),
                    figure,
                    Runner.time(comparison.baseline() * toNs),
                    Runner.time(comparison.candidate() * toNs),
                    comparison.ratio(),
                    Math.min(comparison.pWorse(), comparison.pBetter()),
                    gate.verdict(comparison));
        }
    }
}
