package io.stoat.bench;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.bench.report.ComparisonTable;
import io.stoat.bench.report.NumbersTable;
import io.stoat.bench.report.SwitchTable;
import io.stoat.bench.result.ComparisonResult;
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
            "<!-- /numbers -->; of the scenario switches between <!-- switches --> and <!-- /switches -->, and of a command",
            "that compares things, such as echo, between <!-- echo --> and <!-- /echo -->."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat bench numbers bench-results/peers-…/result.json --keep docs/results/peers.json --into README.md",
            "  stoat bench numbers docs/results/peers.json --into README.md",
            "  stoat bench numbers bench-results/echo-…/result.json --keep docs/results/echo.json --into docs/PERFORMANCE.md",
            "  stoat bench numbers bench-results/switches-…/result.json --jmh jmh.json --into docs/PERFORMANCE.md"
        })
final class NumbersCommand implements Callable<Integer> {
    private static final String SWITCHES = "switches";

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RESULT", description = "result.json of a scenario or comparison.")
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

    /** What is shown, and the mark of its place in a page. */
    private record Numbers(String mark, String table) {}

    @Override
    public Integer call() throws IOException {
        try {
            final Numbers numbers =
                    ComparisonResult.isIn(result)
                            ? numbers(ComparisonResult.read(result))
                            : numbers(ResultFile.read(result));
            if (into == null) {
                spec.commandLine().getOut().print(numbers.table);
                spec.commandLine().getOut().flush();
            } else {
                Files.writeString(
                        into,
                        NumbersTable.replaced(Files.readString(into), numbers.mark, numbers.table));
            }
        } catch (final IllegalArgumentException ex) {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        return 0;
    }

    private Numbers numbers(final ComparisonResult comparison) throws IOException {
        if (jmh != null) {
            throw new IllegalArgumentException(
                    "--jmh=" + jmh + " is for results of the scenario switches: leave it out");
        }
        if (keep != null) {
            comparison.write(kept());
        }
        return new Numbers(comparison.name(), ComparisonTable.of(comparison, shownFile()));
    }

    private Numbers numbers(final ResultFile whole) throws IOException {
        final ResultFile shown = keep == null ? whole : whole.slim();
        if (keep != null) {
            shown.write(kept());
        }
        return shown.name().equals(SWITCHES)
                ? new Numbers(SWITCHES, SwitchTable.of(shown, scores()))
                : new Numbers("numbers", NumbersTable.of(shown, shownFile()));
    }

    /** The file to keep, its directory made. */
    private Path kept() throws IOException {
        if (keep.getParent() != null) {
            Files.createDirectories(keep.getParent());
        }
        return keep;
    }

    private String shownFile() {
        return (keep == null ? result : keep).toString();
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
