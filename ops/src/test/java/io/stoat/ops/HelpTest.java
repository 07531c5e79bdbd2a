package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What every command says of itself is a format: a lone percent sign is a warning on stderr. */
class HelpTest {
    static Stream<CommandLine> commands() {
        return withAllBelow(new CommandLine(new StoatMain()));
    }

    private static Stream<CommandLine> withAllBelow(final CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(HelpTest::withAllBelow));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldSayWhatItIsForWithoutAWarning(final CommandLine command) {
        final PrintStream err = System.err;
        final ByteArrayOutputStream warnings = new ByteArrayOutputStream();
        System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
        final String usage;
        try {
            usage = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
        } finally {
            System.setErr(err);
        }
        assertEquals("", warnings.toString(StandardCharsets.UTF_8));
        final CommandSpec spec = command.getCommandSpec();
        assertTrue(usage.startsWith("Usage: " + spec.qualifiedName()), usage);
        if (!spec.usageMessage().hidden()) {
            assertTrue(spec.usageMessage().description().length > 0, usage);
            for (final ArgSpec argument : spec.args()) {
                assertTrue(argument.hidden() || argument.description().length > 0, usage);
            }
        }
    }
}
