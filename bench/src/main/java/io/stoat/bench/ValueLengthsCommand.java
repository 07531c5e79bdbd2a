package io.stoat.bench;

import io.stoat.bench.jmh.ValueLengthBenchmark;
import io.stoat.bench.report.Comparison;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench value-lengths}: {@link ValueLengthBenchmark} as a table, with the ratios
 * within each round.
 */
@Command(
        name = "value-lengths",
        description = {
            "Reads and overwrites of values from 8 bytes to 64 KiB beside a plain copy of as many bytes;",
            "medians of the rounds, and GB/s of the validated copy and of the plain one. Exit code 1 when a",
            "read in place of 4 KiB or more takes over 1.2 x what it does at 128 bytes."
        })
final class ValueLengthsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds, each in new JVMs; default ${DEFAULT-VALUE}, about 75 s each.")
    private int rounds;

    @Option(names = "--quick", description = "One short round; figures are a hint only.")
    private boolean quick;

    @Mixin private ComparisonOptions output;

    private final ValueLengthFigures figures = new ValueLengthFigures();

    @Override
    public Integer call() {
        if (rounds < 1 || rounds > 99) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "--rounds=" + rounds + " must be 1 to 99");
        }
        final Comparison comparison = output.begin(spec, "not pinned");
        final int count = quick ? 1 : rounds;
        comparison.note(
                "each in a new JVM; rounds: " + count + (quick ? ", short: a hint only" : ""));
        for (int round = 1; round <= count; round++) {
            comparison.say("round " + round + " of " + count);
            add(run());
        }
        figures.tell(comparison);
        return output.end(comparison);
    }

    private Collection<RunResult> run() {
        return new JmhRun(List.of("\\.ValueLengthBenchmark\\."))
                .silent()
                .forks(1)
                .iterations(quick ? 1 : 3, quick ? 100 : 400)
                .run();
    }

    private void add(final Collection<RunResult> results) {
        for (final RunResult result : results) {
            final String name = result.getParams().getBenchmark();
            figures.add(
                    Integer.parseInt(result.getParams().getParam("length")),
                    name.substring(name.lastIndexOf('.') + 1),
                    result.getPrimaryResult().getScore());
        }
    }
}
