package io.stoat.bench;

import io.stoat.bench.gate.AdaptiveForks;
import io.stoat.bench.gate.Criteria;
import io.stoat.bench.gate.Gate;
import io.stoat.bench.gate.GateRecording;
import io.stoat.bench.gate.Rehearsal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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
            "  stoat bench gate --against HEAD --plant 10 --out planted && stoat bench gate-rehearsal planted/result.json",
            "  stoat bench gate-rehearsal aa/result.json bb/result.json --exchange --keep docs/results/gate-aa.json",
            "  stoat bench gate-rehearsal docs/results/gate-aa.json --exchange --plant 10"
        })
final class GateRehearsalCommand implements Callable<Integer> {
    private static final long SEED = 20120621;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "RESULT",
            arity = "1..*",
            description = {
                "result.json of gates against a git reference, or what --keep wrote; their pairs are pooled."
            })
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
            names = "--plant",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description =
                    "Make the figures of this build so much worse, to see whether the gate catches it.")
    private double plantPercent;

    @Option(
            names = "--keep",
            paramLabel = "FILE",
            description =
                    "Also keep the pairs here, and nothing else of the results, to be committed.")
    private Path keep;

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
    public Integer call() throws IOException {
        if (trials < 1 || leastForks < 3 || forks < leastForks || !(plantPercent >= 0)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--trials must be positive, --least-forks 3 to --forks, --plant 0 or more");
        }
        try {
            final GateRecording recording =
                    GateRecording.pooled(files.stream().map(GateRecording::read).toList());
            final Rehearsal rehearsal =
                    new Rehearsal(
                                    List.of(recording.results()),
                                    new Criteria(
                                            level,
                                            leastPercent / 100,
                                            resolutionPercent / 100,
                                            AdaptiveForks.looks(leastForks, forks).size()),
                                    leastForks,
                                    forks)
                            .planted(plantPercent / 100);
            if (keep != null) {
                Files.createDirectories(keep.toAbsolutePath().getParent());
                recording.write(keep);
            }
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
                "%d gates of %d to %d forks of each build, drawn from %d recorded pairs of each run%s%s:%n",
                trials,
                leastForks,
                forks,
                rehearsal.pairs(),
                exchanged ? ", builds exchanged by chance" : "",
                plantPercent > 0 ? ", this build slowed down by " + plantPercent + " %" : "");
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
