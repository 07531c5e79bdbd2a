package io.stoat.bench;

import io.stoat.bench.gate.AdaptiveForks;
import io.stoat.bench.gate.Comparison;
import io.stoat.bench.gate.Criteria;
import io.stoat.bench.gate.Gate;
import io.stoat.bench.gate.GitBuild;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Build;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.scenario.GateRuns;
import io.stoat.bench.scenario.Repetitions;
import io.stoat.bench.scenario.Runner;
import io.stoat.bench.workload.Workload;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code stoat bench gate}: whether this build is slower than another, beyond noise. */
@Command(
        name = "gate",
        description = {
            "Compares this build with an earlier one: a git reference, built and run in turns with this one, or a result file",
            "of the same host. P99 and time an operation of each way in, of three nodes, and of three whose leader is killed.",
            "Forks are added until each comparison is clear, --forks are reached or --minutes are over."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing is slower, and a slow-down of --resolution would have been seen",
            "1:something is slower beyond noise, or a run FAILED",
            "2:wrong usage",
            "4:inconclusive: the host is too noisy, or the baseline lacks what was to be compared"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat bench gate --against main",
            "  stoat bench gate --against HEAD               an A/A run: must exit with 0, or 4",
            "  stoat bench gate --against HEAD --plant 10    must exit with 1",
            "  stoat bench gate --against main --targets stoat-copy,stoat-ipc --seconds 1 --minutes 5",
            "  stoat bench gate --against baseline/result.json"
        })
final class GateCommand implements Callable<Integer> {
    static final int INCONCLUSIVE = 4;

    private static final double DEFAULT_SECONDS = 2;

    /** Servers take a client for dead that is stopped for seconds. */
    private static final long MOST_TURN_MS = 500;

    private final Path home;
    private final BiFunction<Path, String, GitBuild> builder;

    @Spec private CommandSpec spec;
    @Mixin private RunOptions options;

    @Option(
            names = "--against",
            required = true,
            paramLabel = "FILE|REF",
            description = "Result file of an earlier gate, or a git reference.")
    private String against;

    @Option(
            names = "--sets",
            split = ",",
            paramLabel = "NAME",
            description =
                    "single-node, three-node, failover; default all, with --targets single-node alone.")
    private List<String> sets;

    @Option(
            names = "--keys",
            paramLabel = "N",
            defaultValue = Workload.DEFAULT_KEYS + "",
            description = "Keys of a single-node run; default ${DEFAULT-VALUE}.")
    private long keys;

    @Option(
            names = "--least-forks",
            paramLabel = "N",
            defaultValue = "8",
            description = "Forks of each build before the first look; default ${DEFAULT-VALUE}.")
    private int leastForks;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "27",
            description = "Most forks of each build; default ${DEFAULT-VALUE}.")
    private int forks;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "60",
            description = "No fork is begun later than this; default ${DEFAULT-VALUE}.")
    private double minutes;

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
            names = "--resolution",
            paramLabel = "PERCENT",
            defaultValue = "10",
            description = "Slow-down that must not stay unseen; default ${DEFAULT-VALUE}.")
    private double resolutionPercent;

    @Option(
            names = "--turns",
            paramLabel = "MS",
            defaultValue = "25",
            description = {
                "Both builds of a single-node run are there at the same time and go on in turns of this length, so that the",
                "host's moods fall on both; 0: one after the other, as clusters always run. Default ${DEFAULT-VALUE}."
            })
    private long turnMs;

    @Option(
            names = "--plant",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Slow this build's operations down, to see the gate catch it.")
    private double plantPercent;

    GateCommand() {
        this(Path.of(System.getProperty("stoat.home", ".")), GitBuild::of);
    }

    /** Builds commits of another checkout, in another way: for tests. */
    GateCommand(final Path home, final BiFunction<Path, String, GitBuild> builder) {
        this.home = home;
        this.builder = builder;
    }

    @Override
    public Integer call() {
        final boolean isFile = Files.isRegularFile(Path.of(against));
        final List<RunSpec> runs;
        final Criteria criteria;
        try {
            runs =
                    GateRuns.withKeys(
                            GateRuns.of(
                                    sets,
                                    options.targets(),
                                    Math.round(
                                            1_000
                                                    * (options.seconds() > 0
                                                            ? options.seconds()
                                                            : DEFAULT_SECONDS)),
                                    options.plan(null),
                                    plantPercent),
                            keys);
            criteria =
                    new Criteria(
                            level,
                            leastPercent / 100,
                            resolutionPercent / 100,
                            isFile ? 1 : AdaptiveForks.looks(leastForks, forks).size());
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
        requireForks(criteria, GateRuns.phases(runs), !isFile);
        return isFile ? againstFile(runs, criteria) : againstBuild(runs, criteria);
    }

    private void requireForks(final Criteria criteria, final int phases, final boolean paired) {
        if (turnMs < 0 || turnMs > MOST_TURN_MS) {
            throw usage("--turns=" + turnMs + " must be 0 to " + MOST_TURN_MS);
        }
        if (leastForks < 3 || forks < leastForks) {
            throw usage("--least-forks=" + leastForks + " must be 3 to --forks=" + forks);
        }
        final double levelOfEach = level / 2 / phases / criteria.looks();
        if (Comparison.leastP(forks, paired) >= levelOfEach) {
            throw usage(
                    String.format(
                            Locale.ROOT,
                            "--forks=%d cannot show a change at the level %.5f of each of %d comparisons: give more forks",
                            forks,
                            levelOfEach,
                            2 * phases));
        }
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private int againstFile(final List<RunSpec> runs, final Criteria criteria) {
        final ResultFile baseline;
        try {
            baseline = ResultFile.read(Path.of(against));
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
        final int count = baseline.runs().stream().mapToInt(RunResult::fork).max().orElse(0) + 1;
        final ResultFile now =
                run(runs, List.of(Build.current()), Repetitions.fixed(Math.min(forks, count)));
        for (final String fact : List.of("cpu", "kernel", "jvm", "plan")) {
            final Object before = baseline.environment().get(fact);
            if (!now.environment().get(fact).equals(before)) {
                warn(fact, before, now.environment().get(fact));
            }
        }
        if (!now.flags().equals(baseline.flags())) {
            warn("flags", baseline.flags(), now.flags());
        }
        warnOfOtherKeys(runs, baseline);
        return judge(
                Gate.of(
                                criteria,
                                GateRuns.phases(runs),
                                false,
                                // of an earlier gate its own build, of a scenario all there is
                                baseline.runs().stream().filter(GateCommand::isThis).toList(),
                                now.runs())
                        .requiring(runs),
                criteria,
                now);
    }

    private void warnOfOtherKeys(final List<RunSpec> runs, final ResultFile baseline) {
        for (final RunSpec run : runs) {
            final long now = run.workload().keys();
            baseline.runs().stream()
                    .map(RunResult::spec)
                    .filter(
                            before ->
                                    before.scenario().equals(run.scenario())
                                            && before.target().equals(run.target()))
                    .map(before -> before.workload().keys())
                    .filter(before -> before != now)
                    .findFirst()
                    .ifPresent(before -> warn("keys", before, now));
        }
    }

    private void warn(final String fact, final Object before, final Object after) {
        out().printf(
                        "WARNING: the baseline was taken with %s=%s, this run with %s%n",
                        fact, before, after);
    }

    private int againstBuild(final List<RunSpec> runs, final Criteria criteria) {
        out().println("building " + against);
        out().flush();
        try (GitBuild baseline = builder.apply(home, against)) {
            sayChanges(GitBuild.changes(home));
            final List<RunSpec> common = new ArrayList<>();
            for (final RunSpec run : runs) {
                if (baseline.has(run)) {
                    common.add(run);
                } else {
                    out().println(
                                    "not compared: "
                                            + run.scenario()
                                            + " "
                                            + run.target()
                                            + ", "
                                            + against
                                            + " has no such target");
                }
            }
            final int phases = GateRuns.phases(common);
            final ResultFile all =
                    run(
                            common,
                            List.of(baseline.build(), Build.current()),
                            new AdaptiveForks(
                                    criteria,
                                    phases,
                                    leastForks,
                                    forks,
                                    System.nanoTime()
                                            + (long) (minutes * TimeUnit.MINUTES.toNanos(1))));
            return judge(
                    Gate.of(
                                    criteria,
                                    phases,
                                    true,
                                    all.runs().stream().filter(run -> !isThis(run)).toList(),
                                    all.runs().stream().filter(GateCommand::isThis).toList())
                            .requiring(runs),
                    criteria,
                    all);
        } catch (final IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
    }

    private void sayChanges(final List<String> changes) {
        if (!changes.isEmpty()) {
            out().printf(
                            "NOTE: this work tree has uncommitted changes (%s): this build is judged with them%n",
                            changes.size() == 1
                                    ? changes.get(0)
                                    : changes.get(0) + " and " + (changes.size() - 1) + " more");
        }
    }

    private ResultFile run(
            final List<RunSpec> runs, final List<Build> builds, final Repetitions repetitions) {
        return new Runner("gate", options.directory("gate"), false, out())
                .turns(turnMs)
                .run(runs, builds, repetitions);
    }

    private static boolean isThis(final RunResult run) {
        return run.build().equals(Build.THIS);
    }

    private int judge(final Gate gate, final Criteria criteria, final ResultFile result) {
        new GateReport(gate, out())
                .print(
                        result.failures(),
                        String.format(
                                Locale.ROOT,
                                "level %.5f of each comparison and look, changes under %.0f %% do not count, a slow-down of %.0f %% must not stay unseen",
                                gate.levelOfEach(),
                                100 * criteria.leastChange(),
                                100 * criteria.resolution()));
        if (!result.failures().isEmpty()) {
            return 1;
        }
        return switch (gate.outcome()) {
            case PASSED -> 0;
            case NOT_PASSED -> 1;
            case INCONCLUSIVE -> INCONCLUSIVE;
        };
    }
}
