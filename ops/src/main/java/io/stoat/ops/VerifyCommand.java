package io.stoat.ops;

import io.stoat.store.StoreReader;
import io.stoat.store.StoreVerification;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat verify}: checks every live entry against its checksum. */
@Command(
        name = "verify",
        description = {
            "Check the structure of the shards and every live entry against its checksum, also while",
            "the owner writes. Exit code 1 if anything is damaged."
        },
        footer = {"", "Example:", "  stoat verify /dev/shm/prices"})
final class VerifyCommand implements Callable<Integer> {
    private static final int MAX_NAMED = 20;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The data directory, as --data-dir.")
    private Path directory;

    @Spec private CommandSpec spec;

    private int named;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        final Path checked = StoreOptions.shardsOf(directory == null ? dataDir : directory);
        try (StoreReader reader = StoreReader.attach(checked)) {
            final StoreVerification verification = new StoreVerification(reader);
            final int status =
                    verification.run(
                            finding -> {
                                if (named++ < MAX_NAMED) {
                                    out.println(finding);
                                }
                            });
            out.println(
                    verification.soundEntries()
                            + " entries sound, "
                            + verification.damagedEntries()
                            + " damaged; "
                            + verification.faults()
                            + " structures at fault");
            out.flush();
            ScanCommand.requireOk(status, checked);
            if (verification.busySegments() > 0) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "stoat: "
                                        + verification.busySegments()
                                        + " segments changed too often to be checked: try again");
            }
            return verification.damagedEntries() + verification.faults() == 0
                    ? ExitCode.OK
                    : ExitCode.FAILED;
        }
    }
}
