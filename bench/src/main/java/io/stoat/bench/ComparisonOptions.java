package io.stoat.bench;

import io.stoat.bench.report.Comparison;
import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Options of every command that compares things, and the way to its result file. One thread. */
public final class ComparisonOptions {
    /** Name of the result in its directory. */
    public static final String RESULT = "result.json";

    @Mixin private OutOption out;

    private Path directory;

    /** Made by picocli. */
    public ComparisonOptions() {}

    /**
     * Makes the directory of the result, before anything is measured, and collects the facts of the
     * machine.
     *
     * @param spec of the command that asks.
     * @param threads where its threads run, in words.
     * @return a comparison without rows.
     * @throws ParameterException when there can be no such directory.
     */
    public Comparison begin(final CommandSpec spec, final String threads) {
        directory = out.directory(spec.name());
        try {
            Files.createDirectories(directory);
        } catch (final IOException ex) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--out=" + directory + " cannot be made: give a directory that can be written",
                    ex);
        }
        return new Comparison(
                spec.name(),
                typed(spec),
                Environment.collectWithFlags(threads),
                spec.commandLine().getOut());
    }

    /**
     * Writes the result, and says where it is.
     *
     * @param comparison that {@link #begin} gave.
     * @return exit code of the command: 1 when a bound is missed.
     */
    public int end(final Comparison comparison) {
        final ComparisonResult result = comparison.result();
        result.write(directory.resolve(RESULT));
        comparison.say("results  " + directory.resolve(RESULT));
        return result.met() ? 0 : 1;
    }

    private static String typed(final CommandSpec spec) {
        final CommandSpec root = spec.root();
        return typed(root.name(), root.commandLine().getParseResult().originalArgs());
    }

    /** A command as somebody else would type it: without the directory of the results. */
    static String typed(final String program, final List<String> words) {
        final StringBuilder line = new StringBuilder(program);
        for (int i = 0; i < words.size(); i++) {
            final String word = words.get(i);
            if (word.equals(OutOption.NAME)) {
                i++;
            } else if (!word.startsWith(OutOption.NAME + "=")) {
                line.append(' ').append(word.matches(".*\\s.*|") ? "'" + word + "'" : word);
            }
        }
        return line.toString();
    }
}
