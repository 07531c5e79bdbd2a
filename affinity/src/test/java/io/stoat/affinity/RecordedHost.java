package io.stoat.affinity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;

/**
 * Unpacks a recorded host, a listing {@code path:line} of the kernel's files, into a directory
 * tree. A listing is recorded with {@code cd / && grep -sH "" sys/devices/system/cpu/online …};
 * lines that start with # are comments.
 */
final class RecordedHost {
    private RecordedHost() {}

    /** Unpacks the resource {@code hosts/NAME.txt}. */
    static Path unpack(final String name, final Path root) {
        final String resource = "/hosts/" + name + ".txt";
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        RecordedHost.class.getResourceAsStream(resource), resource),
                                StandardCharsets.UTF_8))) {
            return unpack(root, reader.lines().toList());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static Path unpack(final Path root, final String... listing) {
        return unpack(root, List.of(listing));
    }

    private static Path unpack(final Path root, final List<String> listing) {
        for (final String entry : listing) {
            if (!entry.startsWith("#")) {
                final int colon = entry.indexOf(':');
                append(root.resolve(entry.substring(0, colon)), entry.substring(colon + 1));
            }
        }
        return root;
    }

    private static void append(final Path file, final String line) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
