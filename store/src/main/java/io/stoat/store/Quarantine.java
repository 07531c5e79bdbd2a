package io.stoat.store;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where recovery puts what it cannot prove sound: {@code quarantine/shard-NNN.entries} (key length,
 * value length, key, value for each; big-endian lengths), explained in {@code
 * quarantine/report.txt}. Made when the first entry comes.
 */
final class Quarantine {
    private static final int MAX_MESSAGES = 100;

    private final Path directory;
    private final int shard;
    private final List<String> messages = new ArrayList<>();
    private long entries;

    Quarantine(final Path dataDir, final int shard) {
        directory = dataDir.resolve("quarantine");
        this.shard = shard;
    }

    /** Takes note of a finding for the report. */
    void note(final String message) {
        if (messages.size() < MAX_MESSAGES) {
            messages.add(message);
        }
    }

    /** Keeps a copy of an entry's bytes. */
    void add(
            final long keyAddress,
            final int keyLength,
            final long valueAddress,
            final int valueLength) {
        entries++;
        final byte[] key = bytes(keyAddress, keyLength);
        try {
            Files.createDirectories(directory);
            try (DataOutputStream out =
                    new DataOutputStream(
                            Files.newOutputStream(
                                    directory.resolve(String.format("shard-%03d.entries", shard)),
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.APPEND))) {
                out.writeInt(keyLength);
                out.writeInt(valueLength);
                out.write(key);
                out.write(bytes(valueAddress, valueLength));
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(
                    "cannot move a damaged entry to " + directory + ": free space there", ex);
        }
        note("entry with key " + printable(key) + ": checksum does not match");
    }

    long entries() {
        return entries;
    }

    /** Writes the report; first line the given one. */
    void report(final String summary) throws IOException {
        Files.createDirectories(directory);
        final List<String> lines = new ArrayList<>();
        lines.add(summary);
        messages.forEach(message -> lines.add("  " + message));
        Files.write(
                directory.resolve("report.txt"),
                lines,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static byte[] bytes(final long address, final int length) {
        final byte[] bytes = new byte[length];
        new UnsafeBuffer(address, length).getBytes(0, bytes);
        return bytes;
    }

    /** A key for a person. */
    static String printable(final long keyAddress, final int keyLength) {
        return printable(bytes(keyAddress, keyLength));
    }

    private static String printable(final byte[] key) {
        return new String(key, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "?");
    }
}
