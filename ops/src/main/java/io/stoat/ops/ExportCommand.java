package io.stoat.ops;

import io.stoat.store.StoreReader;
import io.stoat.store.StoreScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat export}: live entries into a checksummed file, read from shared memory. */
@Command(
        name = "export",
        description = "Write all live entries to a checksummed file, while the owner goes on.",
        footer = {"", "Example:", "  stoat export prices.stoat --data-dir /dev/shm/prices"})
final class ExportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "File to write; replaced when complete.")
    private Path file;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Spec private CommandSpec spec;

    private long damaged;

    @Override
    public Integer call() throws IOException {
        try (StoreReader reader = StoreReader.attach(StoreOptions.shardsOf(dataDir));
                DumpFile.Writer writer = new DumpFile.Writer(file)) {
            final StoreScan scan = reader.newScan();
            final int status =
                    scan.forEach(
                            entry -> {
                                if (!entry.isSound()) {
                                    damaged++;
                                    return true;
                                }
                                try {
                                    writer.write(entry);
                                } catch (final IOException ex) {
                                    throw new UncheckedIOException(
                                            "cannot write " + file + ": " + ex.getMessage(), ex);
                                }
                                return true;
                            });
            ScanCommand.requireOk(status, dataDir);
            writer.finish();
            ScanCommand.warnIfBusy(scan, spec);
            spec.commandLine().getOut().println("exported " + writer.count() + " entries");
        }
        if (damaged > 0) {
            throw CommandFailure.failed(
                    damaged + " damaged entries were left out: see stoat verify");
        }
        return ExitCode.OK;
    }
}
