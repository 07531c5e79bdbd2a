package io.stoat.affinity;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The kernel's text files below a root: {@code /} for this host, or a recorded tree. What is
 * missing, unreadable or not of the expected form is empty, never an exception.
 */
final class HostFiles {
    private static final int READ_BYTES = 16 * 1024;

    private final Path root;

    HostFiles(final Path root) {
        this.root = root;
    }

    /** The whole text without the white space at its ends. */
    Optional<String> text(final String path) {
        try (InputStream file = Files.newInputStream(root.resolve(path))) {
            return Optional.of(new String(bytes(file), StandardCharsets.UTF_8).trim());
        } catch (final IOException | SecurityException ex) {
            return Optional.empty();
        }
    }

    /**
     * Files below /proc/sys give their value to the first read alone, and Files.readAllBytes begins
     * with a read of one byte when a file says that its size is 0, as these do.
     */
    private static byte[] bytes(final InputStream file) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final byte[] buffer = new byte[READ_BYTES];
        for (int read = file.read(buffer); read >= 0; read = file.read(buffer)) {
            bytes.write(buffer, 0, read);
        }
        return bytes.toByteArray();
    }

    /** Lines of the text; none when the file is missing. */
    List<String> lines(final String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    OptionalLong number(final String path) {
        return text(path).map(HostFiles::parseLong).orElse(OptionalLong.empty());
    }

    /** A CPU list. The kernel writes "(null)" or nothing for an unset one. */
    Optional<CpuSet> cpus(final String path) {
        return text(path).flatMap(HostFiles::parseCpus);
    }

    /** Names in a directory, sorted; none when it is missing. */
    List<String> names(final String directory) {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(directory))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (final IOException
                | SecurityException
                | java.nio.file.DirectoryIteratorException ex) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    static OptionalLong parseLong(final String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (final NumberFormatException ex) {
            return OptionalLong.empty();
        }
    }

    static Optional<CpuSet> parseCpus(final String text) {
        try {
            return Optional.of(text.equals("(null)") ? CpuSet.EMPTY : CpuSet.parse(text));
        } catch (final IllegalArgumentException ex) {
            return Optional.empty();
        }
    }
}
