package io.stoat.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat bench jmh}: JMH benchmarks by name, with allocated bytes for each operation. */
@Command(
        name = "jmh",
        description = "Runs JMH benchmarks, with the bytes that each operation allocates.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stoat bench jmh ReadBenchmark",
            "  stoat bench jmh 'Read.*hit' -p contender=stoat-view,chronicle-bytes -p keys=1000 --quick"
        })
final class JmhCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "PATTERN",
            description = "Regular expressions over the benchmarks' names; all if none.")
    private List<String> patterns = new ArrayList<>();

    @Option(names = "--list", description = "List the benchmarks and run none.")
    private boolean list;

    @Option(names = "--quick", description = "One fork, short iterations.")
    private boolean quick;

    @Option(names = "--forks", paramLabel = "N", description = "JVMs for each benchmark.")
    private Integer forks;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that call.")
    private Integer threads;

    @Option(
            names = {"-p", "--param"},
            paramLabel = "NAME=VALUE[,VALUE]",
            description = "Values of a benchmark's parameter.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--no-allocation",
            description = "Exit with 1 when an operation allocates: 0.5 B or more of each.")
    private boolean noAllocation;

    @Option(
            names = "--instructions",
            description =
                    "Also instructions, cycles and misses of each operation, where perf counts.")
    private boolean instructions;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write JMH's JSON.")
    private Path json;

    @Override
    public Integer call() {
        requirePatterns();
        if (list) {
            names().forEach(spec.commandLine().getOut()::println);
            return 0;
        }
        final JmhRun run = new JmhRun(patterns.isEmpty() ? List.of(".*") : patterns);
        if (quick) {
            run.quick();
        }
        if (forks != null) {
            run.forks(requirePositive("--forks", forks));
        }
        if (threads != null) {
            run.threads(requirePositive("--threads", threads));
        }
        if (json != null) {
            run.json(json);
        }
        if (instructions) {
            final String absence = PerfCounters.absence();
            if (absence == null) {
                run.instructions();
            } else {
                spec.commandLine().getOut().println("instructions are not counted: " + absence);
                spec.commandLine().getOut().flush();
            }
        }
        final Map<String, List<String>> values = new LinkedHashMap<>();
        parameters.forEach((name, value) -> values.put(name, List.of(value.split(","))));
        final Collection<RunResult> results = run.parameters(values).run();
        return noAllocation && !allocatesNothing(results) ? 1 : 0;
    }

    private boolean allocatesNothing(final Collection<RunResult> results) {
        boolean nothing = true;
        for (final RunResult result : results) {
            final double bytes = JmhRun.allocated(result);
            if (JmhRun.allocates(result)) {
                nothing = false;
                spec.commandLine()
                        .getOut()
                        .printf(
                                Locale.ROOT,
                                "ALLOCATES %.1f B/op: %s %s%n",
                                bytes,
                                result.getParams().getBenchmark(),
                                result.getParams().getParamsKeys().stream()
                                        .map(key -> key + "=" + result.getParams().getParam(key))
                                        .toList());
            }
        }
        spec.commandLine().getOut().flush();
        return nothing;
    }

    private TreeSet<String> names() {
        final TreeSet<String> names = new TreeSet<>();
        BenchmarkList.defaultList()
                .getAll(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        List.of())
                .forEach(entry -> names.add(entry.getUsername()));
        names.removeIf(
                name ->
                        !patterns.isEmpty()
                                && patterns.stream()
                                        .noneMatch(p -> Pattern.compile(p).matcher(name).find()));
        return names;
    }

    private void requirePatterns() {
        for (final String pattern : patterns) {
            try {
                Pattern.compile(pattern);
            } catch (final PatternSyntaxException ex) {
                throw usage(
                        "PATTERN=" + pattern + " is no regular expression: " + ex.getDescription());
            }
        }
        if (!list && names().isEmpty()) {
            throw usage(
                    "PATTERN=" + String.join(" ", patterns) + " matches no benchmark: see --list");
        }
    }

    private int requirePositive(final String option, final int value) {
        if (value < 1) {
            throw usage(option + "=" + value + " must be 1 or more");
        }
        return value;
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
