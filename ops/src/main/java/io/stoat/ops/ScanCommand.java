package io.stoat.ops;

import io.stoat.store.ScanEntry;
import io.stoat.store.Status;
import io.stoat.store.StoreReader;
import io.stoat.store.StoreScan;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat scan}: entries, read from shared memory while the owner goes on writing. */
@Command(
        name = "scan",
        description = {
            "Print entries, one a line, in no particular order: key, tab, value.",
            "Control characters and backslashes are escaped as in C."
        },
        footer = {"", "Example:", "  stoat scan AMZN: --limit 10 --data-dir /dev/shm/prices"})
final class ScanCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "PREFIX",
            defaultValue = "",
            description = "Only keys that start with it.")
    private String prefix;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            defaultValue = StoreOptions.DEFAULT_DATA_DIR,
            description = "Data directory (default: ${DEFAULT-VALUE}).")
    private Path dataDir;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "-1",
            description = "Most entries to print (default: all).")
    private long limit;

    @Option(
            names = {"-l", "--long"},
            description = "Print version and expiry (ms since the epoch, or 0) before the key.")
    private boolean details;

    @Spec private CommandSpec spec;

    private long printed;

    @Override
    public Integer call() {
        if (limit == 0) {
            return ExitCode.OK;
        }
        final PrintWriter out = spec.commandLine().getOut();
        final UnsafeBuffer bytes = new UnsafeBuffer(prefix.getBytes(StandardCharsets.UTF_8));
        try (StoreReader reader = StoreReader.attach(StoreOptions.shardsOf(dataDir))) {
            final StoreScan scan = reader.newScan().prefix(bytes, 0, bytes.capacity());
            final int status =
                    scan.forEach(
                            entry -> {
                                print(entry, out);
                                return ++printed != limit;
                            });
            out.flush();
            requireOk(status, dataDir);
            warnIfBusy(scan, spec);
        }
        return ExitCode.OK;
    }

    private void print(final ScanEntry entry, final PrintWriter out) {
        if (details) {
            out.print(entry.version() + "\t" + entry.expiresAtMs() + "\t");
        }
        out.println(
                text(entry, entry.keyOffset(), entry.keyLength())
                        + "\t"
                        + text(entry, entry.valueOffset(), entry.valueLength()));
    }

    static String text(final ScanEntry entry, final int offset, final int length) {
        return text(entry.buffer(), offset, length);
    }

    static String text(final DirectBuffer buffer, final int offset, final int length) {
        final String text = buffer.getStringWithoutLengthUtf8(offset, length);
        final StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '\\' -> escaped.append("\\\\");
                default -> {
                    if (Character.isISOControl(c)) {
                        escaped.append(String.format("\\x%02x", (int) c));
                    } else {
                        escaped.append(c);
                    }
                }
            }
        }
        return escaped.toString();
    }

    static void requireOk(final int status, final Path dataDir) {
        if (status == Status.OWNER_GONE) {
            throw CommandFailure.failed(
                    "the owner of "
                            + dataDir
                            + " stopped in the middle of a change: start the node again, it repairs the shard");
        }
        if (status != Status.OK) {
            throw CommandFailure.failed(
                    dataDir
                            + ": "
                            + Status.nameOf(status)
                            + "; stop the node and start it again: damaged entries go to quarantine/");
        }
    }

    static void warnIfBusy(final StoreScan scan, final CommandSpec spec) {
        if (scan.busySegments() > 0) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "stoat: "
                                    + scan.busySegments()
                                    + " segments changed all the time: an entry there may be twice or missing");
        }
    }
}
