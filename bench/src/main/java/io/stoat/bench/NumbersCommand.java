package io.stoat.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.bench.report.NumbersTable;
import io.stoat.bench.report.SwitchTable;
import io.stoat.bench.result.ResultFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat bench numbers}: a result as a table for people, in place of the last one. */
@Command(
        name = "numbers",
        description = {
            "Prints a result as a Markdown table, or puts it into a file between the lines <!-- numbers --> and",
            "<!-- /numbers -->; of the scenario switches between <!-- switches --> and <!-- /switches -->."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat bench numbers bench-results/peers-…/result.json --keep docs/results/peers.json --into README.md",
            "  stoat bench numbers docs/results/peers.json --into README.md",
            "  stoat bench numbers bench-results/switches-…/result.json --jmh jmh.json --into docs/PERFORMANCE.md"
        })
final class NumbersCommand implements Callable<Integer> {
    private static final String SWITCHES = "switches";

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RESULT", description = "result.json of a scenario.")
    private Path result;

    @Option(names = "--into", paramLabel = "FILE", description = "Markdown file to change.")
    private Path into;

    @Option(
            names = "--keep",
            paramLabel = "FILE",
            description = "Also keep a small copy of the result here, to be committed.")
    private Path keep;

    @Option(
            names = "--jmh",
            paramLabel = "FILE",
            description =
                    "Result of 'stoat bench jmh Switch --json FILE', for the table of switches.")
    private Path jmh;

    @Override
    public Integer call() throws IOException {
        try {
            ResultFile shown = ResultFile.read(result);
            Path file = result;
            if (keep != null) {
                shown = shown.slim();
                if (keep.getParent() != null) {
                    Files.createDirectories(keep.getParent());
                }
                shown.write(keep);
                file = keep;
            }
            final boolean isSwitches = shown.name().equals(SWITCHES);
            final String table =
                    isSwitches
                            ? SwitchTable.of(shown, scores())
                            : NumbersTable.of(shown, file.toString());
            if (into == null) {
                spec.commandLine().getOut().print(table);
                spec.commandLine().getOut().flush();
            } else {
                Files.writeString(
                        into,
                        NumbersTable.replaced(
                                Files.readString(into), isSwitches ? SWITCHES : "numbers", table));
            }
        } catch (final IllegalArgumentException ex) {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        return 0;
    }

    /** Scores of JMH benchmarks by method and parameters. */
    @SuppressWarnings("unchecked")
    private Map<String, SwitchTable.Score> scores() throws IOException {
        final Map<String, SwitchTable.Score> scores = new LinkedHashMap<>();
        if (jmh != null) {
            for (final Object entry : (List<Object>) JSON.std.listFrom(Files.readString(jmh))) {
                final Map<String, Object> benchmark = (Map<String, Object>) entry;
                final String name = (String) benchmark.get("benchmark");
                final Object parameters = benchmark.get("params");
                final Map<String, Object> metric =
                        (Map<String, Object>) benchmark.get("primaryMetric");
                scores.put(
                        name.substring(name.lastIndexOf('.') + 1)
                                + (parameters == null
                                        ? ""
                                        : " "
                                                + new TreeMap<>((Map<String, String>) parameters)
                                                        .toString()
                                                        .replaceAll("[{}]", "")),
                        new SwitchTable.Score(
                                ((Number) metric.get("score")).doubleValue(),
                                // JMH writes "NaN", a string, after a single iteration
                                metric.get("scoreError") instanceof Number error
                                        ? error.doubleValue()
                                        : Double.NaN));
            }
        }
        return scores;
    }
}
