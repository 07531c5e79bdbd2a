package io.stoat.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.bench.report.Comparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code stoat bench ratios}: Stoat against its peers in rounds. A round measures every contender
 * once, each in a new JVM, so that a noisy minute of the host falls on all; ratios are taken within
 * a round, and the median of the rounds counts.
 */
@Command(
        name = "ratios",
        description = {
            "Compares Stoat with Chronicle Map and LMDB in the same run, 16-byte keys and 128-byte values.",
            "Exit code 1 when a ratio misses its bound or Stoat allocates."
        })
final class RatiosCommand implements Callable<Integer> {
    private static final List<String> READERS =
            List.of(
                    "none",
                    "bare-table",
                    "stoat-view",
                    "stoat-copy",
                    "stoat-checked",
                    "chronicle-bytes",
                    "chronicle-constant",
                    "chronicle-blocks",
                    "lmdb",
                    "lmdb-held");
    private static final List<String> WRITERS =
            List.of(
                    "none",
                    "bare-table",
                    "stoat-view",
                    "chronicle-bytes",
                    "chronicle-constant",
                    "chronicle-blocks",
                    "lmdb");

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds, 1 to 99; default ${DEFAULT-VALUE}, about 4 minutes each.")
    private int rounds;

    @Option(names = "--quick", description = "One short round; figures are a hint only.")
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the figures of each round.")
    private Path json;

    @Mixin private ComparisonOptions output;

    private final RatioFigures figures = new RatioFigures();

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > 99) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "--rounds=" + rounds + " must be 1 to 99");
        }
        final Comparison comparison = output.begin(spec, "not pinned");
        final int count = quick ? 1 : rounds;
        comparison.note(
                "each contender once a round, in a new JVM; rounds: "
                        + count
                        + (quick ? ", short: a hint only" : ""));
        for (int round = 1; round <= count; round++) {
            comparison.say("round " + round + " of " + count);
            add(run("ReadBenchmark.hit", READERS));
            add(run("WriteBenchmark.overwrite", WRITERS));
        }
        figures.tell(comparison);
        if (json != null) {
            JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).write(figures.toMap(), json.toFile());
        }
        return output.end(comparison);
    }

    private Collection<RunResult> run(final String benchmark, final List<String> contenders) {
        return new JmhRun(List.of("\\." + benchmark + "$"))
                .silent()
                .forks(1)
                .iterations(quick ? 2 : 3, quick ? 300 : 1_000)
                .parameters(Map.of("contender", contenders))
                .run();
    }

    private void add(final Collection<RunResult> results) {
        for (final RunResult result : results) {
            final String name = result.getParams().getBenchmark();
            final String benchmark =
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
            figures.add(
                    benchmark,
                    Long.parseLong(result.getParams().getParam("keys")),
                    result.getParams().getParam("contender"),
                    result.getPrimaryResult().getScore(),
                    JmhRun.allocated(result));
        }
    }
}
