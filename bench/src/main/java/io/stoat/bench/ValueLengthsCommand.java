package io.stoat.bench;

import io.stoat.bench.jmh.ValueLengthBenchmark;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import picocli.CommandLine.Command;
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
    private static final int SHORT = 128;
    private static final int LONG = 4_096;
    private static final double MOST_IN_PLACE_RATIO = 1.2;
    private static final List<String> COLUMNS = List.of("memcpy", "copy", "inPlace", "overwrite");

    @Spec private CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds, each in new JVMs; default ${DEFAULT-VALUE}, about 75 s each.")
    private int rounds;

    @Option(names = "--quick", description = "One short round; figures are a hint only.")
    private boolean quick;

    /** By length, then by benchmark: ns of each round. */
    private final Map<Integer, Map<String, double[]>> figures = new TreeMap<>();

    @Override
    public Integer call() {
        if (rounds < 1 || rounds > 99) {
            throw new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "--rounds=" + rounds + " must be 1 to 99");
        }
        final int count = quick ? 1 : rounds;
        for (int round = 0; round < count; round++) {
            add(run(), round, count);
        }
        return print(spec.commandLine().getOut()) ? 0 : 1;
    }

    private Collection<RunResult> run() {
        return new JmhRun(List.of("\\.ValueLengthBenchmark\\."))
                .silent()
                .forks(1)
                .iterations(quick ? 1 : 3, quick ? 100 : 400)
                .run();
    }

    private void add(final Collection<RunResult> results, final int round, final int count) {
        for (final RunResult result : results) {
            final String name = result.getParams().getBenchmark();
            figures.computeIfAbsent(
                                    Integer.parseInt(result.getParams().getParam("length")),
                                    ignore -> new TreeMap<>())
                            .computeIfAbsent(
                                    name.substring(name.lastIndexOf('.') + 1),
                                    ignore -> new double[count])[round] =
                    result.getPrimaryResult().getScore();
        }
    }

    private boolean print(final PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%7s %10s %10s %10s %10s %10s %10s %11s %14s%n",
                "bytes",
                "memcpy ns",
                "copy ns",
                "in place",
                "overwrite",
                "memcpy GB/s",
                "copy GB/s",
                "copy/memcpy",
                "in place/128 B");
        boolean met = true;
        final double[] inPlaceShort = figures.get(SHORT).get("inPlace");
        for (final Map.Entry<Integer, Map<String, double[]>> row : figures.entrySet()) {
            final int length = row.getKey();
            final double[] ns =
                    COLUMNS.stream()
                            .mapToDouble(name -> Median.of(row.getValue().get(name)))
                            .toArray();
            final double inPlace = Ratio.median(row.getValue().get("inPlace"), inPlaceShort);
            met &= length < LONG || inPlace <= MOST_IN_PLACE_RATIO;
            out.printf(
                    Locale.ROOT,
                    "%7d %10.1f %10.1f %10.1f %10.1f %10.1f %10.1f %11.2f %14.2f%s%n",
                    length,
                    ns[0],
                    ns[1],
                    ns[2],
                    ns[3],
                    length / ns[0],
                    length / ns[1],
                    Ratio.median(row.getValue().get("copy"), row.getValue().get("memcpy")),
                    inPlace,
                    length < LONG ? "" : inPlace <= MOST_IN_PLACE_RATIO ? " met" : " MISSED");
        }
        out.flush();
        return met;
    }
}
