package io.stoat.bench;

import io.stoat.bench.gate.AdaptiveForks;
import io.stoat.bench.gate.Criteria;
import io.stoat.bench.gate.Gate;
import io.stoat.bench.gate.Rehearsal;
import io.stoat.bench.result.ResultFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat bench gate-rehearsal}: how far the gate can be trusted on this host. */
@Command(
        name = "gate-rehearsal",
        description = {
            "Draws pairs of forks from recorded gates, with replacement, holds the gate with them many times, and says how",
            "often it would pass, not pass, or say nothing on the host that they ran on. Measures nothing itself."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat bench gate --against HEAD --out aa && stoat bench gate-rehearsal aa/result.json --exchange",
            "  stoat bench gate --against HEAD --plant 10 --out planted && stoat bench gate-rehearsal planted/result.json"
        })
final class GateRehearsalCommand implements Callable<Integer> {
    private static final long SEED = 20120621;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "RESULT",
            arity = "1..*",
            description = "result.json of gates against a git reference; their pairs are pooled.")
    private List<Path> files;

    @Option(
            names = "--trials",
            paramLabel = "N",
            defaultValue = "400",
            description = "Gates to hold; default ${DEFAULT-VALUE}.")
    private int trials;

    @Option(
            names = "--exchange",
            description =
                    "Let the builds of a pair change places by chance: of an A/A run, in which nothing changed.")
    private boolean exchanged;

    @Option(
            names = "--least-forks",
            paramLabel = "N",
            defaultValue = "8",
            description = "As of the gate; default ${DEFAULT-VALUE}.")
    private int leastForks;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "27",
            description = "As of the gate; default ${DEFAULT-VALUE}.")
    private int forks;

    @Option(
            names = "--level",
            paramLabel = "P",
            defaultValue = "0.05",
            description = "As of the gate; default ${DEFAULT-VALUE}.")
    private double level;

    @Option(
            names = "--least",
            paramLabel = "PERCENT",
            defaultValue = "3",
            description = "As of the gate; default ${DEFAULT-VALUE}.")
    private double leastPercent;

    @Option(
            names = "--resolution",
            paramLabel = "PERCENT",
            defaultValue = "10",
            description = "As of the gate; default ${DEFAULT-VALUE}.")
    private double resolutionPercent;

    @Override
    public Integer call() {
        if (trials < 1 || leastForks < 3 || forks < leastForks) {
            throw new ParameterException(
                    spec.commandLine(), "--trials must be positive, --least-forks 3 to --forks");
        }
        try {
            final Rehearsal rehearsal =
                    new Rehearsal(
                            files.stream().map(file -> ResultFile.read(file).runs()).toList(),
                            new Criteria(
                                    level,
                                    leastPercent / 100,
                                    resolutionPercent / 100,
                                    AdaptiveForks.looks(leastForks, forks).size()),
                            leastForks,
                            forks);
            final Map<Gate.Outcome, Integer> counts = rehearsal.outcomes(trials, exchanged, SEED);
            print(rehearsal, counts);
        } catch (final IllegalArgumentException ex) {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        return 0;
    }

    private void print(final Rehearsal rehearsal, final Map<Gate.Outcome, Integer> counts) {
        final PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%d gates of %d to %d forks of each build, drawn from %d recorded pairs of each run%s:%n",
                trials,
                leastForks,
                forks,
                rehearsal.pairs(),
                exchanged ? ", builds exchanged by chance" : "");
        for (final Gate.Outcome outcome : Gate.Outcome.values()) {
            final int count = counts.getOrDefault(outcome, 0);
            out.printf(
                    Locale.ROOT,
                    "  %-13s %4d, %5.1f %%%n",
                    outcome.name().replace('_', ' '),
                    count,
                    100.0 * count / trials);
        }
        out.printf(
                Locale.ROOT,
                "  pairs of each run that a gate needed: %.1f on the average%n",
                rehearsal.pairsNeeded());
        out.flush();
    }
}
