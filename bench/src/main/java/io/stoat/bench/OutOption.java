package io.stoat.bench;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Option;

/** Where results go, of everything that writes some. */
final class OutOption {
    static final String NAME = "--out";

    @Option(
            names = OutOption.NAME,
            paramLabel = "DIR",
            description = "Directory of the results; default bench-results/NAME-TIME.")
    private Path out;

    Path directory(final String name) {
        return out != null
                ? out
                : Path.of(
                        "bench-results",
                        name
                                + "-"
                                + LocalDateTime.now()
                                        .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")));
    }
}
