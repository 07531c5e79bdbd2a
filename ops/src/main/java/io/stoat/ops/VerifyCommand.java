package io.stoat.ops;

import io.stoat.store.StoreReader;
import io.stoat.store.StoreScan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stoat verify}: checks every live entry against its checksum. */
@Command(
        name = "verify",
        description = {
            "Check the structure of the shards and every live entry against its checksum, also while",
            "the owner writes. Exit code 1 if anything is damaged."
        },
        footer = {"", "Example:", "  stoat verify --data-dir /dev/shm/prices"})
final class VerifyCommand implements Callable<Integer> {
    private static final int MAX_NAMED = 20;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Spec private CommandSpec spec;

    private long sound;
    private long damaged;

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            final StoreScan scan = reader.newScan();
            final int status =
                    scan.forEach(
                            entry -> {
                                if (entry.isSound()) {
                                    sound++;
                                } else if (++damaged <= MAX_NAMED) {
                                    out.println(
                                            "damaged: "
                                                    + ScanCommand.text(
                                                            entry,
                                                            entry.keyOffset(),
                                                            entry.keyLength()));
                                }
                                return true;
                            });
            out.println(sound + " entries sound, " + damaged + " damaged");
            out.flush();
            ScanCommand.requireOk(status, dataDir);
            ScanCommand.warnIfBusy(scan, spec);
        }
        return damaged == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
}
