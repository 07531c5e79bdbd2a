package io.stoat.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat import}: puts the entries of an exported file through a node. */
@Command(
        name = "import",
        description = {
            "Put the entries of an exported file, over IPC or UDP. The whole file is checked first;",
            "entries that expired meanwhile are left out."
        },
        footer = {"", "Example:", "  stoat import prices.stoat --data-dir /dev/shm/prices"})
final class ImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "File of stoat export.")
    private Path file;

    @Mixin private StoreOptions options;

    @Spec private CommandSpec spec;

    private long expired;
    private long lastEntry;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.failed("file " + file + " does not exist");
        }
        DumpFile.read(file, (key, value, expiresAtMs) -> {});
        final UnsafeBuffer valueBuffer = new UnsafeBuffer(0, 0);
        final long imported;
        try (CommandTarget client = options.connect()) {
            final RowOutcomes outcomes =
                    new RowOutcomes(client, file + " entry", "entries were imported");
            DumpFile.read(
                    file,
                    (key, value, expiresAtMs) -> {
                        if (!outcomes.hasFailed()) {
                            valueBuffer.wrap(value);
                            put(client, outcomes, key, valueBuffer, expiresAtMs);
                        }
                    });
            client.drain();
            outcomes.requireAllWritten(lastEntry);
            imported = outcomes.written();
        }
        spec.commandLine()
                .getOut()
                .println(
                        "imported "
                                + imported
                                + " entries"
                                + (expired == 0 ? "" : ", left out " + expired + " expired"));
        return ExitCode.OK;
    }

    private void put(
            final CommandTarget client,
            final RowOutcomes outcomes,
            final byte[] key,
            final UnsafeBuffer value,
            final long expiresAtMs) {
        final long ttlMs = expiresAtMs == 0 ? 0 : expiresAtMs - System.currentTimeMillis();
        if (ttlMs < 0 || expiresAtMs != 0 && ttlMs == 0) {
            expired++;
            return;
        }
        client.putRow(++lastEntry, new UnsafeBuffer(key), value, ttlMs, outcomes);
    }
}
