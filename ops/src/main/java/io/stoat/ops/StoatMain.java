package io.stoat.ops;

import io.stoat.bench.BenchCommand;
import io.stoat.bench.ProfileCommand;
import io.stoat.ops.chaos.ChaosCommand;
import io.stoat.ops.cluster.ClusterCommand;
import io.stoat.ops.demo.DemoCommand;
import io.stoat.ops.demo.DemoRoleCommand;
import io.stoat.ops.tune.TuneCommand;
import io.stoat.ops.tune.TuneLoadCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** Entry point of the {@code stoat} command. */
@Command(
        name = "stoat",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = VersionCommand.class,
        description = "Low-latency shared-memory key-value store.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:ok", "1:failed", "2:wrong usage", "3:key not found"},
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  stoat demo --seconds 10",
            "  stoat node --data-dir /dev/shm/prices --entries 1000000",
            "  stoat put AMZN 223.82 --data-dir /dev/shm/prices --ttl 10m",
            "  stoat get AMZN --data-dir /dev/shm/prices"
        },
        subcommands = {
            DemoCommand.class,
            NodeCommand.class,
            ClusterCommand.class,
            ChaosCommand.class,
            GetCommand.class,
            PutCommand.class,
            RemoveCommand.class,
            AddCommand.class,
            TouchCommand.class,
            ScanCommand.class,
            WatchCommand.class,
            LoadCommand.class,
            ExportCommand.class,
            ImportCommand.class,
            StatCommand.class,
            GrowCommand.class,
            VerifyCommand.class,
            DoctorCommand.class,
            TuneCommand.class,
            BenchCommand.class,
            ProfileCommand.class,
            VersionCommand.class,
            DemoRoleCommand.class,
            TuneLoadCommand.class
        })
public final class StoatMain {
    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show the whole stack trace of a failure.")
    private boolean verbose;

    StoatMain() {}

    /**
     * Runs a command and exits with its code.
     *
     * @param args words of the command.
     */
    public static void main(final String[] args) {
        System.exit(execute(args));
    }

    /** Runs a command and returns its exit code. */
    static int execute(final String... args) {
        final StoatMain main = new StoatMain();
        final CommandLine commandLine = new CommandLine(main);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.registerConverter(Ttl.class, Ttl::parse);
        commandLine.setExecutionExceptionHandler(
                (failure, line, parsed) -> main.report(failure, line));
        commandLine.setParameterExceptionHandler(StoatMain::refuse);
        if (args.length == 0) {
            commandLine.usage(commandLine.getErr());
            return ExitCode.USAGE;
        }
        return commandLine.execute(args);
    }

    /** Wrong words: what is wrong, and where the right ones stand; the whole help would hide it. */
    private static int refuse(final ParameterException refusal, final String[] args) {
        final CommandLine line = refusal.getCommandLine();
        line.getErr().println("stoat: " + refusal.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(refusal, line.getErr())) {
            line.getErr()
                    .println("Usage: see " + line.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.USAGE;
    }

    private int report(final Exception failure, final CommandLine line) {
        final String message =
                failure.getMessage() == null ? failure.toString() : failure.getMessage();
        line.getErr().println("stoat: " + message);
        if (verbose) {
            failure.printStackTrace(line.getErr());
        }
        return failure instanceof CommandFailure known ? known.exitCode() : ExitCode.FAILED;
    }
}
