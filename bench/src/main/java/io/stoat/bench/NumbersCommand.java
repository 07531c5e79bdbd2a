package io.stoat.bench;

import io.stoat.bench.report.NumbersTable;
import io.stoat.bench.result.ResultFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            "Prints a result as a Markdown table, or puts it into a file, such as README.md,",
            "between the lines <!-- numbers --> and <!-- /numbers -->."
        })
final class NumbersCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "RESULT", description = "result.json of a scenario.")
    private Path result;

    @Option(names = "--into", paramLabel = "FILE", description = "Markdown file to change.")
    private Path into;

    @Override
    public Integer call() throws IOException {
        final String table;
        try {
            table = NumbersTable.of(ResultFile.read(result), result.getFileName().toString());
            if (into != null) {
                Files.writeString(into, NumbersTable.replaced(Files.readString(into), table));
                return 0;
            }
        } catch (final IllegalArgumentException ex) {
            throw new ParameterException(spec.commandLine(), ex.getMessage());
        }
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
