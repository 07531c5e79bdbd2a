package io.stoat.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Which boot of the machine it is: what was only in the page cache of one before may be lost. */
final class BootId {
    private static final Path SOURCE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /** Of now; empty when the system does not say. */
    static String current() {
        try {
            return Files.readString(SOURCE).trim();
        } catch (final IOException ex) {
            return "";
        }
    }

    /** Whether a file notes another boot than this one; false when either is not known. */
    static boolean isAnother(final Path file) throws IOException {
        final String current = current();
        return !current.isEmpty()
                && Files.exists(file)
                && !Files.readString(file).trim().equals(current);
    }

    /** Notes this boot, so that the note outlasts a crash of the machine. */
    static void note(final Path file) throws IOException {
        final String current = current();
        if (Files.exists(file) && Files.readString(file).trim().equals(current)) {
            return;
        }
        final Path draft = file.resolveSibling(file.getFileName() + ".draft");
        try (FileChannel channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(current.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }
}
