package io.stoat.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/**
 * Directories of this process for data that nobody needs after it, in memory where the host has
 * {@code /dev/shm}. Who makes one deletes it; of a process that was killed it is deleted by the
 * next that makes one for the same purpose.
 */
public final class TemporaryDirectory {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private TemporaryDirectory() {}

    /**
     * Makes one, and deletes those that dead processes left.
     *
     * @param purpose of the directory, a word, which its name tells with the process id.
     * @return the directory, empty.
     * @throws IOException when it cannot be made.
     */
    public static Path create(final String purpose) throws IOException {
        final Path parent =
                Files.isWritable(SHARED_MEMORY)
                        ? SHARED_MEMORY
                        : Path.of(System.getProperty("java.io.tmpdir"));
        return create(parent, purpose);
    }

    static Path create(final Path parent, final String purpose) throws IOException {
        removeAbandoned(parent, purpose);
        return Files.createTempDirectory(
                parent, prefix(purpose) + ProcessHandle.current().pid() + "-");
    }

    private static String prefix(final String purpose) {
        return "stoat-" + purpose + "-";
    }

    private static void removeAbandoned(final Path parent, final String purpose)
            throws IOException {
        final Pattern name = Pattern.compile(Pattern.quote(prefix(purpose)) + "(\\d{1,18})-\\d+");
        try (Stream<Path> all = Files.list(parent)) {
            for (final Path directory : (Iterable<Path>) all::iterator) {
                final Matcher matcher = name.matcher(directory.getFileName().toString());
                if (matcher.matches()
                        && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
                    IoUtil.delete(directory.toFile(), true);
                }
            }
        }
    }
}
