package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

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
    void shouldFormatWhatItSays(final CommandLine command) {
        final CommandSpec spec = command.getCommandSpec();
        final UsageMessageSpec usage = spec.usageMessage();
        final List<String> formats = new ArrayList<>();
        for (final String[] lines : List.of(usage.header(), usage.description(), usage.footer())) {
            formats.addAll(List.of(lines));
        }
        assertTrue(usage.description().length > 0, "says what it is for");
        for (final ArgSpec argument : spec.args()) {
            assertTrue(argument.description().length > 0, argument + " says what it is for");
            formats.addAll(List.of(argument.description()));
        }
        for (final String format : formats) {
            assertDoesNotThrow(() -> String.format(format), format);
        }
    }
}
