package io.stoat.bench;

import picocli.CommandLine.Command;

/** {@code stoat bench}: measures Stoat and its peers on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures Stoat and its peers on this machine.",
        subcommands = {JmhCommand.class, RatiosCommand.class})
public final class BenchCommand {}
